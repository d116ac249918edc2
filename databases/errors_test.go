package databases_test

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// failure is one class of error, provoked.
type failure struct {
	name   string
	on     []string // products; all when empty
	dsn    string   // parameters for the victim's connection
	first  func(*databases.Tx)
	victim func(*databases.Tx)
	want   history.ErrorClass
}

func updateRow(key int64) func(*databases.Tx) {
	return func(tx *databases.Tx) { tx.Update(items, key, add(rank, 1)) }
}

// failures happen to the victim while somebody else has done what first does, and not committed.
var failures = []failure{
	{name: "lock timeout", on: []string{"postgres"}, dsn: "lock_timeout=100", first: updateRow(1), victim: updateRow(1), want: history.LockTimeout},
	{name: "lock timeout", on: []string{"mysql", "mariadb"}, dsn: "innodb_lock_wait_timeout=1", first: updateRow(1), victim: updateRow(1), want: history.LockTimeout},
	{name: "nowait", first: updateRow(1), victim: func(tx *databases.Tx) { tx.ReadLocked(items, 1, history.NoWait) }, want: history.LockUnavailable},
	{name: "primary key", victim: func(tx *databases.Tx) { tx.Insert(items, 1, num(1), num(1), str("")) }, want: history.Constraint},
	{name: "unique column", victim: func(tx *databases.Tx) { tx.Update(other, 2, set(0, num(1))) }, want: history.Constraint},
	{name: "check", victim: func(tx *databases.Tx) { tx.Update(items, 1, add(rank, -1000)) }, want: history.Constraint},
	{name: "overflow", victim: func(tx *databases.Tx) { tx.Update(items, 1, add(rank, 1<<62), add(rank, 1<<62)) }, want: history.OtherError},
	{name: "no such table", victim: func(tx *databases.Tx) { tx.Read(99, 1) }, want: history.OtherError},
}

const other = 0

var failureTables = []history.Table{
	{Name: "other", Columns: []history.Column{{Name: "n", Type: history.Int}}, Unique: []int{0}},
	itemsTables[1],
}

func insertBoth(tx *databases.Tx) {
	insertItems(tx)
	tx.Insert(other, 1, num(1))
	tx.Insert(other, 2, num(2))
}

func TestErrorClasses(t *testing.T) {
	onEach(t, failureTables, func(t *testing.T, s *server) {
		for _, f := range failures {
			if len(f.on) > 0 && !strings.Contains(strings.Join(f.on, " "), s.product) {
				continue
			}
			t.Run(f.name, func(t *testing.T) {
				s := s
				if f.dsn != "" {
					s = s.reopen(t, f.dsn)
				}
				holder, victim := s.client(t, history.ReadCommitted), s.client(t, history.ReadCommitted)
				holder.Run(t.Context(), "rows", databases.TxOptions{}, insertBoth) // they may be there
				if f.first != nil {
					release := holder.inTransaction(func(tx *databases.Tx, wait func()) { f.first(tx); wait() })
					defer func() { _, _ = release() }()
				}
				txn, err := victim.fail(t.Context(), f.victim)
				if err.Class != f.want || err.Message == "" || (err.Code == "" && f.name != "no such table") {
					t.Errorf("got class %q code %q message %q, want class %q", err.Class, err.Code, err.Message, f.want)
				}
				if txn.Outcome != history.Aborted || txn.Failure() == nil || txn.Finish == 0 {
					t.Errorf("recorded %+v", txn)
				}
				victim.do(func(tx *databases.Tx) { tx.Read(items, 3) }) // the session goes on
			})
		}
	})
}

// Two transactions wait for each other. One fails, the other commits; what the
// failed one did first is gone.
func TestDeadlock(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		clients := []*client{s.client(t, history.ReadCommitted), s.client(t, history.ReadCommitted)}
		clients[0].do(insertItems)
		finish := make([]func() (history.Outcome, error), 2)
		for i, c := range clients {
			finish[i] = c.inTransaction(func(tx *databases.Tx, wait func()) {
				tx.Update(items, int64(1+i), add(rank, 1))
				wait()
				tx.Update(items, int64(2-i), add(rank, 1))
				tx.Update(items, 3, add(rank, 1)) // must not run, least of all in autocommit, when the one before failed
			})
		}
		type result struct {
			outcome history.Outcome
			err     error
		}
		results := make(chan result)
		for _, f := range finish {
			go func() { o, err := f(); results <- result{o, err} }()
		}
		a, b := <-results, <-results
		if a.outcome == b.outcome {
			t.Fatalf("outcomes %d and %d, errors %v and %v", a.outcome, b.outcome, a.err, b.err)
		}
		failed := a.err
		if failed == nil {
			failed = b.err
		}
		var e *history.Error
		if !errors.As(failed, &e) || e.Class != history.Deadlock {
			t.Errorf("got %v", failed)
		}
		rows := clients[0].do(func(tx *databases.Tx) { tx.ReadWhere(items, nil) }).Ops[0].Rows
		for i, want := range []int64{11, 21, 31} {
			if got := rows[i].Values[rank].Int; got != want {
				t.Errorf("row %d holds %d, want %d: one increment", i+1, got, want)
			}
		}
	})
}

// A transaction that has read a row fails to overwrite it after somebody else has.
func TestSerializationFailure(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		switch s.product {
		case "mysql":
			t.Skip("MySQL has no such error")
		case "mariadb":
			s = s.reopen(t, "innodb_snapshot_isolation=1")
		}
		c, other := s.client(t, history.RepeatableRead), s.client(t, history.RepeatableRead)
		c.do(insertItems)
		settings, err := c.Conn.Settings(t.Context(), databases.TxOptions{})
		must(t, err)
		if s.product == "mariadb" && settings["innodb_snapshot_isolation"] != "ON" {
			t.Errorf("innodb_snapshot_isolation is %q", settings["innodb_snapshot_isolation"])
		}
		txn, failure := c.fail(t.Context(), func(tx *databases.Tx) {
			tx.Read(items, 1)
			other.do(updateRow(1))
			updateRow(1)(tx)
			updateRow(2)(tx)
		})
		if failure.Class != history.SerializationFailure || len(txn.Ops) != 2 {
			t.Errorf("%v after %d operations", failure, len(txn.Ops))
		}
		row := c.do(func(tx *databases.Tx) { tx.Read(items, 2) }).Ops[0].Rows[0]
		if row.Version != v2 {
			t.Error("the transaction went on after its error")
		}
	})
}

func TestConnectionLost(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		s.client(t, history.ReadCommitted).do(insertItems)
		c := s.client(t, history.ReadCommitted)
		txn, failure := c.fail(t.Context(), func(tx *databases.Tx) {
			updateRow(1)(tx)
			s.kill(t)
			updateRow(2)(tx)
			updateRow(3)(tx)
		})
		if failure.Class != history.ConnectionLost {
			t.Errorf("got %v", failure)
		}
		if txn.Outcome != history.Aborted || txn.Finish != 0 || len(txn.Ops) != 2 || len(txn.Ops[0].Rows) != 1 {
			t.Errorf("recorded %+v", txn)
		}
		recorded := len(c.recorded)
		if _, err := c.Run(t.Context(), "next", databases.TxOptions{}, updateRow(2)); !errors.Is(err, databases.ErrBroken) || len(c.recorded) != recorded {
			t.Errorf("the next transaction: %v, %d recorded", err, len(c.recorded)-recorded)
		}
	})
}

// A commit on a connection that is gone: nobody knows how it ended.
func TestCommitOnLostConnection(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		s.client(t, history.ReadCommitted).do(insertItems)
		c := s.client(t, history.ReadCommitted)
		txn, failure := c.fail(t.Context(), func(tx *databases.Tx) {
			updateRow(1)(tx)
			s.kill(t)
		})
		if failure.Class != history.ConnectionLost || txn.Outcome != history.Indeterminate || txn.Error == nil || txn.Finish == 0 {
			t.Errorf("%v, recorded %+v", failure, txn)
		}
	})
}

func TestConnectingIsRefused(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := closed.Addr().String()
	must(t, closed.Close())
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts and never says a word
	must(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	for _, product := range products {
		for to, cause := range map[string]string{address: "refused", silent.Addr().String(): "no answer within 8s"} {
			for _, form := range []string{"PRODUCT://alice:s3cr3t%2Fpw@ADDRESS/db", "alice:s3cr3t/pw@tcp(ADDRESS)/db"} {
				if product == "postgres" && !strings.Contains(form, "://") {
					continue
				}
				t.Run(product+"/"+cause+"/"+form, func(t *testing.T) {
					t.Parallel()
					dsn := strings.NewReplacer("PRODUCT", product, "ADDRESS", to).Replace(form)
					db, err := open(product, dsn, "isocheck_test")
					must(t, err)
					_, err = db.Server(t.Context())
					checkRefusal(t, err, to, "alice", "db", cause)
				})
			}
		}
	}
}

func TestWrongPassword(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		name := "isocheck_" + s.namespace[len(s.namespace)-8:]
		switch s.product {
		case "postgres":
			s.admin(t, "CREATE ROLE "+name)
			t.Cleanup(func() { s.admin(t, "DROP ROLE "+name) })
		default:
			s.admin(t, "CREATE USER "+name+" IDENTIFIED BY 'right'")
			t.Cleanup(func() { s.admin(t, "DROP USER "+name) })
		}
		db, err := open(s.product, withUser(t, s.dsn, name, "s3cr3t/pw"), "isocheck_test")
		must(t, err)
		_, err = db.Server(t.Context())
		checkRefusal(t, err, "127.0.0.1", name)
	})
}

func checkRefusal(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not name %s", err, part)
		}
	}
	if strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("%q has the password in it", err)
	}
}
