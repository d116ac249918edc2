package harness_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/harness/faults"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
	"github.com/isocheck/isocheck/workloads/workloadstest"
)

// soakTime is how long each product is disturbed in all: a minute or so, with ISOCHECK_SOAK=5m five
// minutes, and with ISOCHECK_SOAK=1 twenty, which are an hour for the three.
func soakTime() time.Duration {
	asked := os.Getenv("ISOCHECK_SOAK")
	if d, err := time.ParseDuration(asked); err == nil {
		return d
	}
	if asked != "" {
		return 20 * time.Minute
	}
	return 20 * time.Second
}

// A serializable server that is killed, paused, cut off and slowed never breaks its
// promise, whatever the workload; and a history that shows otherwise is kept to look at.
func TestSoakFaults(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			all := workloads.All()
			each := max(soakTime()/time.Duration(len(all)), 2*time.Second)
			cfg := disturbed(t, product, history.Serializable, "bank", false, often, faults.Kinds()...)
			for i, w := range all {
				cfg.Workload, cfg.Params, cfg.Seed = w, workloads.Params{}, uint64(i+1)
				for left := each; left > 0; left -= time.Minute {
					cfg.Duration = min(left, time.Minute) // the checker keeps a history in memory
					soak(t, cfg)
					cfg.Seed += 100
				}
			}
		})
	}
}

// soak runs once and judges what was recorded.
func soak(t *testing.T, cfg harness.Config) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	result, err := harness.Run(context.Background(), cfg)
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction(waitsForServer))
	if err != nil || result.Err != nil || !result.Final {
		t.Errorf("%s with seed %d is %+v, %v", cfg.Workload.Name, cfg.Seed, result, err)
		return
	}
	h, err := history.Load(result.Path)
	if err != nil {
		t.Fatal(err)
	}
	findings := judge(t, h)
	t.Logf("%s with seed %d: %s, %+v, %d events", cfg.Workload.Name, cfg.Seed, findings.Verdict, findings.Counts, len(h.Events))
	if findings.Verdict != checker.Violated {
		return
	}
	kept := filepath.Join(os.TempDir(), "isocheck-found-"+filepath.Base(t.Name())+"-"+cfg.Workload.Name+".jsonl.zst")
	raced, err := workloadstest.Raced(context.Background(), h, true)
	if err != nil {
		t.Error(err)
	}
	complain := t.Errorf
	if raced {
		complain = t.Logf // FINDINGS.md explains it
	}
	complain("%s with seed %d: %v; the history is kept as %s (%v)", cfg.Workload.Name, cfg.Seed, findings.Reasons, kept, keep(result.Path, kept))
}

// keep copies a file.
func keep(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}
