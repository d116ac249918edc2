package harness_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
)

// asked is what a client's transactions asked, one line each.
func asked(h *history.History) []string {
	var lines []string
	for i := range h.Txns {
		if h.Txns[i].Client != 1 {
			continue
		}
		line := h.Txns[i].Name
		for _, op := range h.Txns[i].Ops {
			line += fmt.Sprint("; ", op.Kind, " ", op.Table, " ", op.Key, " ", op.Where, " ", op.Set)
		}
		lines = append(lines, line)
	}
	return lines
}

// The same seed asks the same, with and without pauses: of a client that is alone, to the
// last statement; of several, as far as the statements do not follow from what was read.
func TestSameSeed(t *testing.T) {
	db := database(t, "postgres")
	for _, test := range []struct {
		workload, strategy string
		clients            int
	}{
		{"counter", "plain", 1},
		{"bank", "plain", 1},
		{"predicate", "plain", 1},
		{"append", "plain", 1},
		{"counter", "atomic", 8},
	} {
		t.Run(fmt.Sprint(test.workload, "/", test.strategy, "/", test.clients), func(t *testing.T) {
			cfg := config(t, db, test.workload, history.ReadCommitted)
			cfg.Params.Strategy, cfg.Params.Clients = test.strategy, test.clients
			_, h := run(context.Background(), t, cfg)
			once := asked(h)
			cfg.Pause = 2 * time.Millisecond
			_, h = run(context.Background(), t, cfg)
			again := asked(h)
			both := min(len(once), len(again)) - 1 // the last one may be cut short
			if both < 10 {
				t.Fatalf("too little to compare: %d and %d transactions", len(once), len(again))
			}
			for i := range both {
				if once[i] != again[i] {
					t.Fatalf("transaction %d:\n%s\n%s", i+1, once[i], again[i])
				}
			}
		})
	}
}

func TestProgress(t *testing.T) {
	cfg := config(t, database(t, "postgres"), "counter", history.ReadCommitted)
	cfg.Duration = time.Second
	order := map[harness.Phase]int{harness.Connecting: 0, harness.SettingUp: 1, harness.Running: 2, harness.ReadingFinal: 3, harness.Closing: 4}
	var all []harness.Progress // the race detector sees to it that one goroutine calls at a time
	cfg.Progress = func(p harness.Progress) { all = append(all, p) }
	result, _ := run(context.Background(), t, cfg)
	if len(all) < 3 {
		t.Fatalf("%d reports in a second", len(all))
	}
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if order[b.Phase] < order[a.Phase] || b.Elapsed < a.Elapsed || b.Left > a.Left || b.Committed < a.Committed {
			t.Errorf("report %d goes back: %+v, then %+v", i, a, b)
		}
	}
	last := all[len(all)-1]
	if last.Phase != harness.Closing || last.Left != 0 || last.Committed != result.Totals.Committed || last.PerSecond <= 0 {
		t.Errorf("the last report is %+v, the totals are %+v", last, result.Totals)
	}
}
