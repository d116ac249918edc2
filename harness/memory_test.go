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

// A run takes memory for its clients and for what they are at, not for what they have done: four
// times as long, it takes no more. (What was recorded is in the file.)
func TestMemoryOfLongRuns(t *testing.T) {
	length := time.Second
	if os.Getenv("ISOCHECK_SOAK") != "" {
		length = time.Minute
	}
	cfg := config(t, database(t, "postgres"), "counter", history.ReadCommitted)
	cfg.Params.Clients = 256
	cfg.Params.Keys = 16       // what a client is at is small, so that what it has done shows
	mostMemory(t, cfg, length) // what is made once is there after this
	short, few := mostMemory(t, cfg, length)
	long, many := mostMemory(t, cfg, 4*length)
	t.Logf("%d transactions in %v took %d KiB, %d in %v took %d KiB", few, length, short>>10, many, 4*length, long>>10)
	if many < 2*few {
		t.Skipf("%d transactions in four times the time of %d say nothing: the machine is busy", many, few)
	}
	// What is read at the end, and goroutines' stacks, vary a little.
	if long > short+short/4+4<<20 {
		t.Errorf("%d transactions took up to %d bytes, and %d took %d", few, short, many, long)
	}
}

// mostMemory runs and returns how many bytes were in use at most while the clients ran, and how many transactions they tried.
func mostMemory(t *testing.T, cfg harness.Config, length time.Duration) (most uint64, transactions int64) {
	t.Helper()
	cfg.Database = database(t, "postgres")
	cfg.Duration = length
	cfg.Path = filepath.Join(t.TempDir(), "history.jsonl.zst")
	cfg.Progress = func(p harness.Progress) {
		if p.Phase != harness.Running {
			return
		}
		runtime.GC() // what is garbage is no memory that the run needs
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc+m.StackInuse)
	}
	result, err := harness.Run(context.Background(), cfg)
	if err != nil || result.Err != nil {
		t.Fatalf("the run is %+v, %v", result, err)
	}
	return most, result.Totals.Committed + result.Totals.AllAborted()
}
