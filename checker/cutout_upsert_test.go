package checker_test

import (
	"context"
	"slices"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// What an upsert left of a row that was there is what it updated, not what it would have inserted: the set-up of what is
// cut out can make the row so, and nobody else is needed.
func TestCutOutOfUpsert(t *testing.T) {
	s, err := parseScenario(`setup x grp=1
T4 upsert x grp=7 else grp=8 replaces x0
T4 commit
T1 scan grp=7 -> none
T2 update x grp=7 replaces x4
T2 commit
T1 scan grp=7 -> x2
T1 commit`)
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
		if a.ID != checker.Phantom || len(h.Txns) != 3 || slices.ContainsFunc(h.Txns, func(t history.Transaction) bool { return t.Client == 4 }) {
			t.Errorf("of the %s are cut out:\n%s", a.ID, formatHistory(h))
		}
		return nil
	})
	if err != nil || cut != 1 {
		t.Errorf("%d histories were cut out: %v", cut, err)
	}
}
