// Package workloadstest has a database in memory on which a workload can be
// tried without a server: does it do what it should when nothing goes wrong?
//
// The database runs one transaction at a time. A workload whose invariants do
// not hold on it has a mistake of its own, whatever the isolation level.
//
// And it knows the races in real servers that a test must not fail for.
package workloadstest

import (
	"context"
	"fmt"
	"sync"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Product is what the database says it is. It has those features of which
// databases.Supports says that every product has them.
const Product = "memory"

// Serial returns an empty database in memory that runs one transaction at a
// time, whatever level is asked for. It is gone with its last user.
func Serial() databases.Database {
	return &database{turn: make(chan struct{}, 1)}
}

// database is shared by its connections; who has the turn may use the tables.
type database struct {
	turn chan struct{}

	mu     sync.Mutex // of what follows, while it is made
	shapes []history.Table
	tables []map[int64]stored
}

// stored is a row with its version.
type stored struct {
	values  []history.Value
	version history.Version
}

func (d *database) Server(context.Context) (databases.Server, error) {
	return databases.Server{Product: Product, Name: "memory", Version: "1"}, nil
}

func (d *database) CreateNamespace(context.Context) error { return nil }
func (d *database) DropNamespace(context.Context) error   { return nil }

// Prepare makes the tables empty.
func (d *database) Prepare(_ context.Context, tables []history.Table) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shapes, d.tables = tables, nil
	for range tables {
		d.tables = append(d.tables, map[int64]stored{})
	}
	return nil
}

// Connect ignores all options but the level, which it believes to give.
func (d *database) Connect(_ context.Context, options databases.ConnectOptions, _ []history.Table, _ *databases.Statements) (databases.Conn, error) {
	if err := options.Check(); err != nil {
		return nil, err
	}
	return &conn{database: d, level: options.Level}, nil
}

// conn is one client's connection.
type conn struct {
	*database
	level history.Level
	begun bool
	reads bool // the transaction is read-only
	undo  []func()
	saved map[int64]int // by the number of the savepoint: how much had been done before it
}

func (c *conn) Settings(_ context.Context, options databases.TxOptions) (map[string]string, error) {
	level := c.level
	if options.Level != "" {
		level = options.Level
	}
	return map[string]string{databases.LevelInForce: string(level)}, nil
}

// Begin waits for its turn.
func (c *conn) Begin(ctx context.Context, options databases.TxOptions) error {
	if options.Deferrable {
		return fail(history.OtherError, "there are no deferrable transactions here")
	}
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return fail(history.Cancelled, "stopped while waiting for the turn")
	}
	c.begun, c.reads, c.undo, c.saved = true, options.ReadOnly, nil, map[int64]int{}
	return nil
}

func (c *conn) Commit(context.Context) error {
	c.end()
	return nil
}

func (c *conn) Rollback(context.Context) error {
	if c.begun {
		c.rollbackTo(0)
	}
	c.end()
	return nil
}

func (c *conn) Close(ctx context.Context) error { return c.Rollback(ctx) }

// end gives the turn to somebody else.
func (c *conn) end() {
	if c.begun {
		c.begun = false
		<-c.turn
	}
}

// rollbackTo takes back all but the first n things that the transaction did.
func (c *conn) rollbackTo(n int) {
	for ; len(c.undo) > n; c.undo = c.undo[:len(c.undo)-1] {
		c.undo[len(c.undo)-1]()
	}
}

func fail(class history.ErrorClass, format string, args ...any) error {
	return &history.Error{Class: class, Message: fmt.Sprintf(format, args...)}
}
