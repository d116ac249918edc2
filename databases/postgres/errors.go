package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isocheck/isocheck/history"
)

// error returns what went wrong in isocheck's words, nil for nil. op is the
// operation that failed, nil for BEGIN, COMMIT and ROLLBACK.
func (c *conn) error(ctx context.Context, err error, op *history.Op) error {
	if err == nil {
		return nil
	}
	e := classify(err, op)
	switch {
	case e.Class == history.ConnectionLost:
	case ctx.Err() != nil && (e.Code == "" || e.Code == "57014"):
		e.Class = history.Cancelled
	case c.pg.IsClosed():
		e.Class = history.ConnectionLost
	}
	return e
}

// classify sorts an error by its SQLSTATE (PostgreSQL's documentation, appendix A).
func classify(err error, op *history.Op) *history.Error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		class := history.OtherError
		if isNetwork(err) {
			class = history.ConnectionLost
		}
		return &history.Error{Class: class, Message: err.Error()}
	}
	return &history.Error{Class: class(e, op), Code: e.Code, Message: e.Message}
}

func class(e *pgconn.PgError, op *history.Op) history.ErrorClass {
	switch {
	case fatal(e) || strings.HasPrefix(e.Code, "08"):
		return history.ConnectionLost
	case e.Code == "40001":
		return history.SerializationFailure
	case e.Code == "40P01":
		return history.Deadlock
	case e.Code == "55P03" && op != nil && op.Lock == history.NoWait:
		return history.LockUnavailable
	case e.Code == "55P03":
		return history.LockTimeout
	case strings.HasPrefix(e.Code, "23"):
		return history.Constraint
	}
	return history.OtherError
}

// fatal reports whether the server ends the session with this error. Servers
// before 9.6 do not send the severity in English beside the translated one.
func fatal(e *pgconn.PgError) bool {
	switch e.SeverityUnlocalized {
	case "FATAL", "PANIC":
		return true
	}
	switch e.Code {
	case "57P01", "57P02", "57P03", "57P04", "57P05", "25P03":
		return true
	}
	return false
}

// refused reports whether a failed COMMIT says for certain that nothing was committed.
func refused(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && !fatal(e)
}

func isNetwork(err error) bool {
	var n net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, pgconn.ErrConnClosed) || (errors.As(err, &n) && !n.Timeout())
}

// connectCause returns the one thing that a user must know of a failed attempt
// to connect; pgx tells each address tried, with and without TLS.
func connectCause(ctx context.Context, err error) string {
	var server *pgconn.PgError
	var network *net.OpError
	var name *net.DNSError
	switch {
	case errors.As(err, &server):
		return server.Message + " (SQLSTATE " + server.Code + ")"
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "no answer within " + connectTime.String()
	case ctx.Err() != nil:
		return "the run was stopped"
	case errors.As(err, &name):
		return "no such host: " + name.Name
	case errors.As(err, &network):
		return network.Err.Error()
	}
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
