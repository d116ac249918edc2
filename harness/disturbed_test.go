package harness_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/harness/faults"
	"github.com/isocheck/isocheck/history"
)

// reachable is a database whose connections can be led through a proxy.
type reachable interface {
	faults.Terminator
	DialWith(databases.DialFunc)
}

// often is a time from one fault to the next that gives a short run many.
const often = 300 * time.Millisecond

// disturbed is a run on a server of its own, with the faults.
func disturbed(t *testing.T, product string, level history.Level, workload string, unsafe bool, interval time.Duration, kinds ...faults.Kind) harness.Config {
	t.Helper()
	server, err := provision.Start(context.Background(), provision.Options{Database: product, Via: provision.Local, Run: "disturbed", UnsafeDurability: unsafe})
	if err != nil {
		provisiontest.Missing(t, "%s: %v", product, err)
	}
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	proxy, err := faults.NewProxy()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	db, _ := openOn(t, server)
	db.(reachable).DialWith(proxy.Dial)
	cfg := config(t, db, workload, level)
	plan := faults.Plan{
		Kinds: kinds, Interval: interval, Seed: 1,
		Server: server, Proxy: proxy, Database: db.(reachable),
	}
	cfg.Header.Run = "disturbed"
	cfg.Disturb = func(ctx context.Context, run harness.Disturbed) error { return plan.Disturb(ctx, run) }
	return cfg
}

// longer runs with more and more time until the run shows what it must, which on a
// busy machine takes long, and returns its history.
func longer(t *testing.T, begin func(time.Duration) harness.Config, shows func(*history.History) bool) (harness.Result, *history.History) {
	t.Helper()
	for d := 5 * time.Second; ; d *= 3 {
		cfg := begin(d)
		before := goleak.IgnoreCurrent()
		result, err := harness.Run(context.Background(), cfg)
		goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction(waitsForServer))
		if err != nil || result.Err != nil || !result.Final {
			t.Fatalf("the run is %+v, %v", result, err)
		}
		h, err := history.Load(result.Path)
		if err != nil {
			t.Fatal(err)
		}
		if shows(h) {
			return result, h
		}
		if d > time.Minute {
			t.Fatalf("after %v the run has not shown what it must: %+v", d, result.Totals)
		}
	}
}

// waitsForServer is what waits for the end of a server that a fault has started again: it goes on after the run.
const waitsForServer = "github.com/isocheck/isocheck/databases/provision.(*launch).spawnWith.func1"

func judge(t *testing.T, h *history.History) *checker.Findings {
	t.Helper()
	findings, err := checker.Check(context.Background(), h, checker.Options{Expect: checker.Model(h.Header.Promise)})
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// Every kind of fault leaves a server that is serializable serializable, and loses no
// commit that was acknowledged; the run goes on to its end.
func TestFaults(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			result, h := longer(t, func(d time.Duration) harness.Config {
				cfg := disturbed(t, product, history.Serializable, "bank", false, often, faults.Kinds()...)
				cfg.Duration = d
				return cfg
			}, everyFault)
			if result.Totals.Aborted[history.ConnectionLost] == 0 {
				t.Errorf("no client noticed: %+v", result.Totals)
			}
			if findings := judge(t, h); findings.Verdict == checker.Violated {
				t.Errorf("found %+v, %+v", findings.Anomalies, findings.Invariants)
			}
		})
	}
}

// everyFault reports whether each kind of fault happened, and those that last came to their end.
func everyFault(h *history.History) bool {
	for _, k := range faults.Kinds() {
		lasts := k != faults.Disconnect && k != faults.Terminate
		if !hasEvent(h, string(k)) || lasts && !hasEvent(h, string(k)+"-over") {
			return false
		}
	}
	return true
}

// A client whose commit reached the server, and who got no answer, does not know; later
// reads do.
func TestSwallowedAnswers(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			_, h := longer(t, func(d time.Duration) harness.Config {
				cfg := disturbed(t, product, history.Serializable, "counter", false, often, faults.Disconnect)
				cfg.Duration = d
				return cfg
			}, func(h *history.History) bool {
				return slices.ContainsFunc(h.Txns, func(t history.Transaction) bool { return t.Outcome == history.Indeterminate })
			})
			if findings := judge(t, h); findings.Verdict == checker.Violated {
				t.Errorf("found %+v, %+v", findings.Anomalies, findings.Invariants)
			}
		})
	}
}

// A server whose commits do not wait for the disk loses some when it is killed, and that is seen.
func TestUnsafeDurability(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			longer(t, func(d time.Duration) harness.Config {
				// Every second InnoDB writes its log to the disk all the same, and it does not hold back
				// what it commits right after it was started.
				cfg := disturbed(t, product, history.ReadCommitted, "counter", true, 2*time.Second, faults.Kill)
				cfg.Params.Strategy = "atomic"
				cfg.Duration = d
				return cfg
			}, func(h *history.History) bool {
				findings := judge(t, h)
				return findings.Verdict == checker.Violated && slices.ContainsFunc(findings.Anomalies, func(a checker.Anomaly) bool {
					return a.ID == checker.LostCommit && a.Count > 0
				})
			})
		})
	}
}
