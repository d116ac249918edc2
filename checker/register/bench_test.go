//go:build unix

package register_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

// The histories that the figures of other checkers are for: 20 sessions, 8
// operations a transaction, 1,000 keys.
func usual(seed uint64) *engine {
	return &engine{sessions: 20, ops: 8, keys: 1000, seed: seed, validate: true}
}

func BenchmarkWeak(b *testing.B) {
	for _, size := range []struct {
		name string
		txns int
	}{{"10k", 10_000}, {"100k", 100_000}, {"1M-large", 1_000_000}} {
		for _, m := range []register.Model{"strong-session-monotonic-atomic-view", "strong-session-read-atomic", "causal"} {
			b.Run(size.name+"/"+string(m), func(b *testing.B) { measure(b, usual(1), size.txns, false, m) })
		}
	}
}

func BenchmarkStrong(b *testing.B) {
	for _, size := range []struct {
		name string
		txns int
	}{{"10k", 10_000}, {"100k", 100_000}, {"1M-large", 1_000_000}} {
		for _, m := range []register.Model{"strong-session-serializable", "strong-session-snapshot-isolation", "strong-serializable"} {
			b.Run(size.name+"/timed/"+string(m), func(b *testing.B) { measure(b, usual(1), size.txns, false, m) })
			if m == "strong-serializable" {
				continue
			}
			untimed := usual(1)
			untimed.untimed = true
			b.Run(size.name+"/untimed-by-session/"+string(m), func(b *testing.B) { measure(b, untimed, size.txns, true, m) })
		}
	}
}

func BenchmarkSessions(b *testing.B) {
	for _, sessions := range []int{1, 4, 1000} {
		b.Run(fmt.Sprintf("1M-large/%d/causal", sessions), func(b *testing.B) {
			e := usual(1)
			e.sessions = sessions
			measure(b, e, 1_000_000, false, "causal")
		})
	}
}

// measure reports the time to check, without generating and adding, the time to
// add, and the memory that index and check took at most.
func measure(b *testing.B, e *engine, txns int, bySession bool, m register.Model) {
	if strings.Contains(b.Name(), "large") && testing.Short() {
		b.Skip("large")
	}
	for b.Loop() {
		b.StopTimer()
		var ix register.Index
		var adding time.Duration
		add := func(t *history.Transaction) {
			if err := ix.Add(t); err != nil {
				b.Fatal(err)
			}
		}
		if bySession {
			all := e.history(txns, true)
			began := time.Now()
			for i := range all {
				add(&all[i])
			}
			adding = time.Since(began)
		} else {
			e.generate(txns, add)
		}
		runtime.GC()
		cpu := cpuSeconds()
		b.StartTimer()
		r, err := ix.Check(context.Background(), register.Options{Models: []register.Model{m}})
		if err != nil {
			b.Fatal(err)
		}
		if r.Models[0].Verdict != register.Holds {
			b.Fatalf("%s: %s %+v", r.Models[0].Verdict, r.Models[0].Why, r.Models[0].Witness)
		}
		b.StopTimer()
		b.ReportMetric(cpuSeconds()-cpu, "cpu-s")
		if bySession {
			b.ReportMetric(adding.Seconds(), "add-s")
		}
		b.ReportMetric(peakMegabytes(), "peak-MB")
		b.StartTimer()
	}
}

// cpuSeconds returns how much processor time this process has used.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// peakMegabytes returns the most memory that this process ever held, as Linux counts it.
func peakMegabytes() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var kilobytes float64
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM:") {
			fmt.Sscanf(strings.TrimPrefix(line, "VmHWM:"), "%f", &kilobytes)
		}
	}
	return kilobytes / 1024
}
