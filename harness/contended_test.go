package harness_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// The defaults must be contended enough to show what a level allows; else a run
// that shows nothing would say nothing.
func TestDefaultsAreContended(t *testing.T) {
	for _, test := range []struct {
		product  string
		level    history.Level
		workload string
		shows    []checker.AnomalyID
	}{
		{"postgres", history.ReadCommitted, "counter", []checker.AnomalyID{checker.LostUpdate, checker.NonRepeatableRead}},
		{"postgres", history.ReadCommitted, "bank", []checker.AnomalyID{checker.LostUpdate}},
		{"postgres", history.ReadCommitted, "predicate", []checker.AnomalyID{checker.NonRepeatableRead, checker.Phantom}},
		{"postgres", history.RepeatableRead, "predicate", []checker.AnomalyID{checker.WriteSkew, checker.PredicateWriteSkew}},
		{"postgres", history.RepeatableRead, "append", []checker.AnomalyID{checker.WriteSkew}},
		{"mysql", history.ReadUncommitted, "bank", []checker.AnomalyID{checker.DirtyRead}},
		{"mysql", history.ReadUncommitted, "append", []checker.AnomalyID{checker.DirtyRead}},
		{"mysql", history.RepeatableRead, "counter", []checker.AnomalyID{checker.LostUpdate}},
		{"mysql", history.RepeatableRead, "predicate", []checker.AnomalyID{checker.FracturedRead}},
		{"mariadb", history.ReadUncommitted, "predicate", []checker.AnomalyID{checker.DirtyRead}},
	} {
		t.Run(fmt.Sprint(test.product, "/", test.level, "/", test.workload), func(t *testing.T) {
			db := database(t, test.product)
			missing := test.shows
			for range 4 { // together as long as a run lasts by default
				cfg := config(t, db, test.workload, test.level)
				cfg.Duration = time.Second
				_, h := run(context.Background(), t, cfg)
				if missing = notFound(t, h, missing); len(missing) == 0 {
					return
				}
			}
			t.Errorf("not seen: %v", missing)
		})
	}
}

// notFound returns those of the anomalies that the history does not show.
func notFound(t *testing.T, h *history.History, wanted []checker.AnomalyID) []checker.AnomalyID {
	t.Helper()
	findings, err := checker.Check(context.Background(), h, checker.Options{Expect: checker.Serializable})
	if err != nil {
		t.Fatal(err)
	}
	found := map[checker.AnomalyID]bool{}
	for _, a := range findings.Anomalies {
		found[a.ID] = a.Count > 0
	}
	var missing []checker.AnomalyID
	for _, id := range wanted {
		if !found[id] {
			missing = append(missing, id)
		}
	}
	return missing
}
