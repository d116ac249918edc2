package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strconv"

	mysql "github.com/go-sql-driver/mysql"

	"github.com/isocheck/isocheck/history"
)

// interrupted is the error of a statement that KILL QUERY stopped.
const interrupted = 1317

// classify returns what went wrong in isocheck's words, nil for nil. op is the
// operation that failed, nil for START TRANSACTION, COMMIT and ROLLBACK.
func classify(ctx context.Context, err error, op *history.Op) error {
	if err == nil {
		return nil
	}
	var e *mysql.MySQLError
	if errors.As(err, &e) {
		class := classOf(e.Number, op)
		if e.Number == interrupted && ctx.Err() != nil {
			class = history.Cancelled
		}
		return &history.Error{Class: class, Code: strconv.Itoa(int(e.Number)), Message: e.Message}
	}
	class := history.OtherError
	switch {
	case ctx.Err() != nil:
		class = history.Cancelled
	case lost(err):
		class = history.ConnectionLost
	}
	return &history.Error{Class: class, Message: err.Error()}
}

// classOf sorts an error by its number (MySQL's and MariaDB's error references).
func classOf(number uint16, op *history.Op) history.ErrorClass {
	switch number {
	case 1213, // deadlock
		3058, // deadlock of advisory locks
		1614: // the same in an XA transaction
		return history.Deadlock
	case 1020, // MariaDB, innodb_snapshot_isolation: record has changed since last read
		3101: // MySQL, group replication: rolled back by certification
		return history.SerializationFailure
	case 1205:
		if op != nil && op.Lock == history.NoWait { // MariaDB says the same when it may not wait
			return history.LockUnavailable
		}
		return history.LockTimeout
	case 3572:
		return history.LockUnavailable
	case 1022, 1062, 1169, 1586, // unique
		1048,                               // not null
		1216, 1217, 1451, 1452, 1761, 1762, // foreign key
		3819, 4025: // check, MySQL's and MariaDB's
		return history.Constraint
	case 1053, // server shutdown in progress
		1927,       // MariaDB: connection was killed
		2006, 2013, // server has gone away, lost connection during query
		1152, 1153, 1158, 1159, 1160, 1161, 1184, // aborted, and trouble of the network
		3168, 3169, // session was killed
		4031: // inactivity
		return history.ConnectionLost
	}
	return history.OtherError
}

// lost reports whether an error that is not the server's means that the
// connection cannot be used any more. Nothing was sent where the driver says
// ErrBadConn; it is lost all the same, and isocheck does not connect again.
func lost(err error) bool {
	var n net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, mysql.ErrMalformPkt) ||
		errors.Is(err, mysql.ErrPktSync) || errors.Is(err, mysql.ErrPktSyncMul) || errors.As(err, &n)
}
