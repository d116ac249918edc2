package databases_test

import (
	"errors"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// What is rolled back to a savepoint is seen before and not after, by nobody else, and what
// follows is written upon what was there before.
func TestSavepoints(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		for _, level := range history.Levels() {
			c := s.client(t, level)
			c.do(func(tx *databases.Tx) {
				tx.DeleteWhere(items, nil)
				insertItems(tx)
			})
			setup := c.recorded[len(c.recorded)-1].ID()
			txn := c.do(func(tx *databases.Tx) {
				tx.Update(items, 1, add(rank, 1)) // 0
				tx.Savepoint(1)
				tx.Update(items, 1, add(rank, 10)) // 2
				tx.Insert(items, 4, num(7), num(40), str(""))
				tx.Savepoint(2)
				tx.Delete(items, 2) // 5
				tx.RollbackTo(2)
				tx.ReadWhere(items, nil) // 7
				tx.RollbackTo(1)
				tx.ReadWhere(items, nil) // 9
				tx.Update(items, 1, add(rank, 100))
				tx.Savepoint(1)
				tx.Update(items, 3, add(rank, 100)) // 12
				tx.Release(1)
			})
			id := txn.ID()
			inner := []history.Version{id.Version(2), setup.Version(2), setup.Version(3), id.Version(3)}
			outer := []history.Version{id.Version(0), setup.Version(2), setup.Version(3)}
			if !sameVersions(txn.Ops[7].Rows, inner) || !sameVersions(txn.Ops[9].Rows, outer) {
				t.Errorf("%s: it read %v and then %v", level, txn.Ops[7].Rows, txn.Ops[9].Rows)
			}
			if got := txn.Ops[10].Rows[0].Previous; got != id.Version(0) {
				t.Errorf("%s: the write after the rollback replaced %v", level, got)
			}
			after := c.do(func(tx *databases.Tx) { tx.ReadWhere(items, nil) }).Ops[0].Rows
			if !sameVersions(after, []history.Version{id.Version(10), setup.Version(2), id.Version(12)}) || after[0].Values[rank] != num(111) {
				t.Errorf("%s: in the end the table is %v", level, after)
			}
			if text := s.sql.Texts(txn.Ops[6].Statement)[0]; text != "ROLLBACK TO SAVEPOINT s{key}" {
				t.Errorf("recorded as %q", text)
			}
		}
	})
}

func sameVersions(rows []history.Row, want []history.Version) bool {
	if len(rows) != len(want) {
		return false
	}
	for i := range rows {
		if rows[i].Version != want[i] {
			return false
		}
	}
	return true
}

func TestUnknownSavepointFails(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		c.do(insertItems)
		txn, err := c.fail(t.Context(), func(tx *databases.Tx) {
			tx.Savepoint(1)
			tx.Release(1)
			tx.RollbackTo(1)
			tx.Update(items, 1, add(rank, 1))
		})
		if err.Class != history.OtherError || len(txn.Ops) != 3 {
			t.Errorf("got %v after %d operations", err, len(txn.Ops))
		}
		c.do(updateRow(1))
	})
}

// An insert that may be refused is refused for a duplicate of any unique column, and for nothing else.
func TestInsertIgnoreIgnoresOnlyDuplicates(t *testing.T) {
	tables := []history.Table{{
		Name:    "names",
		Columns: []history.Column{{Name: "name", Type: history.Text}, {Name: "n", Type: history.Int}},
		Unique:  []int{0}, NotNegative: []int{1},
	}}
	onEach(t, tables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		made := func(key int64, name string, n int64) (wrote bool) {
			c.do(func(tx *databases.Tx) { wrote = tx.InsertIgnore(0, key, str(name), num(n)) })
			return wrote
		}
		if !made(1, "a", 0) || made(1, "b", 0) || made(2, "a", 0) || !made(2, "b", 0) {
			t.Error("an insert was refused that should not have been, or the other way round")
		}
		if rows := c.do(func(tx *databases.Tx) { tx.ReadWhere(0, nil) }).Ops[0].Rows; len(rows) != 2 || rows[0].Values[0] != str("a") {
			t.Errorf("the table is %v", rows)
		}
		if _, err := c.fail(t.Context(), func(tx *databases.Tx) { tx.InsertIgnore(0, 3, str("c"), num(-1)) }); err.Class != history.Constraint {
			t.Errorf("a value that the CHECK forbids: %v", err)
		}
	})
}

// An upsert adds to what is there, however many times, and loses nothing.
func TestUpsertsCount(t *testing.T) {
	onEach(t, itemsTables[:1], func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		wrote := 0
		for range 5 {
			c.do(func(tx *databases.Tx) {
				if tx.Upsert(0, 1, []history.Value{num(1)}, where(0, history.Less, num(3)), add(0, 1)) {
					wrote++
				}
			})
		}
		rows := c.do(func(tx *databases.Tx) { tx.Read(0, 1) }).Ops[0].Rows
		if wrote != 3 || rows[0].Values[0] != num(3) || rows[0].Version != c.recorded[2].ID().Version(0) || rows[0].Previous != c.recorded[1].ID().Version(0) {
			t.Errorf("%d wrote, and the row is %+v", wrote, rows[0])
		}
	})
}

// Retry rolls back and asks for another attempt; Wait ends when the run stops.
func TestRetryAndWait(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		c.do(insertItems)
		outcome, err := c.Run(t.Context(), "test", databases.TxOptions{}, func(tx *databases.Tx) {
			tx.Update(items, 1, add(rank, 1))
			tx.Retry()
		})
		if outcome != history.Aborted || !errors.Is(err, databases.ErrRetry) {
			t.Errorf("got %d, %v", outcome, err)
		}
		if last := c.recorded[len(c.recorded)-1]; last.Failure() != nil || last.Outcome != history.Aborted {
			t.Errorf("recorded %+v", last)
		}
		stop := make(chan struct{})
		c.Stop = stop
		close(stop)
		txn := c.do(func(tx *databases.Tx) {
			tx.Wait(time.Hour)
			if row := tx.Read(items, 1); row.Int(rank) != 10 {
				t.Errorf("after the rollback the row is %+v", row)
			}
		})
		if len(txn.Ops) != 1 {
			t.Errorf("recorded %d operations", len(txn.Ops))
		}
	})
}
