package checker_test

import (
	"context"
	"slices"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// What the set-up of a cut-out can make, it makes, and what came before or does not matter is left out; but what somebody
// took back is no row that it makes: who did is cut out with it.
func TestCutOutOfThePast(t *testing.T) {
	small := func(a *checker.Anomaly, h *history.History) bool { return a.ID == checker.Phantom && len(h.Txns) == 3 }
	hasTxn := func(h *history.History, is func(history.Transaction) bool) bool {
		return slices.ContainsFunc(h.Txns, is)
	}
	aborted := func(_ *checker.Anomaly, h *history.History) bool {
		return hasTxn(h, func(t history.Transaction) bool { return t.Outcome == history.Aborted })
	}
	const skew = `
T1 read x -> x0
T4 update x n=1 replaces x0
T4 update y n=1 replaces y0
T4 commit
T1 read y -> y4
T1 commit`
	for name, tt := range map[string]struct {
		text string
		cut  int // how many histories
		is   func(a *checker.Anomaly, h *history.History) bool
	}{
		"an upsert left what it updated, not what it would have inserted": {`setup x grp=1
T4 upsert x grp=7 else grp=8 replaces x0
T4 commit
T1 scan grp=7 -> none
T2 update x grp=7 replaces x4
T2 commit
T1 scan grp=7 -> x2
T1 commit`, 1, func(a *checker.Anomaly, h *history.History) bool {
			return small(a, h) && !hasTxn(h, func(t history.Transaction) bool { return t.Client == 4 })
		}},
		"another wrote the row twice before": {`setup x grp=0
T5 update x grp=7 replaces x0
T5 update x grp=8 replaces x5:1
T5 commit
T1 scan grp=7 -> none
T2 update x grp=7 replaces x5:2
T2 commit
T1 scan grp=7 -> x2
T1 commit`, 1, small},
		"another wrote the row after the answer": {`setup x grp=8
T1 scan grp=7 -> none
T2 update x grp=7 replaces x0
T2 commit
T1 scan grp=7 -> x2
T5 update x grp=9 replaces x2
T5 commit
T1 commit`, 1, small},
		"what was seen was aborted": {`setup x n=0
setup y n=0
setup z n=0
T3 update z n=5 replaces z0
T3 commit
T2 update z n=1 replaces z3
T1 read z -> z2
T2 abort` + skew, 2, aborted},
		"what was seen was rolled back to a savepoint": {`setup x n=0
setup y n=0
setup z n=0
T3 update z n=5 replaces z0
T3 commit
T2 savepoint 1
T2 update z n=1 replaces z3
T1 read z -> z2
T2 rollback-to 1
T2 commit` + skew, 2, func(_ *checker.Anomaly, h *history.History) bool {
			return hasTxn(h, func(t history.Transaction) bool {
				return slices.ContainsFunc(t.Ops, func(op history.Op) bool { return op.Kind == history.RollbackTo })
			})
		}},
		"all lists begin with what was aborted": {`traces: list-append
T2 append z 1
T1 read z -> [1]
T2 abort
T1 read x -> none
T4 append x 2
T4 append y 3
T4 commit
T1 read y -> [3]
T1 commit`, 2, aborted},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parseScenario(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			f, err := checker.Check(context.Background(), s.history, checker.Options{})
			if err != nil {
				t.Fatal(err)
			}
			cut := 0
			err = checker.CutOutAll(context.Background(), s.history, f, func(a *checker.Anomaly, _ int, h *history.History) error {
				cut++
				if !tt.is(a, h) {
					t.Errorf("of the %s are cut out:\n%s", a.ID, formatHistory(h))
				}
				return nil
			})
			if err != nil || cut != tt.cut {
				t.Errorf("%d histories were cut out: %v", cut, err)
			}
		})
	}
}
