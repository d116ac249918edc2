package harness_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
)

// A run takes memory for its clients and for what they are at, not for what they have done: with
// four times as many transactions, it takes no more. (What was recorded is in the file.)
func TestMemoryOfLongRuns(t *testing.T) {
	const few = 2000
	times := int64(1)
	if os.Getenv("ISOCHECK_SOAK") != "" {
		times = 60
	}
	cfg := config(t, database(t, "postgres"), "counter", history.ReadCommitted)
	cfg.Params.Clients = 256
	cfg.Params.Keys = 16    // what a client is at is small, so that what it has done shows
	mostMemory(t, cfg, few) // what is made once is there after this
	short := mostMemory(t, cfg, few*times)
	long := mostMemory(t, cfg, 4*few*times)
	t.Logf("%d transactions took %d KiB, four times as many took %d KiB", few*times, short>>10, long>>10)
	// What is read at the end, and goroutines' stacks, vary a little.
	if long > short+short/4+4<<20 {
		t.Errorf("%d transactions took up to %d bytes, and four times as many took %d", few*times, short, long)
	}
}

// mostMemory runs until so many transactions were tried, and returns how many bytes were in use at most
// while the clients ran.
func mostMemory(t *testing.T, cfg harness.Config, transactions int64) (most uint64) {
	t.Helper()
	ctx, enough := context.WithCancel(context.Background())
	defer enough()
	cfg.Database = database(t, "postgres")
	cfg.Duration = time.Hour // a busy machine takes its time
	cfg.Path = filepath.Join(t.TempDir(), "history.jsonl.zst")
	cfg.Progress = func(p harness.Progress) {
		if p.Phase != harness.Running {
			return
		}
		runtime.GC() // what is garbage is no memory that the run needs
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc+m.StackInuse)
		if p.Committed+p.AllAborted() >= transactions {
			enough()
		}
	}
	result, err := harness.Run(ctx, cfg)
	if err != nil || result.Err != nil {
		t.Fatalf("the run is %+v, %v", result, err)
	}
	if got := result.Totals.Committed + result.Totals.AllAborted(); got < transactions || most == 0 {
		t.Fatalf("%d transactions were tried, with %d bytes in use: that says nothing", got, most)
	}
	return most
}
