package databases_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/postgres"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/history"
)

func TestMain(m *testing.M) { provisiontest.Main(m) }

// products are the databases that everything here holds for.
var products = []string{"postgres", "mysql", "mariadb"}

// server is a real server, with a namespace and tables of this test's own.
type server struct {
	product string
	dsn     string
	db      databases.Database
	tables  []history.Table
	sql     databases.Statements
	next    int

	namespace string
}

// onEach runs a test on each database, with these tables.
func onEach(t *testing.T, tables []history.Table, test func(t *testing.T, s *server)) {
	for _, product := range products {
		t.Run(product, func(t *testing.T) { test(t, newServer(t, product, tables)) })
	}
}

func open(product, dsn, namespace string) (databases.Database, error) {
	if product == "postgres" {
		return postgres.Open(dsn, namespace)
	}
	return mysql.Open(dsn, namespace)
}

func newServer(t *testing.T, product string, tables []history.Table) *server {
	t.Helper()
	return newServerAt(t, product, provisiontest.Start(t, product).DSN, tables)
}

func newServerAt(t *testing.T, product, dsn string, tables []history.Table) *server {
	t.Helper()
	namespace := fmt.Sprintf("isocheck_test_%08x", rand.Uint32())
	db, err := open(product, dsn, namespace)
	must(t, err)
	ctx := context.Background()
	must(t, db.CreateNamespace(ctx))
	t.Cleanup(func() {
		if err := db.DropNamespace(ctx); err != nil {
			t.Error(err)
		}
	})
	must(t, db.Prepare(ctx, tables))
	return &server{product: product, dsn: dsn, db: db, tables: tables, namespace: namespace}
}

// client is one client's session, which keeps what it records.
type client struct {
	*databases.Session
	t        *testing.T
	recorded []history.Transaction
}

var start = time.Now()

// client opens a session at the level. Clients count from 0.
func (s *server) client(t *testing.T, level history.Level) *client {
	t.Helper()
	return s.clientWith(t, databases.ConnectOptions{Level: level})
}

// clientWith opens a session with the options.
func (s *server) clientWith(t *testing.T, options databases.ConnectOptions) *client {
	t.Helper()
	conn, err := s.db.Connect(context.Background(), options, s.tables, &s.sql)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	c := &client{t: t}
	c.Session = &databases.Session{
		Conn: conn, Client: s.next, Clock: func() int64 { return int64(time.Since(start)) },
		Record: func(txn *history.Transaction) { c.recorded = append(c.recorded, clone(txn)) },
	}
	s.next++
	return c
}

// clone copies a transaction, because Record must not keep it.
func clone(txn *history.Transaction) history.Transaction {
	c := *txn
	c.Ops = slices.Clone(txn.Ops)
	for i := range c.Ops {
		c.Ops[i].Rows = slices.Clone(c.Ops[i].Rows)
		for j, r := range c.Ops[i].Rows {
			c.Ops[i].Rows[j].Values = slices.Clone(r.Values)
		}
	}
	return c
}

// do runs a transaction that must commit, and returns what was recorded of it.
func (c *client) do(body func(*databases.Tx)) history.Transaction {
	c.t.Helper()
	return c.doWith(databases.TxOptions{}, body)
}

// doWith is do with options.
func (c *client) doWith(options databases.TxOptions, body func(*databases.Tx)) history.Transaction {
	c.t.Helper()
	outcome, err := c.Run(context.Background(), "test", options, body)
	if outcome != history.Committed || err != nil {
		c.t.Fatalf("the transaction ended with outcome %d, error %v", outcome, err)
	}
	return c.recorded[len(c.recorded)-1]
}

// fail runs a transaction that must fail, and returns what was recorded of it and why.
func (c *client) fail(ctx context.Context, body func(*databases.Tx)) (history.Transaction, *history.Error) {
	c.t.Helper()
	outcome, err := c.Run(ctx, "test", databases.TxOptions{}, body)
	last := c.recorded[len(c.recorded)-1]
	if err == nil {
		c.t.Fatalf("the transaction ended with outcome %d and no error", outcome)
	}
	var failure *history.Error
	if !errors.As(err, &failure) {
		c.t.Fatalf("not a history.Error: %v", err)
	}
	return last, failure
}

// inTransaction runs the body in a transaction of its own goroutine, up to
// where it calls wait; the function returned lets it go on and commit.
func (c *client) inTransaction(body func(tx *databases.Tx, wait func())) (release func() (history.Outcome, error)) {
	reached, proceed := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var outcome history.Outcome
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer once.Do(func() { close(reached) })
		outcome, err = c.Run(context.Background(), "test", databases.TxOptions{}, func(tx *databases.Tx) {
			body(tx, func() {
				once.Do(func() { close(reached) })
				<-proceed
			})
		})
	}()
	<-reached
	return sync.OnceValues(func() (history.Outcome, error) {
		close(proceed)
		<-ended
		return outcome, err
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func num(n int64) history.Value  { return history.IntValue(n) }
func str(s string) history.Value { return history.TextValue(s) }
func set(column int, v history.Value) history.Assign {
	return history.Assign{Column: column, Value: v}
}

func add(column int, n int64) history.Assign {
	return history.Assign{Column: column, Op: history.Add, Value: num(n)}
}

func where(column int, cmp history.Comparison, v history.Value) history.Predicate {
	return history.Predicate{{Column: column, Cmp: cmp, Value: v}}
}
