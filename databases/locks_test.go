package databases_test

import (
	"testing"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

var locks = []struct {
	name string
	lock history.Lock
}{
	{"none", history.NoLock},
	{"share", history.ForShare},
	{"update", history.ForUpdate},
	{"nowait", history.NoWait},
	{"skip locked", history.SkipLocked},
}

// Every lock mode answers the same rows when nobody else holds a lock.
func TestLocksRead(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		s.client(t, history.ReadCommitted).do(insertItems)
		for _, level := range history.Levels() {
			c := s.client(t, level)
			for _, l := range locks {
				t.Run(string(level)+"/"+l.name, func(t *testing.T) {
					ops := c.do(func(tx *databases.Tx) {
						tx.ReadLocked(items, 2, l.lock)
						tx.ReadLocked(items, 9, l.lock)
						tx.ReadWhereLocked(items, where(grp, history.Equal, num(7)), l.lock, 0)
						tx.ReadWhereLocked(items, nil, l.lock, 2)
						tx.ReadWhereLocked(items, where(rank, history.Greater, num(10)), l.lock, 1)
					}).Ops
					want := [][]history.Row{{row2}, nil, {row1, row2}, {row1, row2}, {row2}}
					for i, op := range ops {
						if diff := sameRows(op.Rows, want[i]); diff != "" {
							t.Errorf("read %d (-want +got):\n%s", i, diff)
						}
						if op.Lock != l.lock {
							t.Errorf("recorded lock %d, want %d", op.Lock, l.lock)
						}
						checkRecord(t, s, &op)
					}
				})
			}
		}
	})
}

// What a lock keeps others from, while row 1 is locked by somebody.
func TestLocksHold(t *testing.T) {
	blocked := []struct {
		held, asked history.Lock
		refused     bool
	}{
		{history.NoLock, history.NoWait, false},
		{history.ForShare, history.ForShare, false},
		{history.ForShare, history.NoWait, true},
		{history.ForUpdate, history.NoLock, false},
		{history.ForUpdate, history.NoWait, true},
		{history.NoWait, history.NoWait, true},
		{history.SkipLocked, history.NoWait, true},
	}
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		holder, other := s.client(t, history.ReadCommitted), s.client(t, history.ReadCommitted)
		holder.do(insertItems)
		for _, b := range blocked {
			t.Run(locks[b.held].name+" then "+locks[b.asked].name, func(t *testing.T) {
				release := holder.inTransaction(func(tx *databases.Tx, wait func()) {
					tx.ReadLocked(items, 1, b.held)
					wait()
				})
				defer func() { _, _ = release() }()
				read := func(tx *databases.Tx) { tx.ReadLocked(items, 1, b.asked) }
				if !b.refused {
					other.do(read)
					return
				}
				txn, failure := other.fail(t.Context(), read)
				if failure.Class != history.LockUnavailable || failure.Code == "" {
					t.Errorf("got %v", failure)
				}
				if txn.Outcome != history.Aborted || txn.Ops[0].Error == nil || txn.Ops[0].Rows != nil {
					t.Errorf("recorded %+v", txn)
				}
			})
		}
	})
}

func TestSkipLockedLeavesOut(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		holder, other := s.client(t, history.ReadCommitted), s.client(t, history.ReadCommitted)
		holder.do(insertItems)
		release := holder.inTransaction(func(tx *databases.Tx, wait func()) {
			tx.Update(items, 1, add(rank, 1))
			wait()
		})
		ops := other.do(func(tx *databases.Tx) {
			tx.ReadLocked(items, 1, history.SkipLocked)
			tx.ReadWhereLocked(items, where(grp, history.Equal, num(7)), history.SkipLocked, 1)
			tx.ReadWhereLocked(items, where(grp, history.Equal, num(7)), history.SkipLocked, 0)
		}).Ops
		if outcome, err := release(); outcome != history.Committed {
			t.Error(err)
		}
		for i, want := range [][]history.Row{nil, {row2}, {row2}} {
			if diff := sameRows(ops[i].Rows, want); diff != "" {
				t.Errorf("read %d (-want +got):\n%s", i, diff)
			}
		}
	})
}
