package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// conn is one client's connection.
type conn struct {
	*link
	tables []history.Table
	sql    *databases.Statements

	level history.Level
	names bool   // each transaction names its level
	space string // what the names of advisory locks begin with
	locks []string
	// asking is held by the connection that asks InnoDB for its transaction's level.
	asking *sync.Mutex

	statements map[databases.Shape]*statement
	rows       databases.Rows
	args       []driver.NamedValue
	fields     []driver.Value
	watch      databases.Watch
}

// statement is one prepared statement of the connection.
type statement struct {
	number int // in the history
	rendered
	prepared prepared
}

// prepared is what the driver's prepared statements can do.
type prepared interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

var _ databases.Conn = (*conn)(nil)

// sessionSettings are set on every connection, and read back by Settings.
const sessionSettings = "SET SESSION autocommit = 1, sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', " + capture + " = '0'"

// lockWait is set unless the DSN or the options say how long a lock wait may last. Five
// seconds are long beside any transaction of a workload, and short beside the
// default of 50: a wait that long is for a client that is gone.
const lockWait = 5 * time.Second

// Connect opens one connection.
func (d *Database) Connect(ctx context.Context, options databases.ConnectOptions, tables []history.Table, sql *databases.Statements) (databases.Conn, error) {
	if err := options.Check(); err != nil {
		return nil, err
	}
	params, err := d.atConnect(ctx, options)
	if err != nil {
		return nil, err
	}
	l, err := d.dialWith(ctx, d.namespace, params)
	if err != nil {
		return nil, err
	}
	done := l.guard(ctx)
	for _, set := range append([]string{sessionSettings}, d.inSession(options)...) {
		if err := l.exec(set); err != nil {
			done()
			l.close()
			return nil, fmt.Errorf("%s: %w", set, err)
		}
	}
	done()
	c := &conn{
		link: l, tables: tables, sql: sql, statements: map[databases.Shape]*statement{},
		level: options.Level, names: options.LevelSet == databases.LevelByTransaction, space: lockSpace(d.namespace), asking: &d.asking,
	}
	c.watch.Interrupt = l.kill
	return c, nil
}

// Begin begins a transaction.
func (c *conn) Begin(ctx context.Context, options databases.TxOptions) error {
	statements, err := c.begin(options)
	if err != nil {
		return err
	}
	c.rows.Reset()
	c.watch.Start(ctx)
	if err := c.watch.Enter(ctx); err != nil {
		return err
	}
	for _, sql := range statements {
		if err = c.exec(sql); err != nil {
			break
		}
	}
	c.watch.Leave()
	return classify(ctx, err, nil)
}

// Commit commits. The server answers a deadlock, a conflict or a lock wait that
// timed out (a cluster's certification, or a backup's lock) after it has rolled
// back. Other errors leave it open: 1180, for one, comes when a storage engine
// fails after the binary log may have been written.
func (c *conn) Commit(ctx context.Context) error {
	c.watch.EnterCommit()
	_ = c.socket.SetDeadline(time.Now().Add(databases.CommitTime)) // fails only on a closed socket, which COMMIT tells
	err := classify(ctx, c.exec("COMMIT"), nil)
	c.unlock()
	_ = c.socket.SetDeadline(time.Time{})
	c.watch.Leave()
	var e *history.Error
	if errors.As(err, &e) {
		switch e.Class {
		case history.Deadlock, history.SerializationFailure, history.LockTimeout:
			return fmt.Errorf("%w: %w", databases.ErrNotCommitted, e)
		}
	}
	return err
}

// Rollback rolls back.
func (c *conn) Rollback(ctx context.Context) error {
	defer c.guard(ctx)()
	err := c.exec("ROLLBACK")
	c.unlock()
	return classify(ctx, err, nil)
}

// Close ends the connection.
func (c *conn) Close(context.Context) error {
	c.watch.End()
	c.close()
	return nil
}

// Do sends one operation, and reads back what it replaced where the answer does not tell.
func (c *conn) Do(ctx context.Context, op *history.Op, version history.Version) error {
	if err := c.watch.Enter(ctx); err != nil {
		return err
	}
	err := c.send(op, version)
	c.watch.Leave()
	if err != nil {
		c.rows.Drop()
		return classify(ctx, err, op)
	}
	op.Rows = c.rows.Take()
	return nil
}

func (c *conn) send(op *history.Op, version history.Version) error {
	if words := databases.SavepointWords(op.Kind); words != "" {
		op.Statement = c.sql.Number(words + "{key}")
		return c.exec(words + strconv.FormatInt(op.Key, 10))
	}
	st, err := c.statement(op)
	if err != nil {
		return err
	}
	op.Statement = st.number
	if st.trace == advisory {
		return c.lock(st, op)
	}
	c.args = c.args[:0]
	for i, from := range st.params {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: argument(from.Value(op, version))})
	}
	if st.trace == returned {
		return c.query(st, op, version)
	}
	result, err := st.prepared.ExecContext(context.Background(), c.args)
	if err != nil {
		return err
	}
	return c.replaced(st.trace, op, version, result)
}

func argument(v history.Value) driver.Value {
	switch v.Kind {
	case history.Int:
		return v.Int
	case history.Text:
		return v.Text
	default:
		return nil
	}
}

// statement returns the prepared statement for the operation, and prepares it the first time.
func (c *conn) statement(op *history.Op) (*statement, error) {
	shape, err := databases.ShapeOf(op)
	if err != nil {
		return nil, err
	}
	if st := c.statements[shape]; st != nil {
		return st, nil
	}
	r, err := render(c.server.Product, c.tables, op)
	if err != nil {
		return nil, err
	}
	st := &statement{rendered: r, number: c.sql.Number(r.text)}
	op.Statement = st.number
	p, err := c.wire.PrepareContext(context.Background(), r.sent)
	if err != nil {
		return nil, err
	}
	st.prepared = p.(prepared) // go-sql-driver's statements are all of these
	c.statements[shape] = st
	return st, nil
}
