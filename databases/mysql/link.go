package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	mysql "github.com/go-sql-driver/mysql"

	"github.com/isocheck/isocheck/databases"
)

// link is one physical connection, with what it takes to stop its statement.
type link struct {
	wire   wire
	socket net.Conn
	config *mysql.Config
	id     int64 // the server's number for the connection
	server databases.Server
}

// wire is what the driver's connections can do. They are called with a context
// that never ends, because the driver answers a cancelled context by closing the
// connection, which leaves the statement running on the server, with its locks.
type wire interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
}

// stopTime is how long a statement that was stopped may take to end.
const stopTime = time.Second

// connect opens a connection to the database, "" for none.
func connect(ctx context.Context, config *mysql.Config, database string) (*link, error) {
	l := &link{config: config}
	own := config.Clone()
	own.DBName = database
	dial := config.DialFunc
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	own.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		socket, err := dial(ctx, network, address)
		l.socket = socket
		return socket, err
	}
	connector, err := mysql.NewConnector(own)
	if err != nil {
		return nil, fmt.Errorf("setting up the driver: %w", err)
	}
	c, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	l.wire = c.(wire) // go-sql-driver's connections are all of these
	stop := l.guard(ctx)
	row, err := l.row("SELECT VERSION(), CONNECTION_ID()", 2)
	stop() // before the id is set, which the guard reads
	if err == nil {
		l.server = serverOf(row[0])
		l.id, err = strconv.ParseInt(row[1], 10, 64)
	}
	if err != nil {
		l.close()
		return nil, fmt.Errorf("asking for the server's version: %w", err)
	}
	return l, nil
}

// exec sends a statement without parameters.
func (l *link) exec(sql string) error {
	_, err := l.wire.ExecContext(context.Background(), sql, nil)
	return err
}

// row returns the first row of a query as texts, "" for NULL.
func (l *link) row(sql string, columns int) ([]string, error) {
	rows, err := l.rows(sql, columns)
	if err == nil && len(rows) == 0 {
		err = errors.New("no row")
	}
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// rows returns the rows of a query without parameters as texts.
func (l *link) rows(sql string, columns int) ([][]string, error) {
	answer, err := l.wire.QueryContext(context.Background(), sql, nil)
	if err != nil {
		return nil, err
	}
	var all [][]string
	fields := make([]driver.Value, columns)
	for err = answer.Next(fields); err == nil; err = answer.Next(fields) {
		row := make([]string, columns)
		for i, f := range fields {
			row[i] = text(f)
		}
		all = append(all, row)
	}
	if closed := answer.Close(); errors.Is(err, io.EOF) {
		err = closed
	}
	return all, err
}

func text(v driver.Value) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// guard makes the server stop what this connection is doing when the context
// ends. The function that it returns must be called when the work is done.
func (l *link) guard(ctx context.Context) (done func()) {
	w := &databases.Watch{Interrupt: l.kill}
	w.Start(ctx)
	if err := w.Enter(ctx); err != nil {
		_ = l.socket.SetDeadline(time.Now()) // there is no time left: what is sent fails at once
	}
	return func() {
		w.Leave()
		w.End()
	}
}

// kill asks the server, over another connection, to stop this one's statement.
// Should that not help, the socket's deadline ends the wait.
func (l *link) kill() (restore func()) {
	_ = l.socket.SetDeadline(time.Now().Add(stopTime)) // fails only on a closed socket, which the statement tells
	restore = func() { _ = l.socket.SetDeadline(time.Time{}) }
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	own := l.config.Clone()
	own.DBName = ""
	connector, err := mysql.NewConnector(own)
	if err != nil {
		return restore
	}
	c, err := connector.Connect(ctx)
	if err != nil {
		return restore // the server refuses or is gone: the deadline is what is left
	}
	_, _ = c.(wire).ExecContext(ctx, "KILL QUERY "+strconv.FormatInt(l.id, 10), nil) // as above
	_ = c.Close()
	return restore
}

// close says goodbye and closes the socket.
func (l *link) close() {
	_ = l.socket.SetDeadline(time.Now().Add(stopTime))
	_ = l.wire.Close() // the server closes its end when ours is gone
}
