package checker_test

import (
	"context"
	"slices"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// Why a predicate did not give a row one write says: what came before it, or was sent after the answer, is left out.
func TestCutOutOfMissed(t *testing.T) {
	for name, text := range map[string]string{
		"another wrote the row twice before": `setup x grp=0
T5 update x grp=7 replaces x0
T5 update x grp=8 replaces x5:1
T5 commit
T1 scan grp=7 -> none
T2 update x grp=7 replaces x5:2
T2 commit
T1 scan grp=7 -> x2
T1 commit`,
		"another wrote the row after the answer": `setup x grp=8
T1 scan grp=7 -> none
T2 update x grp=7 replaces x0
T2 commit
T1 scan grp=7 -> x2
T5 update x grp=9 replaces x2
T5 commit
T1 commit`,
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parseScenario(text)
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
				if a.ID != checker.Phantom || len(h.Txns) != 3 {
					t.Errorf("of the %s are cut out:\n%s", a.ID, formatHistory(h))
				}
				return nil
			})
			if err != nil || cut != 1 {
				t.Errorf("%d histories were cut out: %v", cut, err)
			}
		})
	}
}

// An element that an aborted transaction appended is none that the set-up of a cut-out appends, though all lists begin with it.
func TestCutOutOfUndoneElement(t *testing.T) {
	s, err := parseScenario(`traces: list-append
T2 append z 1
T1 read z -> [1]
T2 abort
T1 read x -> none
T4 append x 2
T4 append y 3
T4 commit
T1 read y -> [3]
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
		if !slices.ContainsFunc(h.Txns, func(t history.Transaction) bool { return t.Outcome == history.Aborted }) {
			t.Errorf("of the %s are cut out:\n%s", a.ID, formatHistory(h))
		}
		return nil
	})
	if err != nil || cut != 2 {
		t.Errorf("%d histories were cut out: %v", cut, err)
	}
}
