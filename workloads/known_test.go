package workloads_test

import (
	"path/filepath"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// raced says that serializable was broken, and by nothing but the race between two commits in PostgreSQL that
// FINDINGS.md explains. It takes more clients than cores, and luck, so that no test can count on it, and none
// must fail for it.
func (c cell) raced(f *checker.Findings) bool {
	if c.product != "postgres" || c.level != history.Serializable {
		return false
	}
	for i := range f.Anomalies {
		a := &f.Anomalies[i]
		if !a.Violation {
			continue
		}
		if a.ID != checker.WriteSkew && a.ID != checker.PredicateWriteSkew || a.Count > len(a.Witnesses) {
			return false
		}
		for j := range a.Witnesses {
			if !hasCommitRace(&a.Witnesses[j]) {
				return false
			}
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

// The race is told from every other breach: its commit was answered late.
func TestRaced(t *testing.T) {
	c := cell{product: "postgres", level: history.Serializable}
	const late = 4 // the transaction whose commit was answered late
	for name, tt := range map[string]struct {
		change func(late *history.Transaction)
		want   bool
	}{
		"as it was found":         {func(*history.Transaction) {}, true},
		"its commit came in time": {func(late *history.Transaction) { late.End = late.Finish + 1 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := history.Load(filepath.Join("..", "checker", "testdata", "found", "postgres-serializable.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			tt.change(&h.Txns[late])
			f, err := checker.Check(t.Context(), h, checker.Options{Expect: checker.Model(h.Header.Promise)})
			if err != nil {
				t.Fatal(err)
			}
			if f.Verdict != checker.Violated || c.raced(f) != tt.want {
				t.Errorf("the verdict is %s, and that it is the race is said to be %t", f.Verdict, c.raced(f))
			}
		})
	}
}
