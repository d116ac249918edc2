package reports

import (
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 41203: "41,203", 1234567: "1,234,567", -2104: "-2,104", -100: "-100"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0 ns", 999: "999 ns", 1500: "1.5 µs", 840_000: "840 µs", 1_000_000: "1 ms", 3_240_000: "3.2 ms", 48_000_000: "48 ms",
		999_600_000: "1000 ms", 1_250_000_000: "1.2 s", 24_300_000_000: "24 s", 125_000_000_000: "2 min 5 s", 3_720_000_000_000: "1 h 2 min",
	} {
		if got := duration(ns); got != want {
			t.Errorf("duration(%d) = %q, want %q", ns, got, want)
		}
	}
}

func TestShare(t *testing.T) {
	cases := []struct {
		part, whole int
		want        string
	}{{0, 10, "0 %"}, {1, 0, "0 %"}, {1, 4, "25 %"}, {77, 1000, "7.7 %"}, {1, 100000, "under 0.1 %"}, {3, 1000, "0.3 %"}}
	for _, c := range cases {
		if got := share(c.part, c.whole); got != c.want {
			t.Errorf("share(%d, %d) = %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

func TestModelName(t *testing.T) {
	for model, want := range map[checker.Model]string{
		checker.SnapshotIsolation: "snapshot isolation", checker.InnoDBRepeatableRead: "InnoDB's repeatable read",
		"strong-serializable": "strict serializable", "strong-session-snapshot-isolation": "strong session snapshot isolation",
		"strong-snapshot-isolation": "strong snapshot isolation",
	} {
		if got := modelName(model); got != want {
			t.Errorf("modelName(%q) = %q, want %q", model, got, want)
		}
	}
}

func TestVerdictSentence(t *testing.T) {
	skew := skewRun().Findings
	several := skewRun().Findings
	for _, id := range []checker.AnomalyID{checker.LostUpdate, checker.ReadSkew, checker.Phantom, checker.WriteSkew} {
		find(several, id, 1, false)
	}
	forbidden := skewRun().Findings
	find(forbidden, checker.WriteSkew, 2, true)
	forbidden.Expected.Forbid = []checker.AnomalyID{checker.WriteSkew}
	both := forkRun().Findings
	both.Expected.Forbid = []checker.AnomalyID{checker.LongFork}
	allowed := skewRun().Findings
	find(allowed, checker.LostUpdate, 4, false)
	allowed.Expected = checker.Expectation{Model: checker.SnapshotIsolation, Allow: []checker.AnomalyID{checker.LostUpdate}}
	invariant := cleanRun().Findings
	invariant.Verdict, invariant.Invariants = checker.Violated, []checker.InvariantResult{counting(true)}
	cases := map[string]struct {
		f    *checker.Findings
		want string
	}{
		"kept":                    {skew, "PostgreSQL 15.18 at repeatable read kept its promise (snapshot isolation) in 38,950 transactions; predicate write skew was observed, which it allows."},
		"many observed":           {several, "PostgreSQL 15.18 at repeatable read kept its promise (snapshot isolation) in 38,950 transactions; lost update, phantom, read skew and 2 other anomalies were observed, which it allows."},
		"nothing":                 {cleanRun().Findings, "PostgreSQL 15.18 at serializable kept its promise (serializable) in 29,644 transactions."},
		"broken":                  {forkRun().Findings, "PostgreSQL 15.18 at repeatable read broke its promise (snapshot isolation): in 9,120 transactions long fork was found 3 times."},
		"forbidden":               {forbidden, "PostgreSQL 15.18 at repeatable read kept its promise (snapshot isolation), but in 38,950 transactions write skew, which --forbid rules out, was found twice."},
		"forbidden and ruled out": {both, "PostgreSQL 15.18 at repeatable read broke its promise (snapshot isolation): in 9,120 transactions long fork was found 3 times."},
		"allowed":                 {allowed, "PostgreSQL 15.18 at repeatable read behaved as snapshot isolation asks, but for lost update, which --allow allows, in 38,950 transactions; predicate write skew was observed, which it allows."},
		"invariant":               {invariant, "PostgreSQL 15.18 at serializable broke its promise (serializable): in 29,644 transactions the invariant “acknowledged increments” was broken."},
		"short":                   {shortRun().Findings, "Inconclusive: MariaDB 10.11.6 at repeatable read showed nothing that is ruled out by InnoDB's repeatable read in 31 transactions, but the run does not mean enough."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := verdictSentence(c.f); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestSQLOf(t *testing.T) {
	h := &history.Header{Tables: []history.Table{counters(), members()}}
	cases := map[string]struct {
		statements []string
		op         history.Op
		want       string
	}{
		"key and version": {
			[]string{"UPDATE t SET n = {set.0}, version = {version} WHERE id = {key}"},
			history.Op{Kind: history.Update, Key: -7, Set: []history.Assign{{Value: history.IntValue(5)}}},
			"UPDATE t SET n = 5, version = 2147486720 WHERE id = -7",
		},
		"a value that looks like a placeholder": {
			[]string{"SELECT {where.0}, {where.1} {key}"},
			history.Op{Where: history.Predicate{{Value: history.TextValue("{key} o'clock")}, {}}, Key: 3},
			"SELECT '{key} o''clock', NULL 3",
		},
		"unknown placeholders stay": {[]string{"SELECT {set.4}, {nothing}, '{}', {set.x} { {key}"}, history.Op{Key: 1}, "SELECT {set.4}, {nothing}, '{}', {set.x} { 1"},
		"no statement":              {nil, history.Op{Kind: history.Read, Key: 4, Lock: history.SkipLocked, Statement: -1}, "read counters 4 for update skip locked"},
		"predicate in words": {nil, history.Op{Kind: history.ReadWhere, Table: 1, Limit: 2, Where: history.Predicate{
			{Column: 0, Value: history.IntValue(7)}, {Column: 1, Cmp: history.GreaterEqual, Value: history.IntValue(2)},
		}}, "read members where grp = 7 and val >= 2 limit 2"},
		"whole table": {nil, history.Op{Kind: history.DeleteWhere, Table: 1}, "delete members, all rows"},
		"assignments": {nil, history.Op{Kind: history.Update, Table: 1, Key: 2, Set: []history.Assign{
			{Column: 0, Op: history.Add, Value: history.IntValue(1)}, {Column: 9, Value: history.TextValue("x")},
		}}, "update members 2 set grp = grp + 1, column 9 = 'x'"},
		"unknown table": {nil, history.Op{Kind: history.Append, Table: 5, Key: 2, Set: []history.Assign{{Op: history.Concat, Value: history.IntValue(8)}}}, "append to table 5 2 set column 0 = column 0 || 8"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			txn := &history.Transaction{Client: 0, Number: 2097155, Ops: []history.Op{c.op}}
			if got := sqlOf(h, c.statements, txn, 0); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A run whose transactions had several levels says so.
func TestSubjectOfMixedLevels(t *testing.T) {
	h := &history.Header{Database: "postgres", ServerVersion: "15.18", Level: history.RepeatableRead, Params: map[string]string{"level mix": "repeatable-read=3,serializable=1"}}
	if got, want := subject(h), "PostgreSQL 15.18 at repeatable read mixed with serializable"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A generated history, whose clock only counts, has no plots over time.
func TestNoChartsOfAMoment(t *testing.T) {
	run := violatedRun()
	run.Summary.Start, run.Summary.Duration = 0, 35_000
	for i := range run.Findings.Anomalies {
		run.Findings.Anomalies[i].Times = nil
	}
	run.Findings.Invariants = nil
	if all := charts(run); len(all) > 0 {
		t.Errorf("%d charts of 35 µs", len(all))
	}
}
