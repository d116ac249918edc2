// Package databases is how isocheck talks to a database: sessions whose
// transactions record and trace themselves, and what each database promises for
// its isolation levels.
//
// A workload's transaction is a function of a Tx. Each operation on the Tx
// becomes a history.Op; the Tx gives it the version that it is to write, and
// hands it to the Conn, which renders it as its dialect's SQL, sends it, and
// fills in what the database answered. When the transaction has ended, the
// Session passes the whole of it on, as a history.Transaction.
//
// The dialects are in the packages postgres and mysql; getting a server is
// provision's work. Nothing here knows about anomalies.
package databases

import (
	"context"

	"github.com/isocheck/isocheck/history"
)

// Database is one server that isocheck can reach, through one user and one
// schema (or database) of isocheck's own.
type Database interface {
	// Server connects and says what the server is.
	Server(ctx context.Context) (Server, error)
	// CreateNamespace makes the schema or database that everything of this run
	// lives in. It fails if it is there already.
	CreateNamespace(ctx context.Context) error
	// DropNamespace removes it with all that is in it. It does nothing unless
	// CreateNamespace made it: isocheck drops only what it created.
	DropNamespace(ctx context.Context) error
	// Prepare drops these tables, where an earlier workload of this run left
	// them, and makes them empty.
	Prepare(ctx context.Context, tables []history.Table) error
	// Connect opens one connection for one client. The statements it prepares are
	// for these tables; sql numbers their texts.
	Connect(ctx context.Context, options ConnectOptions, tables []history.Table, sql *Statements) (Conn, error)
}

// Server is what a server says about itself.
type Server struct {
	Product string // postgres, mysql or mariadb
	Name    string // as people write it: PostgreSQL, MySQL, MariaDB
	Version string // 15.18
}

// Conn is one connection to a server, used by one client at a time. It never
// retries, and never reconnects. Its errors are, or wrap, a *history.Error.
//
// When the context is cancelled while a statement runs, the server is asked to
// stop the statement, which then fails with the class history.Cancelled; the
// connection is still good for a Rollback, unless the server does not answer.
type Conn interface {
	// Settings reads back from the server the settings that decide what
	// isolation this connection gets, in a transaction that is begun with the options and
	// rolled back. The key "level" is the level in force in it, in isocheck's words.
	Settings(ctx context.Context, options TxOptions) (map[string]string, error)
	// Begin begins a transaction. It fails, and begins nothing, for options that the product does not have.
	Begin(ctx context.Context, options TxOptions) error
	// Do sends one operation, whose writes are to get the version, and fills
	// in op.Rows, op.Gap and op.Statement. The rows are valid until Begin. The
	// context is the one that Begin was given.
	Do(ctx context.Context, op *history.Op, version history.Version) error
	// Commit commits, also when the context has ended before; it then waits two
	// seconds for the answer, else at most CommitTime. Its error wraps
	// ErrNotCommitted where the server answered that the transaction is rolled
	// back. After any other error nobody knows.
	Commit(ctx context.Context) error
	// Rollback ends the transaction on the server. It is asked for after every
	// error, whether or not the server has ended the transaction by itself: on
	// MySQL, statements that follow a deadlock would run in autocommit.
	Rollback(ctx context.Context) error
	Close(ctx context.Context) error
}
