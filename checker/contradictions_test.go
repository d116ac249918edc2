package checker_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// Where two committed transactions replaced the same version, there is no version order: no model holds.
func TestContradictions(t *testing.T) {
	soak(t, "1000", "20000")
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		type place struct {
			key      int64
			previous history.Version
		}
		replaced := map[place]bool{}
		forked := false
		for i := range h.Txns {
			if h.Txns[i].Outcome != history.Committed {
				continue
			}
			for j, op := range h.Txns[i].Ops {
				if rolledBack(&h.Txns[i], j) > 0 {
					continue
				}
				for _, r := range op.Rows {
					if op.Kind.Writes() && r.Previous != 0 {
						forked = forked || replaced[place{r.Key, r.Previous}]
						replaced[place{r.Key, r.Previous}] = true
					}
				}
			}
		}
		f, err := checker.Check(context.Background(), h, checker.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !forked {
			return
		}
		for _, m := range f.Models {
			if m.Holds {
				t.Fatalf("two transactions replaced one version, and the checker says that %s holds\n%s", m.Model, formatHistory(h))
			}
		}
	})
}
