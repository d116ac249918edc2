package harness_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
)

// onceRunning returns a Progress that calls f once, in a goroutine of its own, when the
// clients have committed a hundred transactions. Wait waits until f has returned.
func onceRunning(f func()) (progress func(harness.Progress), wait func()) {
	var once sync.Once
	var done sync.WaitGroup
	return func(p harness.Progress) {
		if p.Phase == harness.Running && p.Committed >= 100 {
			once.Do(func() { done.Go(f) })
		}
	}, done.Wait
}

func TestCancelled(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			cfg := config(t, database(t, product), "bank", history.RepeatableRead)
			cfg.Duration = time.Hour
			cfg.Pause = time.Millisecond
			progress, wait := onceRunning(cancel)
			cfg.Progress = progress
			result, h := run(ctx, t, cfg)
			wait()
			if result.Stopped != "cancelled" || result.Err != nil || !result.Final {
				t.Errorf("the result is %+v", result)
			}
			if !hasEvent(h, harness.EventStopped) || result.Totals.Committed < 100 {
				t.Errorf("events %v, totals %+v", h.Events, result.Totals)
			}
		})
	}
}

// A statement that waits for a lock which nobody releases is cut off when the run is cancelled.
func TestCancelledWhileWaiting(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			server := provisiontest.Start(t, product)
			db, namespace := openOn(t, server)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			cfg := config(t, db, "counter", history.ReadCommitted)
			cfg.Params.Strategy = "for-update"
			cfg.Duration = time.Hour
			admin := administrator(t, server)
			progress, wait := onceRunning(func() {
				admin.exec(t, "BEGIN")
				admin.exec(t, "SELECT * FROM "+namespace+".counters FOR UPDATE")
				cancel()
			})
			cfg.Progress = progress
			done := make(chan struct{})
			go func() { // the final read takes no lock, so that the locks may stay until then
				defer close(done)
				result, h := run(ctx, t, cfg)
				if result.Stopped != "cancelled" || result.Err != nil || !result.Final || !hasEvent(h, harness.EventStatementsCut) {
					t.Errorf("the result is %+v, the events are %v", result, h.Events)
				}
				if result.Totals.Aborted[history.Cancelled] == 0 || result.Totals.Indeterminate > 0 {
					t.Errorf("no statement was cancelled, or a commit was: %+v", result.Totals)
				}
			}()
			<-done
			wait()
			admin.exec(t, "ROLLBACK")
		})
	}
}

func TestServerKilled(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			ctx := context.Background()
			server, err := provision.Start(ctx, provision.Options{Database: product, Via: provision.Local, Run: "killed"})
			if err != nil {
				provisiontest.Missing(t, "%s: %v", product, err)
			}
			defer server.Stop(ctx)
			db, _ := openOn(t, server)
			cfg := config(t, db, "bank", history.ReadCommitted)
			cfg.Duration = time.Hour
			progress, wait := onceRunning(func() {
				if err := server.Kill(ctx); err != nil {
					t.Error(err)
				}
			})
			cfg.Progress = progress
			result, h := run(ctx, t, cfg)
			wait()
			if result.Err == nil || result.Stopped != "the server was lost" || result.Final {
				t.Errorf("the result is %+v", result)
			}
			if !hasEvent(h, harness.EventServerLost) || !hasEvent(h, harness.EventConnectionLost) {
				t.Errorf("the events are %v", h.Events)
			}
			checkLost(t, h)
		})
	}
}

// A server that dies so late that the time is over before the clients give up is lost all the same.
func TestServerKilledLate(t *testing.T) {
	ctx := context.Background()
	server, err := provision.Start(ctx, provision.Options{Database: "postgres", Via: provision.Local, Run: "killedlate"})
	if err != nil {
		provisiontest.Missing(t, "postgres: %v", err)
	}
	defer server.Stop(ctx)
	db, _ := openOn(t, server)
	cfg := config(t, db, "bank", history.ReadCommitted)
	cfg.Duration = 3 * time.Second
	progress, wait := onceRunning(func() {
		if err := server.Kill(ctx); err != nil {
			t.Error(err)
		}
	})
	cfg.Progress = progress
	result, h := run(ctx, t, cfg)
	wait()
	if result.Err == nil || result.Stopped != "the server was lost" || result.Final || !hasEvent(h, harness.EventServerLost) {
		t.Errorf("the result is %+v, the events are %v", result, h.Events)
	}
	for _, e := range h.Events {
		if e.Kind == harness.EventConnectionLost && strings.Contains(e.Detail, string(history.ConnectionLost)) {
			t.Errorf("words are doubled: %s %s", e.Kind, e.Detail)
		}
	}
}

// checkLost checks that transactions which the server's death cut off are no
// more than one a client, and indeterminate only where the commit had been sent.
func checkLost(t *testing.T, h *history.History) {
	t.Helper()
	committed, lost := 0, map[int]int{}
	for i := range h.Txns {
		txn := &h.Txns[i]
		switch txn.Outcome {
		case history.Committed:
			committed++
		case history.Indeterminate:
			lost[txn.Client]++
			if txn.Finish == 0 {
				t.Errorf("%v is indeterminate, and no commit was sent", txn.ID())
			}
		}
	}
	if committed < 100 {
		t.Errorf("%d transactions are recorded as committed", committed)
	}
	for client, n := range lost {
		if n > 1 {
			t.Errorf("client %d has %d indeterminate transactions", client, n)
		}
	}
}

// A client whose connection is killed gets a new one, and goes on as the same client.
func TestConnectionKilled(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			server := provisiontest.Start(t, product)
			db, namespace := openOn(t, server)
			cfg := config(t, db, "bank", history.ReadCommitted)
			cfg.Duration = time.Hour
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			admin := administrator(t, server)
			progress, wait := onceRunning(func() { admin.killOne(t, namespace) })
			var killed, end int64
			cfg.Progress = func(p harness.Progress) {
				progress(p)
				if n := p.Aborted[history.ConnectionLost] + p.Indeterminate; n > 0 && killed == 0 {
					killed, end = n, p.Committed+1000
				}
				if killed > 0 && p.Committed > end {
					cancel()
				}
			}
			result, h := run(ctx, t, cfg)
			wait()
			if result.Stopped != "cancelled" || result.Err != nil || !result.Final {
				t.Errorf("the result is %+v", result)
			}
			if !hasEvent(h, harness.EventConnectionLost) || !hasEvent(h, harness.EventReconnected) {
				t.Errorf("the events are %v", h.Events)
			}
			checkGoesOn(t, h)
		})
	}
}

// checkGoesOn checks that every client counted on, and that one lost its
// connection and committed afterwards.
func checkGoesOn(t *testing.T, h *history.History) {
	t.Helper()
	last, lost, back := map[int]int{}, map[int]bool{}, false
	for i := range h.Txns {
		txn := &h.Txns[i]
		if txn.Number != last[txn.Client]+1 {
			t.Fatalf("client %d counts from %d to %d", txn.Client, last[txn.Client], txn.Number)
		}
		last[txn.Client] = txn.Number
		if e := txn.Failure(); e != nil && e.Class == history.ConnectionLost {
			lost[txn.Client] = true
		}
		back = back || lost[txn.Client] && txn.Outcome == history.Committed
	}
	if len(lost) != 1 || !back {
		t.Errorf("clients that lost their connection: %v; one committed later: %v", lost, back)
	}
}
