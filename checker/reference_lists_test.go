package checker_test

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// On any small history of lists the checker says what the reference says.
func TestReferenceLists(t *testing.T) {
	soak(t, "3000", "100000")
	rapid.Check(t, func(t *rapid.T) { compareLists(t, drawLists(t)) })
}

// compareLists is compareWithReference for lists. Where what was read fits no version order, no model holds.
func compareLists(t fataler, h *history.History) (readings int) {
	w := newListWorld(h)
	if !w.contradictory() {
		return w.compare(t)
	}
	if slices.ContainsFunc(rolledBackWorlds(h), func(o *world) bool { return !o.contradictory() }) {
		return 0 // it depends on what became of the transactions of which nobody knows
	}
	f, err := checker.Check(context.Background(), h, checker.Options{})
	if err != nil {
		t.Fatalf("%v", err)
	}
	if err := verifyContradictions(w, f); err != nil {
		t.Fatalf("a witness is wrong: %v\n%s", err, formatHistory(h))
	}
	for _, m := range f.Models {
		if m.Holds {
			t.Fatalf("no version order fits the lists, and the checker says that %s holds\n%s\n%s", m.Model, formatHistory(h), formatFindings(f))
		}
	}
	return 0
}

// verifyContradictions checks the witnesses that need no version order.
func verifyContradictions(w *world, f *checker.Findings) error {
	g := *f
	g.Anomalies = slices.DeleteFunc(slices.Clone(f.Anomalies), func(a checker.Anomaly) bool {
		return a.ID != checker.GarbageRead && a.ID != checker.IncompatibleVersions
	})
	return verifyFindings(w, &g)
}
