package databases_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func TestOutcomes(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.RepeatableRead)
		committed := c.do(insertItems)
		if committed.Outcome != history.Committed || committed.Failure() != nil || committed.Number != 1 || committed.Name != "test" {
			t.Errorf("committed: %+v", committed)
		}
		outcome, err := c.Run(t.Context(), "on purpose", databases.TxOptions{}, func(tx *databases.Tx) {
			updateRow(1)(tx)
			tx.Abort()
			updateRow(2)(tx) // does nothing
		})
		aborted := c.recorded[1]
		if outcome != history.Aborted || err != nil || aborted.Outcome != history.Aborted || aborted.Failure() != nil || len(aborted.Ops) != 1 {
			t.Errorf("aborted on purpose: outcome %d, error %v, %+v", outcome, err, aborted)
		}
		for _, txn := range c.recorded {
			last := txn.Ops[len(txn.Ops)-1]
			if txn.Start > txn.Ops[0].Start || last.End > txn.Finish || txn.Finish > txn.End {
				t.Errorf("times out of order: %+v", txn)
			}
		}
		if row := c.do(func(tx *databases.Tx) { tx.Read(items, 1) }).Ops[0].Rows[0]; row.Version != v1 {
			t.Errorf("row 1 has version %v after the abort", row.Version)
		}
	})
}

// Operations after one that failed send nothing and read nothing.
func TestErrorsStick(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		c.do(insertItems)
		txn, _ := c.fail(t.Context(), func(tx *databases.Tx) {
			updateRow(1)(tx)
			tx.Insert(items, 1, num(1), num(1), str(""))
			if !tx.Failed() {
				t.Error("the body is not told")
			}
			if row := tx.Read(items, 1); row.Exists || row.Int(rank) != 0 || row.Text(order) != "" || tx.Update(items, 2, add(rank, 1)) || tx.Delete(items, 2) {
				t.Error("an operation after the failed one did something")
			}
		})
		if len(txn.Ops) != 2 || txn.Error != nil || txn.Failure() != txn.Ops[1].Error {
			t.Errorf("recorded %+v", txn)
		}
		if rows := c.do(func(tx *databases.Tx) { tx.ReadWhere(items, nil) }).Ops[0].Rows; rows[0].Version != v1 || rows[1].Version != v2 {
			t.Error("the transaction left something behind")
		}
	})
}

// A run that is stopped while a statement waits for a lock: the statement ends
// at once, what went before is recorded, nothing stays behind on the server, and
// the connection is still good.
func TestStopWhileWaiting(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		holder, victim := s.client(t, history.ReadCommitted), s.client(t, history.ReadCommitted)
		holder.do(insertItems)
		release := holder.inTransaction(func(tx *databases.Tx, wait func()) { updateRow(1)(tx); wait() })
		ctx, stop := context.WithCancel(t.Context())
		waits := s.watchLocks(t)
		txn, failure := victim.fail(ctx, func(tx *databases.Tx) {
			updateRow(2)(tx)
			go func() {
				for ctx.Err() == nil && !waits(victim.Conn, holder.Conn) {
					time.Sleep(time.Millisecond)
				}
				stop()
			}()
			updateRow(1)(tx)
		})
		if failure.Class != history.Cancelled || txn.Outcome != history.Aborted || len(txn.Ops) != 2 || len(txn.Ops[0].Rows) != 1 {
			t.Errorf("%v, recorded %+v", failure, txn)
		}
		recorded := len(victim.recorded)
		if _, err := victim.Run(ctx, "after the stop", databases.TxOptions{}, updateRow(2)); err == nil || len(victim.recorded) != recorded {
			t.Errorf("a transaction began after the stop: %v", err)
		}
		holder.next(t, release)
		victim.do(func(tx *databases.Tx) {
			if row := tx.ReadLocked(items, 2, history.NoWait); row.Int(rank) != 20 {
				t.Errorf("row 2 holds %d", row.Int(rank))
			}
		})
	})
}

// next lets a transaction of the client's go on, which must commit.
func (c *client) next(t *testing.T, release func() (history.Outcome, error)) {
	t.Helper()
	if outcome, err := release(); outcome != history.Committed {
		t.Errorf("outcome %d, error %v", outcome, err)
	}
}

// A run that is stopped between statements sends no more, and rolls back.
func TestStopBetweenStatements(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		c.do(insertItems)
		ctx, stop := context.WithCancel(t.Context())
		txn, failure := c.fail(ctx, func(tx *databases.Tx) {
			updateRow(1)(tx)
			stop()
			updateRow(2)(tx)
		})
		if failure.Class != history.Cancelled || txn.Outcome != history.Aborted || len(txn.Ops) != 1 || txn.Error == nil {
			t.Errorf("%v, recorded %+v", failure, txn)
		}
		c.do(func(tx *databases.Tx) { tx.ReadLocked(items, 1, history.NoWait) })
	})
}

// A commit is sent, and its answer waited for, also when the run has been stopped just before.
func TestStopBeforeCommit(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		ctx, stop := context.WithCancel(t.Context())
		outcome, err := c.Run(ctx, "test", databases.TxOptions{}, func(tx *databases.Tx) {
			insertItems(tx)
			stop()
		})
		if outcome != history.Committed || err != nil {
			t.Errorf("outcome %d, error %v", outcome, err)
		}
	})
}

func TestPauses(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		pauses := 0
		c.Pause = func(context.Context) { pauses++ }
		c.do(insertItems)
		if pauses != 2 {
			t.Errorf("%d pauses in a transaction of 3 statements", pauses)
		}
	})
}

func TestTooManyOperations(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		txn, failure := c.fail(t.Context(), func(tx *databases.Tx) {
			for key := range int64(history.MaxOps + 1) {
				tx.Insert(items, key, num(1), num(1), str(""))
			}
		})
		if failure.Class != history.OtherError || len(txn.Ops) != history.MaxOps || txn.Outcome != history.Aborted {
			t.Errorf("%v after %d operations", failure, len(txn.Ops))
		}
		if rows := c.do(func(tx *databases.Tx) { tx.ReadWhere(items, nil) }).Ops[0].Rows; len(rows) != 0 {
			t.Errorf("%d rows stay", len(rows))
		}
	})
}

// PostgreSQL at serializable fails the second of two transactions when it commits.
func TestCommitIsRefused(t *testing.T) {
	s := newServer(t, "postgres", itemsTables)
	one, two := s.client(t, history.Serializable), s.client(t, history.Serializable)
	one.do(insertItems)
	release := one.inTransaction(func(tx *databases.Tx, wait func()) {
		tx.Read(items, 1)
		updateRow(2)(tx)
		wait()
	})
	txn, failure := two.fail(t.Context(), func(tx *databases.Tx) {
		tx.Read(items, 2)
		updateRow(1)(tx)
		one.next(t, release)
	})
	if failure.Class != history.SerializationFailure || txn.Outcome != history.Aborted || txn.Error == nil || txn.Ops[1].Error != nil {
		t.Errorf("%v, recorded %+v", failure, txn)
	}
	two.do(updateRow(3)) // the session goes on
}

// A deferred trigger fails at COMMIT: the transaction is aborted, and known to be.
func TestCommitRaises(t *testing.T) {
	s := newServer(t, "postgres", itemsTables)
	table := s.namespace + ".items"
	s.admin(t, `CREATE FUNCTION `+s.namespace+`.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
		CREATE CONSTRAINT TRIGGER no AFTER INSERT ON `+table+` DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE PROCEDURE `+s.namespace+`.no()`)
	c := s.client(t, history.ReadCommitted)
	txn, failure := c.fail(t.Context(), insertItems)
	if failure.Class != history.OtherError || failure.Code != "P0001" || txn.Outcome != history.Aborted {
		t.Errorf("%v, recorded %+v", failure, txn)
	}
	if rows := c.do(func(tx *databases.Tx) { tx.ReadWhere(items, nil) }).Ops[0].Rows; len(rows) != 0 {
		t.Errorf("%d rows stay", len(rows))
	}
}

// A connection that is cut while COMMIT is at work leaves the outcome unknown.
func TestCutDuringCommit(t *testing.T) {
	s := newServer(t, "postgres", itemsTables)
	s.slowCommit(t)
	c := s.client(t, history.ReadCommitted)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.waitForCommit(t)
		s.kill(t)
	}()
	txn, failure := c.fail(t.Context(), insertItems)
	<-done
	if failure.Class != history.ConnectionLost || txn.Outcome != history.Indeterminate || txn.Finish == 0 {
		t.Errorf("%v, recorded %+v", failure, txn)
	}
	if _, err := c.Run(t.Context(), "next", databases.TxOptions{}, updateRow(1)); !errors.Is(err, databases.ErrBroken) {
		t.Errorf("the next transaction: %v", err)
	}
}

// A global read lock holds up a commit until lock_wait_timeout: InnoDB then has rolled back.
func TestCommitTimesOut(t *testing.T) {
	for _, product := range []string{"mysql", "mariadb"} {
		t.Run(product, func(t *testing.T) {
			s := newServer(t, product, itemsTables).reopen(t, "lock_wait_timeout=1")
			c := s.client(t, history.ReadCommitted)
			c.do(insertItems)
			db := s.pool(t)
			defer func() { _ = db.Close() }()
			lock, err := db.Conn(t.Context())
			must(t, err)
			txn, failure := c.fail(t.Context(), func(tx *databases.Tx) {
				updateRow(1)(tx)
				_, err := lock.ExecContext(t.Context(), "FLUSH TABLES WITH READ LOCK")
				must(t, err)
			})
			_, err = lock.ExecContext(t.Context(), "UNLOCK TABLES")
			must(t, err)
			if failure.Class != history.LockTimeout || txn.Outcome != history.Aborted {
				t.Errorf("%v, recorded %+v", failure, txn)
			}
			if row := c.do(func(tx *databases.Tx) { tx.Read(items, 1) }).Ops[0].Rows[0]; row.Version != v1 {
				t.Errorf("row 1 has version %v", row.Version)
			}
		})
	}
}

// A run that is stopped while COMMIT is at work waits a little for the answer,
// and then asks the server to give up: PostgreSQL says that it did.
func TestStopDuringCommit(t *testing.T) {
	s := newServer(t, "postgres", itemsTables)
	c := s.client(t, history.ReadCommitted)
	c.do(insertItems)
	s.slowCommit(t)
	ctx, stop := context.WithCancel(t.Context())
	txn, failure := c.fail(ctx, func(tx *databases.Tx) {
		tx.Insert(items, 4, num(1), num(1), str(""))
		go func() {
			s.waitForCommit(t)
			stop()
		}()
	})
	if failure.Class != history.Cancelled || txn.Outcome != history.Aborted || txn.Finish == 0 {
		t.Errorf("%v, recorded %+v", failure, txn)
	}
	if rows := c.do(func(tx *databases.Tx) { tx.Read(items, 4) }).Ops[0].Rows; len(rows) != 0 {
		t.Error("the row is there")
	}
}

// slowCommit makes every commit that inserts an item take a minute.
func (s *server) slowCommit(t *testing.T) {
	t.Helper()
	s.admin(t, `CREATE FUNCTION `+s.namespace+`.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON `+s.namespace+`.items DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE PROCEDURE `+s.namespace+`.slow()`)
}

// waitForCommit waits until a slow commit is at work.
func (s *server) waitForCommit(t *testing.T) {
	t.Helper()
	s.waitFor(t, "no commit is at work", "SELECT pid::text FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
}
