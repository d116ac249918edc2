package databases_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// The facts of this file are what designs trip over. Each was measured, and is measured here again.

// The snapshot is taken at the first read, not at BEGIN: what is committed in between is seen.
func TestFactSnapshotAtFirstRead(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c, other := s.client(t, history.RepeatableRead), s.client(t, history.ReadCommitted)
		c.do(insertItems)
		var before, after history.Version
		ops := c.do(func(tx *databases.Tx) {
			before = other.do(updateRow(1)).Ops[0].Rows[0].Version
			tx.Read(items, 1)
			after = other.do(updateRow(1)).Ops[0].Rows[0].Version
			tx.Read(items, 1)
		}).Ops
		for i := range ops {
			if got := ops[i].Rows[0].Version; got != before || got == after {
				t.Errorf("read %d sees %v, want what was committed after BEGIN and before the first read, %v", i, got, before)
			}
		}
	})
}

// InnoDB keeps the locks of rows whose change was rolled back to a savepoint, PostgreSQL releases them. Where the
// savepoint is the first thing that a transaction does, InnoDB has no part in it yet: then
// it rolls all of its transaction back, locks included.
func TestFactLocksAfterRollbackToSavepoint(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		holder, other := s.client(t, history.ReadCommitted), s.client(t, history.ReadCommitted)
		holder.do(insertItems)
		for name, first := range map[string]func(*databases.Tx){
			"savepoint first":            func(*databases.Tx) {},
			"read, then savepoint":       func(tx *databases.Tx) { tx.Read(items, 3) },
			"savepoint, write, released": func(tx *databases.Tx) { tx.Savepoint(2); tx.Update(items, 3, add(rank, 1)); tx.Release(2) },
		} {
			release := holder.inTransaction(func(tx *databases.Tx, wait func()) {
				first(tx)
				tx.Savepoint(1)
				tx.Update(items, 1, add(rank, 1))
				tx.RollbackTo(1)
				wait()
			})
			_, err := other.Run(t.Context(), "test", databases.TxOptions{}, func(tx *databases.Tx) { tx.ReadLocked(items, 1, history.NoWait) })
			if locked, want := err != nil, s.product != "postgres" && name != "savepoint first"; locked != want {
				t.Errorf("%s: the row is locked: %t (%v)", name, locked, err)
			}
			if outcome, err := release(); outcome != history.Committed {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// careless is a client that goes on after an error, as no recorded transaction does.
type careless struct {
	t    *testing.T
	conn databases.Conn
	id   history.TxnID
	op   int
}

func (s *server) careless(t *testing.T, options databases.ConnectOptions) *careless {
	t.Helper()
	conn, err := s.db.Connect(t.Context(), options, s.tables, &s.sql)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	s.next++
	c := &careless{t: t, conn: conn, id: history.MakeTxnID(1000+s.next, 1)}
	must(t, conn.Begin(t.Context(), databases.TxOptions{}))
	return c
}

func (c *careless) add(key int64) error {
	c.op++
	op := history.Op{Kind: history.Update, Table: items, Key: key, Set: []history.Assign{add(rank, 1)}}
	return c.conn.Do(c.t.Context(), &op, c.id.Version(c.op))
}

func classOf(err error) history.ErrorClass {
	var e *history.Error
	if errors.As(err, &e) {
		return e.Class
	}
	return ""
}

// ranks returns the ranks that everybody sees.
func (c *client) ranks() [3]int64 {
	var ranks [3]int64
	c.do(func(tx *databases.Tx) {
		for i, row := range tx.ReadWhere(items, nil) {
			ranks[i] = row.Int(rank)
		}
	})
	return ranks
}

// A deadlock rolls the whole transaction back. On MySQL and MariaDB the statements that
// follow then run, each committed on its own; PostgreSQL refuses them, and answers COMMIT with ROLLBACK.
func TestFactDeadlockEndsTheTransaction(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		reader := s.client(t, history.ReadCommitted)
		reader.do(insertItems)
		options := databases.ConnectOptions{Level: history.ReadCommitted}
		one, two := s.careless(t, options), s.careless(t, options)
		must(t, one.add(1))
		must(t, two.add(2))
		waited := make(chan error)
		go func() { waited <- one.add(2) }()
		second := two.add(1)
		victim, survivor, first := two, one, second
		if second == nil {
			victim, survivor = one, two
			first = <-waited
		} else {
			must(t, <-waited)
		}
		if classOf(first) != history.Deadlock {
			t.Fatalf("no deadlock: %v", first)
		}
		must(t, survivor.conn.Rollback(t.Context()))
		if got := reader.ranks(); got != [3]int64{10, 20, 30} {
			t.Errorf("after the deadlock the ranks are %v", got)
		}
		after := victim.add(3)
		if s.product == "postgres" {
			if after == nil {
				t.Error("a statement after the error was taken")
			}
			if err := victim.conn.Commit(t.Context()); err == nil {
				t.Error("the commit says nothing")
			}
			return
		}
		must(t, after)
		if got := reader.ranks(); got[2] != 31 {
			t.Errorf("the statement after the deadlock is not committed on its own: the ranks are %v", got)
		}
		must(t, victim.conn.Rollback(t.Context()))
		if got := reader.ranks(); got[2] != 31 {
			t.Errorf("a rollback undid it: the ranks are %v", got)
		}
	})
}

// A lock wait that is over rolls back only the statement on MySQL and MariaDB: a careless client that then commits
// has committed half of its transaction. On PostgreSQL nothing is left.
func TestFactLockTimeoutEndsTheStatement(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		reader, holder := s.client(t, history.ReadCommitted), s.client(t, history.ReadCommitted)
		reader.do(insertItems)
		c := s.careless(t, shortWait)
		release := holder.inTransaction(func(tx *databases.Tx, wait func()) {
			tx.ReadLocked(items, 2, history.ForUpdate)
			wait()
		})
		must(t, c.add(1))
		if err := c.add(2); classOf(err) != history.LockTimeout {
			t.Fatalf("no lock timeout: %v", err)
		}
		_, _ = release()
		want := int64(10)
		err := c.conn.Commit(t.Context())
		if s.product != "postgres" {
			must(t, err)
			want = 11
		} else if err == nil {
			t.Error("PostgreSQL committed")
		}
		if got := reader.ranks(); got[0] != want {
			t.Errorf("the ranks are %v, the first should be %d", got, want)
		}
	})
}

// MariaDB's error 1020, under innodb_snapshot_isolation, rolls the whole transaction back as a deadlock does.
func TestFactSnapshotConflictEndsTheTransaction(t *testing.T) {
	s := newServer(t, "mariadb", itemsTables).reopen(t, "innodb_snapshot_isolation=1")
	reader := s.client(t, history.ReadCommitted)
	reader.do(insertItems)
	c := s.careless(t, databases.ConnectOptions{Level: history.RepeatableRead})
	read := history.Op{Kind: history.Read, Table: items, Key: 2}
	must(t, c.conn.Do(t.Context(), &read, 0))
	must(t, c.add(1))
	reader.do(updateRow(2))
	if err := c.add(2); classOf(err) != history.SerializationFailure {
		t.Fatalf("no conflict: %v", err)
	}
	must(t, c.add(3)) // on its own
	must(t, c.conn.Rollback(t.Context()))
	if got := reader.ranks(); got != [3]int64{10, 21, 31} {
		t.Errorf("the ranks are %v", got)
	}
}

// PostgreSQL's serializable fails transactions of which nothing was wrong: on a tiny table it locks
// what a scan went over, not what it gave.
func TestFactSerializableFailsTheInnocent(t *testing.T) {
	s := newServer(t, "postgres", itemsTables)
	clients := []*client{s.client(t, history.Serializable), s.client(t, history.Serializable)}
	clients[0].do(insertItems)
	var finish []func() (history.Outcome, error)
	for i, c := range clients {
		own := where(rank, history.Equal, num(int64(10+10*i)))
		finish = append(finish, c.inTransaction(func(tx *databases.Tx, wait func()) {
			tx.ReadWhere(items, own)
			wait()
			tx.UpdateWhere(items, own, set(order, str("mine")))
		}))
	}
	committed := 0
	for _, f := range finish {
		outcome, err := f()
		if outcome == history.Committed {
			committed++
		} else if classOf(err) != history.SerializationFailure {
			t.Errorf("failed by %v", err)
		}
	}
	if committed != 1 {
		t.Errorf("%d of two transactions that have nothing in common committed", committed)
	}
}

// PostgreSQL's advisory lock is taken by a statement, and a statement takes the snapshot before it waits: so at
// repeatable read a transaction that waited does not see what the one before it wrote. GET_LOCK takes none.
func TestFactAdvisoryLockAndSnapshot(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		first, second := s.client(t, history.RepeatableRead), s.client(t, history.RepeatableRead)
		first.do(insertItems)
		release := first.inTransaction(func(tx *databases.Tx, wait func()) {
			tx.AdvisoryLock(1)
			wait()
			tx.Update(items, 1, add(rank, 1))
		})
		var got int64
		done := make(chan error)
		sent := make(chan struct{})
		second.Pause = func(context.Context) { // before the second statement: the lock is there
			close(sent)
		}
		go func() {
			_, err := second.Run(context.Background(), "test", databases.TxOptions{}, func(tx *databases.Tx) {
				tx.AdvisoryLock(1)
				got = tx.Read(items, 1).Int(rank)
			})
			done <- err
		}()
		s.waitForLock(t)
		_, _ = release()
		must(t, <-done)
		<-sent
		if want := map[bool]int64{true: 10, false: 11}[s.product == "postgres"]; got != want {
			t.Errorf("it read %d, want %d", got, want)
		}
	})
}

// An insert that is refused, on conflict or duplicate, met a row that its own transaction's snapshot need not
// have: PostgreSQL fails it at repeatable read, InnoDB refuses it, and a read does not find the row.
func TestFactRefusedInsertSeesTheNewestRow(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c, other := s.client(t, history.RepeatableRead), s.client(t, history.ReadCommitted)
		c.do(insertItems)
		insert := func(tx *databases.Tx) { tx.InsertIgnore(items, 4, num(1), num(1), str("")) }
		wrote := true
		_, err := c.Run(t.Context(), "test", databases.TxOptions{}, func(tx *databases.Tx) {
			tx.Read(items, 4)
			other.do(insert)
			wrote = tx.InsertIgnore(items, 4, num(1), num(1), str(""))
			if row := tx.Read(items, 4); row.Exists {
				t.Error("the snapshot has the row")
			}
		})
		if wrote {
			t.Error("the row was inserted twice")
		}
		if failed := classOf(err) == history.SerializationFailure; failed != (s.product == "postgres") {
			t.Errorf("it ended with %v", err)
		}
		c.do(func(tx *databases.Tx) {
			if tx.InsertIgnore(items, 4, num(1), num(1), str("")) || !tx.Read(items, 4).Exists {
				t.Error("a transaction that began later does not find the row")
			}
		})
	})
}

// waitForLock waits until somebody waits for an advisory lock.
func (s *server) waitForLock(t *testing.T) {
	t.Helper()
	query := "SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE state = 'User lock' AND db = '" + s.namespace + "'"
	if s.product == "postgres" {
		query = "SELECT pid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'advisory'"
	}
	s.waitFor(t, "nobody waits for an advisory lock", query)
}

// waitFor waits until somebody else's query finds something, or it is no use.
func (s *server) waitFor(t *testing.T, complaint, query string) {
	t.Helper()
	for range 3000 {
		if len(s.ask(t, query)) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error(complaint)
}
