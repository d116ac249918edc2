package workloads

import (
	"context"
	"testing"

	"github.com/isocheck/isocheck/checker"
)

// One transaction after another must keep every invariant, else a breach would
// say nothing about isolation; and every invariant must have been put to the test.
func TestInvariantsHoldSerially(t *testing.T) {
	each(t, func(t *testing.T, w Workload, p Params) {
		h := record(t, w, p, 11, 2_000)
		findings, err := checker.Check(context.Background(), h, checker.Options{Expect: "strong-serializable"})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range findings.Anomalies {
			if a.Count > 0 {
				t.Errorf("%d times %s: %s", a.Count, a.Name, a.Witnesses[0].Sentence)
			}
		}
		for _, inv := range findings.Invariants {
			if !inv.Held || inv.Unknown || inv.Checked == 0 && p.Strategy != "look-do-nothing" { // whom nobody else can refuse
				t.Errorf("%s, checked on %d: %s", inv.Name, inv.Checked, inv.Text)
			}
		}
	})
}
