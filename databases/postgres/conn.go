package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// conn is one client's connection.
type conn struct {
	pg     *pgconn.PgConn
	begin  begin
	tables []history.Table
	sql    *databases.Statements

	statements map[databases.Shape]*statement
	rows       databases.Rows
	params     params
	watch      databases.Watch
}

// statement is one prepared statement of the connection.
type statement struct {
	number      int // in the history
	params      []databases.Param
	description *pgconn.StatementDescription
}

// soonerDeadlocks lets the server look for a deadlock after 10 ms instead of a
// second: a second in which the clients of a contended run would all stand still. It changes
// when a deadlock is noticed, not which ones there are.
const soonerDeadlocks = "SET deadlock_timeout = '10ms'"

// Connect opens one connection.
func (d *Database) Connect(ctx context.Context, options databases.ConnectOptions, tables []history.Table, sql *databases.Statements) (databases.Conn, error) {
	if err := options.Check(); err != nil {
		return nil, err
	}
	pg, err := d.dialWith(ctx, atConnect(options))
	if err != nil {
		return nil, err
	}
	for _, set := range append([]string{d.searchPath()}, inSession(options)...) {
		if err := exec(ctx, pg, set); err != nil {
			closeConn(pg)
			return nil, fmt.Errorf("%s: %w", set, err)
		}
	}
	// Refused to users who may not set it: then a deadlock takes its second, no more.
	_ = exec(ctx, pg, soonerDeadlocks)
	c := &conn{
		pg: pg, begin: beginWith(options), tables: tables, sql: sql,
		statements: map[databases.Shape]*statement{},
	}
	c.params.locks = databases.AdvisoryBase(d.namespace)
	c.watch.Interrupt = c.interrupt
	return c, nil
}

// Begin begins a transaction.
func (c *conn) Begin(ctx context.Context, options databases.TxOptions) error {
	begin, err := c.begin.sql(options)
	if err != nil {
		return err
	}
	c.rows.Reset()
	c.watch.Start(ctx)
	if err := c.watch.Enter(ctx); err != nil {
		return err
	}
	_, err = c.simple(context.Background(), begin)
	c.watch.Leave()
	return c.error(ctx, err, nil)
}

// Commit commits. PostgreSQL answers an ERROR only where the transaction is
// rolled back: once the commit record is written, what fails is a PANIC or a
// lost connection. A transaction that had failed before answers ROLLBACK.
func (c *conn) Commit(ctx context.Context) error {
	c.watch.EnterCommit()
	_ = c.pg.Conn().SetDeadline(time.Now().Add(databases.CommitTime)) // fails only on a closed socket, which COMMIT tells
	tag, err := c.simple(context.Background(), "COMMIT")
	_ = c.pg.Conn().SetDeadline(time.Time{})
	c.watch.Leave()
	if err != nil {
		e := c.error(ctx, err, nil)
		if refused(err) {
			return fmt.Errorf("%w: %w", databases.ErrNotCommitted, e)
		}
		return e
	}
	if tag == "ROLLBACK" {
		return fmt.Errorf("%w: %w", databases.ErrNotCommitted, &history.Error{
			Class: history.OtherError, Code: "25P02", Message: "the transaction had failed: the server answered COMMIT with ROLLBACK",
		})
	}
	return nil
}

// Rollback rolls back, unless the server has ended the transaction already.
func (c *conn) Rollback(ctx context.Context) error {
	if !c.pg.IsClosed() && c.pg.TxStatus() == 'I' {
		return nil
	}
	_, err := c.simple(ctx, "ROLLBACK")
	return c.error(ctx, err, nil)
}

// Close ends the connection.
func (c *conn) Close(ctx context.Context) error {
	c.watch.End()
	if err := c.pg.Close(ctx); err != nil {
		return fmt.Errorf("closing a connection to PostgreSQL: %w", err)
	}
	return nil
}

// simple sends a statement without parameters and returns its command tag.
func (c *conn) simple(ctx context.Context, sql string) (string, error) {
	results := c.pg.Exec(ctx, sql)
	tag := ""
	for results.NextResult() {
		t, _ := results.ResultReader().Close() // the error comes again from results.Close
		tag = t.String()
	}
	return tag, results.Close()
}

// binary asks for, or announces, the binary format; text the text format.
const (
	textFormat   int16 = 0
	binaryFormat int16 = 1
)

var binaryResults = []int16{binaryFormat}

// Do sends one operation.
func (c *conn) Do(ctx context.Context, op *history.Op, version history.Version) error {
	if err := c.watch.Enter(ctx); err != nil {
		return err
	}
	err := c.send(op, version)
	c.watch.Leave()
	if err != nil {
		c.rows.Drop()
		return c.error(ctx, err, op)
	}
	op.Rows = c.rows.Take()
	return nil
}

// send sends the operation and takes in its rows. It does not look at the
// context: watch does.
func (c *conn) send(op *history.Op, version history.Version) error {
	if text := databases.SavepointWords(op.Kind); text != "" {
		return c.sendSavepoint(op, text)
	}
	st, err := c.statement(op)
	if err != nil {
		return err
	}
	op.Statement = st.number
	values, formats := c.params.encode(st, op, version)
	answer := c.pg.ExecStatement(context.Background(), st.description, values, formats, binaryResults)
	for answer.NextRow() {
		if err == nil && op.Kind != history.Advisory {
			err = c.decode(op, version, answer.Values())
		}
	}
	if _, failed := answer.Close(); failed != nil {
		err = failed
	}
	return err
}

// interrupt asks the server to cancel the statement in flight. Should that not
// help, the socket's deadline ends the wait. The server takes a moment to pass a
// cancellation on, and must not be given the next statement before.
func (c *conn) interrupt() (restore func()) {
	socket := c.pg.Conn()
	_ = socket.SetDeadline(time.Now().Add(stopTime)) // fails only on a closed socket, which the statement tells
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	_ = c.pg.CancelRequest(ctx) // where it fails, the deadline is what is left
	time.Sleep(stopTime / 10)
	return func() { _ = socket.SetDeadline(time.Time{}) }
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
	sent, text, from, err := render(c.tables, op)
	if err != nil {
		return nil, err
	}
	st := &statement{number: c.sql.Number(text), params: from}
	op.Statement = st.number
	name := "isocheck_" + strconv.Itoa(len(c.statements)+1)
	if st.description, err = c.pg.Prepare(context.Background(), name, sent, nil); err != nil {
		return nil, err
	}
	c.statements[shape] = st
	return st, nil
}
