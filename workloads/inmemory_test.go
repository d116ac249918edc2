package workloads_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
	"github.com/isocheck/isocheck/workloads/workloadstest"
)

// On a database that runs one transaction at a time, several clients break no
// invariant, in whatever strategy: what the matrix finds is the databases' doing.
func TestNothingBreaksInMemory(t *testing.T) {
	for _, w := range workloads.All() {
		for _, s := range w.Strategies {
			t.Run(w.Name+"/"+s.Name, func(t *testing.T) {
				if len(w.Missing(s.Name, workloadstest.Product)) > 0 {
					t.Skipf("it needs %v", s.Needs)
				}
				path := filepath.Join(t.TempDir(), "history.jsonl.zst")
				result, err := harness.Run(context.Background(), harness.Config{
					Database: workloadstest.Serial(), Workload: w, Level: history.Serializable, Duration: 50 * time.Millisecond,
					Params: workloads.Params{Strategy: s.Name}, Path: path,
				})
				if err != nil || result.Stopped != "" || !result.Final || result.Totals.Committed == 0 {
					t.Fatalf("the run: %+v, %v", result, err)
				}
				h, err := history.Load(path)
				if err != nil {
					t.Fatal(err)
				}
				f, err := checker.Check(context.Background(), h, checker.Options{Expect: checker.Serializable})
				if err != nil {
					t.Fatal(err)
				}
				if f.Verdict == checker.Violated {
					t.Error(f.Reasons)
				}
				for _, said := range brokenIn(f) {
					t.Error(said)
				}
			})
		}
	}
}
