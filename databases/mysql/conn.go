package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// conn is one client's connection.
type conn struct {
	*link
	tables []history.Table
	sql    *databases.Statements

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

// lockWait is set unless the DSN says how long a lock wait may last. Five
// seconds are long beside any transaction of a workload, and short beside the
// default of 50: a wait that long is for a client that is gone.
const lockWait = "SET SESSION innodb_lock_wait_timeout = 5"

// Connect opens one connection for transactions at the level.
func (d *Database) Connect(ctx context.Context, level history.Level, tables []history.Table, sql *databases.Statements) (databases.Conn, error) {
	name, err := databases.LevelSQL(level)
	if err != nil {
		return nil, err
	}
	l, err := d.dial(ctx, d.namespace)
	if err != nil {
		return nil, err
	}
	done := l.guard(ctx)
	settings := []string{sessionSettings, "SET SESSION TRANSACTION ISOLATION LEVEL " + name}
	if _, given := d.config.Params["innodb_lock_wait_timeout"]; !given {
		settings = append(settings, lockWait)
	}
	for _, set := range settings {
		if err := l.exec(set); err != nil {
			done()
			l.close()
			return nil, fmt.Errorf("%s: %w", set, err)
		}
	}
	done()
	c := &conn{link: l, tables: tables, sql: sql, statements: map[databases.Shape]*statement{}}
	c.watch.Interrupt = l.kill
	return c, nil
}

// Begin begins a transaction.
func (c *conn) Begin(ctx context.Context) error {
	c.rows.Reset()
	c.watch.Start(ctx)
	if err := c.watch.Enter(ctx); err != nil {
		return err
	}
	err := c.exec("START TRANSACTION")
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
	return classify(ctx, c.exec("ROLLBACK"), nil)
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
	st, err := c.statement(op)
	if err != nil {
		return err
	}
	op.Statement = st.number
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
