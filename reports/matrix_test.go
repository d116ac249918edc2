package reports

import (
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

func cellAt(t *testing.T, m matrix, id checker.AnomalyID, server string, level history.Level) cell {
	t.Helper()
	for _, r := range m.Rows {
		for i, c := range m.Columns {
			if r.ID == id && c.Server == server && c.Level == level {
				return r.Cells[i]
			}
		}
	}
	t.Fatalf("no cell for %s of %s at %s", id, server, level)
	return cell{}
}

func TestMatrixStates(t *testing.T) {
	runs := reportCases()["levels"].checked()
	m := newMatrix(runs, newAnchors(runs))
	cases := []struct {
		id     checker.AnomalyID
		server string
		level  history.Level
		want   State
		anchor string
	}{
		{checker.LostUpdate, "PostgreSQL 15.18", history.ReadCommitted, Violation, "lost-update-1"},
		{checker.LostUpdate, "MySQL 9.7.4", history.ReadUncommitted, Observed, "lost-update-3"},
		{checker.DirtyRead, "PostgreSQL 15.18", history.Serializable, NotSeen, ""},
		{checker.PredicateWriteSkew, "PostgreSQL 15.18", history.RepeatableRead, Observed, "predicate-write-skew-1"},
		{checker.PredicateWriteSkew, "PostgreSQL 15.18", history.Serializable, NotExercised, ""},
	}
	for _, c := range cases {
		if got := cellAt(t, m, c.id, c.server, c.level); got.State != c.want || got.Anchor != c.anchor {
			t.Errorf("%s of %s at %s: %q with link %q, want %q with %q", c.id, c.server, c.level, got.State, got.Anchor, c.want, c.anchor)
		}
	}
}

// The workloads at one level share a column: the worst state wins, counts add up,
// and transactions count only where the anomaly could have shown itself.
func TestMatrixMergesWorkloads(t *testing.T) {
	counter, predicate := skewRun(), skewRun()
	counter.Findings = findings("postgres", "15.18", history.RepeatableRead, "counter", checker.SnapshotIsolation, 1000)
	find(counter.Findings, checker.WriteSkew, 3, false)
	find(predicate.Findings, checker.WriteSkew, 2, true, predicateSkew())
	runs := []Run{counter, predicate}
	m := newMatrix(runs, newAnchors(runs))
	if len(m.Columns) != 1 || m.Columns[0].Verdict != checker.Violated || m.Columns[0].Transactions != 39950 {
		t.Fatalf("the columns are %+v", m.Columns)
	}
	got := cellAt(t, m, checker.WriteSkew, "PostgreSQL 15.18", history.RepeatableRead)
	if got.State != Violation || got.Count != 5 || got.Anchor != "write-skew-1" || got.Detail() != "counter, predicate" {
		t.Errorf("write skew is %+v, %q", got, got.Detail())
	}
	phantom := cellAt(t, m, checker.Phantom, "PostgreSQL 15.18", history.RepeatableRead)
	if phantom.State != NotSeen || phantom.Transactions != 38950 || phantom.Detail() != "in 38,950" {
		t.Errorf("phantom is %+v, %q", phantom, phantom.Detail())
	}
}

func TestMatrixOrdersLevels(t *testing.T) {
	runs := []Run{cleanRun(), dirtyRun(), violatedRun()}
	m := newMatrix(runs, newAnchors(runs))
	var got []string
	for _, c := range m.Columns {
		got = append(got, c.Server+" "+c.LevelName())
	}
	if want := "PostgreSQL 15.18 read committed, PostgreSQL 15.18 serializable and MySQL 9.7.4 read uncommitted"; list(got) != want {
		t.Errorf("the columns are %s, want %s", list(got), want)
	}
}
