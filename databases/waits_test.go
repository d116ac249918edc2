package databases_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// waiting is what the server says: whether a session waits for another.
type waiting func(from, to databases.Conn) bool

// watchLocks returns a function that asks the server who waits for whom.
func (s *server) watchLocks(t *testing.T) waiting {
	t.Helper()
	ctx := context.Background()
	w, err := s.db.(databases.LockWatcher).WatchLocks(ctx)
	must(t, err)
	t.Cleanup(func() { must(t, w.Close()) })
	return func(from, to databases.Conn) bool {
		waits, err := w.Waits(ctx)
		must(t, err)
		return slices.Contains(waits[from.(databases.Numbered).SessionNumber()], to.(databases.Numbered).SessionNumber())
	}
}

// The server tells who waits for whom, whatever kind of lock it is, and not who has gone on.
func TestLockWaits(t *testing.T) {
	row := history.Table{Name: "test", Columns: []history.Column{{Name: "value", Type: history.Int}}, Unique: []int{0}}
	tests := []struct {
		name         string
		first, other func(*databases.Tx)
	}{
		{
			"of a row that was updated",
			func(tx *databases.Tx) { tx.Update(0, 1, set(0, num(11))) },
			func(tx *databases.Tx) { tx.Update(0, 1, set(0, num(12))) },
		},
		{
			"of a row that was only locked",
			func(tx *databases.Tx) { tx.ReadLocked(0, 1, history.ForUpdate) },
			func(tx *databases.Tx) { tx.ReadLocked(0, 1, history.ForShare) },
		},
		{
			"of a unique value that is being inserted",
			func(tx *databases.Tx) { tx.Insert(0, 5, num(50)) },
			func(tx *databases.Tx) { tx.Insert(0, 6, num(50)) },
		},
		{
			"of an advisory lock",
			func(tx *databases.Tx) { tx.AdvisoryLock(7) },
			func(tx *databases.Tx) { tx.AdvisoryLock(7) },
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onEach(t, []history.Table{row}, func(t *testing.T, s *server) {
				if test.name == "of an advisory lock" && s.product == "mariadb" {
					t.Skip("MariaDB does not tell who has an advisory lock")
				}
				waits := s.watchLocks(t)
				a, b := s.client(t, history.ReadCommitted), s.client(t, history.ReadCommitted)
				a.do(func(tx *databases.Tx) { tx.Insert(0, 1, num(10)) })
				done := make(chan struct{})
				a.do(func(tx *databases.Tx) {
					test.first(tx)
					if waits(a.Conn, b.Conn) || waits(b.Conn, a.Conn) {
						t.Error("somebody waits before the other session has begun")
					}
					go func() {
						defer close(done)
						_, _ = b.Run(context.Background(), "other", databases.TxOptions{}, test.other)
					}()
					for !waits(b.Conn, a.Conn) {
						select {
						case <-done:
							t.Fatal("the other session did not wait")
						case <-time.After(time.Millisecond):
						}
					}
					if waits(a.Conn, b.Conn) {
						t.Error("the session that has the lock waits for the other")
					}
				})
				<-done
				if waits(b.Conn, a.Conn) {
					t.Error("the other session still waits after it has ended")
				}
			})
		})
	}
}
