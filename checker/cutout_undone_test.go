package checker_test

import (
	"context"
	"slices"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// What a witness's transaction saw of another that then took it back is no row that the set-up makes: the other one
// is cut out with it, and with what took it back.
func TestCutOutOfUndone(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		has  func(t history.Transaction) bool
	}{
		"aborted": {"T2 update z n=1 replaces z3\nT1 read z -> z2\nT2 abort", func(t history.Transaction) bool { return t.Outcome == history.Aborted }},
		"rolled back to a savepoint": {
			"T2 savepoint 1\nT2 update z n=1 replaces z3\nT1 read z -> z2\nT2 rollback-to 1\nT2 commit",
			func(t history.Transaction) bool {
				return slices.ContainsFunc(t.Ops, func(op history.Op) bool { return op.Kind == history.RollbackTo })
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parseScenario("setup x n=0\nsetup y n=0\nsetup z n=0\nT3 update z n=5 replaces z0\nT3 commit\n" + tt.text + `
T1 read x -> x0
T4 update x n=1 replaces x0
T4 update y n=1 replaces y0
T4 commit
T1 read y -> y4
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
				if !slices.ContainsFunc(h.Txns, tt.has) {
					t.Errorf("of the %s are cut out:\n%s", a.ID, formatHistory(h))
				}
				return nil
			})
			if err != nil || cut != 2 {
				t.Errorf("%d histories were cut out: %v", cut, err)
			}
		})
	}
}
