package databases_test

import (
	"context"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// shortWait is the shortest lock timeout that every product has.
var shortWait = databases.ConnectOptions{Level: history.ReadCommitted, LockTimeout: time.Second}

func takeLock(key int64) func(*databases.Tx) {
	return func(tx *databases.Tx) { tx.AdvisoryLock(key) }
}

// An advisory lock keeps those of the same key away until the transaction has ended,
// however it ends, and nobody else.
func TestAdvisoryLocks(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		holder, other := s.client(t, history.ReadCommitted), s.clientWith(t, shortWait)
		holder.do(insertItems)
		release := holder.inTransaction(func(tx *databases.Tx, wait func()) {
			tx.AdvisoryLock(1)
			tx.AdvisoryLock(1) // it may be taken twice
			tx.AdvisoryLock(2)
			wait()
		})
		other.do(takeLock(3))
		for _, key := range []int64{1, 2} {
			if txn, err := other.fail(t.Context(), takeLock(key)); err.Class != history.LockTimeout || txn.Ops[0].Rows != nil {
				t.Errorf("lock %d: %v", key, err)
			}
		}
		if outcome, err := release(); outcome != history.Committed {
			t.Fatal(err)
		}
		ends := map[string]func(tx *databases.Tx){
			"commit": func(*databases.Tx) {},
			"abort":  func(tx *databases.Tx) { tx.Abort() },
			"error":  func(tx *databases.Tx) { tx.Insert(items, 1, num(0), num(0), str("")) },
			"stop":   nil,
		}
		for name, end := range ends {
			ctx, cancel := context.WithCancel(t.Context())
			if end == nil {
				end = func(*databases.Tx) { cancel() }
			}
			_, _ = holder.Run(ctx, "test", databases.TxOptions{}, func(tx *databases.Tx) {
				tx.AdvisoryLock(1)
				tx.Update(items, 2, add(rank, 1))
				end(tx)
			})
			cancel()
			outcome, err := other.Run(t.Context(), "test", databases.TxOptions{}, takeLock(1))
			if outcome != history.Committed {
				t.Errorf("after %s the lock is still held: %v", name, err)
			}
		}
		op := other.recorded[len(other.recorded)-1].Ops[0]
		if text := s.sql.Texts(op.Statement)[0]; op.Kind != history.Advisory || op.Key != 1 || text == "" {
			t.Errorf("recorded %+v as %q", op, text)
		}
	})
}

// Advisory locks belong to the whole server: those of another run, or of anybody else, are not met.
func TestAdvisoryLocksOfAnotherNamespace(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		elsewhere := newServerAt(t, s.product, s.dsn, itemsTables)
		holder, other := s.client(t, history.ReadCommitted), elsewhere.clientWith(t, shortWait)
		release := holder.inTransaction(func(tx *databases.Tx, wait func()) { tx.AdvisoryLock(1); wait() })
		other.do(takeLock(1))
		_, _ = release()
	})
}

// Whoever waits for an advisory lock stops when the run does, and two who wait for each other do not wait for ever.
func TestWaitsForAdvisoryLocksEnd(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		holder, other := s.client(t, history.ReadCommitted), s.client(t, history.ReadCommitted)
		release := holder.inTransaction(func(tx *databases.Tx, wait func()) { tx.AdvisoryLock(1); wait() })
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := other.fail(ctx, takeLock(1)); err.Class != history.Cancelled {
			t.Errorf("stopped: %v", err)
		}
		_, _ = release()

		results := make(chan history.Outcome, 2)
		var finish []func() (history.Outcome, error)
		for i, c := range []*client{holder, other} {
			finish = append(finish, c.inTransaction(func(tx *databases.Tx, wait func()) {
				tx.AdvisoryLock(int64(1 + i))
				wait()
				tx.AdvisoryLock(int64(2 - i))
			}))
		}
		for _, f := range finish {
			go func() { outcome, _ := f(); results <- outcome }()
		}
		if a, b := <-results, <-results; a == history.Committed && b == history.Committed || a == b {
			t.Errorf("they ended as %s and %s", a, b)
		}
		for _, c := range []*client{holder, other} {
			if err := c.recorded[len(c.recorded)-1].Failure(); err != nil && err.Class != history.Deadlock {
				t.Errorf("the deadlock is called %v", err)
			}
		}
	})
}
