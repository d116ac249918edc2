package databases_test

import (
	"testing"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func TestSettingsReadBackTheLevel(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		for _, level := range history.Levels() {
			c := s.client(t, level)
			settings, err := c.Conn.Settings(t.Context(), databases.TxOptions{})
			must(t, err)
			if settings[databases.LevelInForce] != string(level) {
				t.Errorf("%s: in force is %q", level, settings[databases.LevelInForce])
			}
			must := map[string][]string{
				"postgres": {"transaction_isolation", "default_transaction_isolation", "default_transaction_read_only", "server_version"},
				"mysql":    {"transaction_isolation", "autocommit", "version", "innodb_flush_log_at_trx_commit", "log_bin", "sql_mode"},
				"mariadb":  {"innodb_snapshot_isolation", "autocommit", "version", "innodb_flush_log_at_trx_commit", "log_bin", "sql_mode"},
			}
			for _, name := range must[s.product] {
				if settings[name] == "" {
					t.Errorf("%s is not among the settings", name)
				}
			}
			c.do(insertItems) // the connection is as it was
			c.do(func(tx *databases.Tx) { tx.DeleteWhere(items, nil) })
		}
	})
}

// What a reader sees of another transaction shows that the level is in force.
func TestLevelsAreInForce(t *testing.T) {
	type sees struct{ uncommitted, committed bool }
	want := map[history.Level]sees{
		history.ReadUncommitted: {true, true},
		history.ReadCommitted:   {false, true},
		history.RepeatableRead:  {false, false},
	}
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		writer := s.client(t, history.ReadCommitted)
		writer.do(insertItems)
		for level, want := range want {
			if s.product == "postgres" {
				want.uncommitted = false // documented: the same as read committed
			}
			c := s.client(t, level)
			release := writer.inTransaction(func(tx *databases.Tx, wait func()) {
				tx.Update(items, 1, add(rank, 1))
				wait()
			})
			ops := c.do(func(tx *databases.Tx) {
				tx.Read(items, 1)
				_, _ = release()
				tx.Read(items, 1)
			}).Ops
			written := writer.recorded[len(writer.recorded)-1].Ops[0].Rows[0].Version
			got := sees{ops[0].Rows[0].Version == written, ops[1].Rows[0].Version == written}
			if got != want {
				t.Errorf("%s: sees %+v, want %+v", level, got, want)
			}
		}
	})
}

// Serializable is shown by write skew, which no database lets through: PostgreSQL
// fails one of the two, InnoDB's plain reads lock.
func TestSerializableIsInForce(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		one, two := s.client(t, history.Serializable), s.client(t, history.Serializable)
		one.do(insertItems)
		skew := func(key int64) func(tx *databases.Tx, wait func()) {
			return func(tx *databases.Tx, wait func()) {
				tx.Read(items, 1)
				tx.Read(items, 2)
				wait()
				tx.Update(items, key, add(rank, 1))
			}
		}
		finishOne, finishTwo := one.inTransaction(skew(1)), two.inTransaction(skew(2))
		results := make(chan history.Outcome)
		go func() { o, _ := finishOne(); results <- o }()
		go func() { o, _ := finishTwo(); results <- o }()
		if a, b := <-results, <-results; a == history.Committed && b == history.Committed {
			t.Error("both committed")
		}
	})
}

// On MySQL and MariaDB the snapshot is taken by the first plain read. Reading
// back what a write replaced must not take it earlier.
func TestTracingTakesNoSnapshot(t *testing.T) {
	writes := map[string]func(*databases.Tx){
		"update":       func(tx *databases.Tx) { tx.Update(items, 2, add(rank, 1)) },
		"update where": func(tx *databases.Tx) { tx.UpdateWhere(items, where(grp, history.Equal, num(8)), add(rank, 1)) },
		"delete":       func(tx *databases.Tx) { tx.Delete(items, 2) },
		"delete where": func(tx *databases.Tx) { tx.DeleteWhere(items, where(grp, history.Equal, num(8))) },
		"insert":       func(tx *databases.Tx) { tx.Insert(items, 5, num(1), num(1), str("")) },
	}
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		if s.product == "postgres" {
			t.Skip("PostgreSQL takes the snapshot at the first statement of any kind")
		}
		c, other := s.client(t, history.RepeatableRead), s.client(t, history.ReadCommitted)
		c.do(insertItems)
		for name, write := range writes {
			var outside history.Version
			_, err := c.Run(t.Context(), "test", databases.TxOptions{}, func(tx *databases.Tx) {
				write(tx)
				outside = other.do(func(tx *databases.Tx) { tx.Update(items, 1, add(rank, 1)) }).Ops[0].Rows[0].Version
				tx.Read(items, 1)
				tx.Abort()
			})
			must(t, err)
			if read := c.recorded[len(c.recorded)-1].Ops[1].Rows[0].Version; read != outside {
				t.Errorf("after %s, a first read sees %v, want %v, which was committed before it", name, read, outside)
			}
		}
	})
}
