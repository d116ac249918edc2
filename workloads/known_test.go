package workloads_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// raced says that the level's promise was broken, and by nothing but a race in the server that
// FINDINGS.md explains. It takes more clients than cores, and luck, so that no test can count on it, and none
// must fail for it.
func (c cell) raced(f *checker.Findings) bool {
	race := map[string]func(*checker.Witness) bool{
		"postgres serializable":   hasCommitRace,
		"mariadb repeatable-read": hasSnapshotRace,
	}[c.product+" "+string(c.level)]
	if race == nil {
		return false
	}
	for i := range f.Anomalies {
		a := &f.Anomalies[i]
		if a.Violation && (a.Count > len(a.Witnesses) || slices.ContainsFunc(a.Witnesses, func(w checker.Witness) bool { return !race(&w) })) {
			return false
		}
	}
	return true
}

// hasCommitRace says that in the witness's cycle there are T1, T2 and T3, where T1 missed a write of T2, and T2
// one of T3; and that T3's commit had not been answered when T1 began, and T2 sent its own.
func hasCommitRace(w *checker.Witness) bool {
	missed := func(e checker.Edge) bool { return e.Kind == checker.RW || e.Kind == checker.PredicateRW }
	for i, e := range w.Edges {
		next := w.Edges[(i+1)%len(w.Edges)]
		t1, t2, t3 := &w.Transactions[e.From], &w.Transactions[e.To], &w.Transactions[next.To]
		if missed(e) && missed(next) && t1.Start < t3.End && t2.Finish < t3.End {
			return true
		}
	}
	return false
}

// hasSnapshotRace says that in the witness's cycle there is a T1 that made its snapshot, with its first read, while both a
// transaction of which it missed a write and the one of which it saw one were committing.
func hasSnapshotRace(w *checker.Witness) bool {
	n := len(w.Edges)
	for i, e := range w.Edges {
		before := w.Edges[(i+n-1)%n]
		if e.Kind != checker.RW || before.Kind != checker.WR {
			continue
		}
		first := &w.Transactions[e.From].Ops[0]
		committing := func(t int) bool {
			return w.Transactions[t].Finish < first.End && first.Start < w.Transactions[t].End
		}
		if !first.Kind.Writes() && committing(before.From) && committing(e.To) {
			return true
		}
	}
	return false
}

// The races are told from every other breach by when commits were answered.
func TestRaced(t *testing.T) {
	asItWas := func([]history.Transaction) {}
	for name, tt := range map[string]struct {
		cell   cell
		file   string
		change func(txns []history.Transaction)
		want   bool
	}{
		"a commit was answered late": {cell{product: "postgres", level: history.Serializable}, "postgres-serializable.jsonl", asItWas, true},
		"it was answered in time": {
			cell{product: "postgres", level: history.Serializable},
			"postgres-serializable.jsonl",
			func(txns []history.Transaction) { txns[4].End = txns[4].Finish + 1 }, false,
		},
		"commits while a snapshot was made": {cell{product: "mariadb", level: history.RepeatableRead}, "mariadb-snapshot.jsonl", asItWas, true},
		"they were answered before": {
			cell{product: "mariadb", level: history.RepeatableRead},
			"mariadb-snapshot.jsonl",
			func(txns []history.Transaction) {
				reader := &txns[len(txns)-1]
				reader.Ops[0].Start = reader.Ops[0].End - 1
				for i := range txns[:len(txns)-1] {
					txns[i].End = min(txns[i].End, reader.Ops[0].Start-1)
				}
			}, false,
		},
		"another level": {cell{product: "mariadb", level: history.Serializable}, "mariadb-snapshot.jsonl", asItWas, false},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := history.Load(filepath.Join("..", "checker", "testdata", "found", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			tt.change(h.Txns)
			f, err := checker.Check(t.Context(), h, checker.Options{Expect: checker.Model(h.Header.Promise)})
			if err != nil {
				t.Fatal(err)
			}
			if f.Verdict != checker.Violated || tt.cell.raced(f) != tt.want {
				t.Errorf("the verdict is %s, and that it is the race is said to be %t", f.Verdict, tt.cell.raced(f))
			}
		})
	}
}
