package databases_test

import (
	"strings"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// seesNew reports whether a transaction that has read row 1 then sees what others commit: it is what
// tells read committed from repeatable read.
func seesNew(c, writer *client, options databases.TxOptions) bool {
	var written history.Version
	ops := c.doWith(options, func(tx *databases.Tx) {
		tx.Read(items, 1)
		written = writer.do(updateRow(1)).Ops[0].Rows[0].Version
		tx.Read(items, 1)
	}).Ops
	return ops[1].Rows[0].Version == written
}

// However the level is set, it is in force: the server says so, and transactions show it. So does one
// transaction's own level, which leaves the next one's alone.
func TestEveryWayToSetTheLevel(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		writer := s.client(t, history.ReadCommitted)
		writer.do(insertItems)
		for _, set := range databases.LevelSets() {
			for _, level := range history.Levels() {
				c := s.clientWith(t, databases.ConnectOptions{Level: level, LevelSet: set})
				c.Level = level
				settings, err := c.Conn.Settings(t.Context(), databases.TxOptions{})
				must(t, err)
				if settings[databases.LevelInForce] != string(level) {
					t.Errorf("%s set by %s: in force is %q", level, set, settings[databases.LevelInForce])
				}
				for _, own := range history.Levels() {
					if level != history.RepeatableRead {
						break // asking InnoDB takes a tenth of a second
					}
					settings, err := c.Conn.Settings(t.Context(), databases.TxOptions{Level: own})
					must(t, err)
					if settings[databases.LevelInForce] != string(own) {
						t.Errorf("%s set by %s, and %s for one transaction: in force is %q", level, set, own, settings[databases.LevelInForce])
					}
				}
				if level != history.ReadCommitted && level != history.RepeatableRead {
					continue
				}
				other := history.RepeatableRead
				if level == other {
					other = history.ReadCommitted
				}
				for _, options := range []databases.TxOptions{{}, {Level: other}, {Level: level}, {}} {
					asked := level
					if options.Level != "" {
						asked = options.Level
					}
					if got, want := seesNew(c, writer, options), asked == history.ReadCommitted; got != want {
						t.Errorf("%s set by %s, transaction at %q: sees what is new: %t", level, set, options.Level, got)
					}
				}
				if first, second := c.recorded[0].Level, c.recorded[1].Level; first != "" || second != other {
					t.Errorf("recorded levels %q and %q, want only the one that differs", first, second)
				}
			}
		}
	})
}

func TestReadOnlyTransactions(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.RepeatableRead)
		c.do(insertItems)
		txn := c.doWith(databases.TxOptions{ReadOnly: true, Attempt: 2}, func(tx *databases.Tx) { tx.Read(items, 1) })
		if !txn.ReadOnly || txn.Attempt != 2 || len(txn.Ops[0].Rows) != 1 {
			t.Errorf("recorded %+v", txn)
		}
		outcome, err := c.Run(t.Context(), "test", databases.TxOptions{ReadOnly: true}, updateRow(1))
		if outcome != history.Aborted || err == nil {
			t.Errorf("a write in a read-only transaction: %d, %v", outcome, err)
		}
		c.do(updateRow(1)) // the next one is not read-only
	})
}

// Only PostgreSQL has deferrable transactions; elsewhere nothing is begun.
func TestDeferrableTransactions(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.Serializable)
		c.do(insertItems)
		options := databases.TxOptions{ReadOnly: true, Deferrable: true}
		if databases.Supports(s.product, databases.Deferrable) {
			settings, err := c.Conn.Settings(t.Context(), options)
			must(t, err)
			if settings["transaction_deferrable"] != "on" || settings["transaction_read_only"] != "on" {
				t.Errorf("settings %v", settings)
			}
			if txn := c.doWith(options, func(tx *databases.Tx) { tx.Read(items, 1) }); !txn.Deferrable {
				t.Error("it is not recorded as deferrable")
			}
			return
		}
		outcome, err := c.Run(t.Context(), "test", options, func(*databases.Tx) { t.Error("the body was run") })
		if outcome != history.Aborted || err == nil || !strings.Contains(err.Error(), "DEFERRABLE") {
			t.Errorf("got %d, %v", outcome, err)
		}
		c.do(updateRow(1))
	})
}

// A lock timeout is the connection's own, and ends the wait with its own class of error.
func TestLockTimeoutOption(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		holder := s.client(t, history.ReadCommitted)
		holder.do(insertItems)
		victim := s.clientWith(t, databases.ConnectOptions{Level: history.ReadCommitted, LockTimeout: 200 * time.Millisecond})
		settings, err := victim.Conn.Settings(t.Context(), databases.TxOptions{})
		must(t, err)
		want := map[string]string{"postgres": "200ms", "mysql": "1", "mariadb": "1"}[s.product]
		if got := settings["lock_timeout"] + settings["innodb_lock_wait_timeout"]; got != want {
			t.Errorf("the server says the time is %q, want %q", got, want)
		}
		release := holder.inTransaction(func(tx *databases.Tx, wait func()) { updateRow(1)(tx); wait() })
		defer func() { _, _ = release() }()
		if _, err := victim.fail(t.Context(), updateRow(1)); err.Class != history.LockTimeout {
			t.Errorf("got %v", err)
		}
		victim.do(updateRow(2))
	})
}

func TestWrongConnectOptions(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		for want, options := range map[string]databases.ConnectOptions{
			"unknown isolation level":      {Level: "snapshot"},
			"unknown way to set the level": {Level: history.Serializable, LevelSet: "by hand"},
			"cannot be waited for":         {Level: history.Serializable, LockTimeout: -1},
		} {
			conn, err := s.db.Connect(t.Context(), options, s.tables, &s.sql)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: %v, %v", options, conn, err)
			}
		}
	})
}
