package databases

import (
	"fmt"
	"time"

	"github.com/isocheck/isocheck/history"
)

// ConnectOptions say how a connection's transactions run. Only Level is required.
type ConnectOptions struct {
	// Level is the level of every transaction that asks for no other.
	Level history.Level
	// LevelSet is how the connection gets its level; "" is the product's own default, see DefaultLevelSet.
	LevelSet LevelSet
	// LockTimeout is how long a statement may wait for a lock. 0 is the product's default: no end
	// on PostgreSQL, five seconds on MySQL and MariaDB, which count in whole seconds, from one on.
	LockTimeout time.Duration
}

// LevelSet is how a connection's transactions get their isolation level.
type LevelSet string

// The ways to set the level.
const (
	// LevelBySession sets the session's default with a statement, once the session is there.
	LevelBySession LevelSet = "session"
	// LevelByConnection sets it with an option of the connection, as one in a DSN does.
	LevelByConnection LevelSet = "connection"
	// LevelByTransaction names it as each transaction begins.
	LevelByTransaction LevelSet = "transaction"
)

// LevelSets returns all ways to set the level.
func LevelSets() []LevelSet {
	return []LevelSet{LevelBySession, LevelByConnection, LevelByTransaction}
}

// DefaultLevelSet returns how the level is set on the product unless somebody asks for another way: the one
// that costs no round trip.
func DefaultLevelSet(product string) LevelSet {
	if product == "postgres" {
		return LevelByTransaction
	}
	return LevelBySession
}

// Check returns an error for options that no connection can have.
func (o ConnectOptions) Check() error {
	if _, err := LevelSQL(o.Level); err != nil {
		return err
	}
	switch o.LevelSet {
	case "", LevelBySession, LevelByConnection, LevelByTransaction:
	default:
		return fmt.Errorf("unknown way to set the level %q; known are %s, %s, %s", o.LevelSet, LevelBySession, LevelByConnection, LevelByTransaction)
	}
	if o.LockTimeout < 0 {
		return fmt.Errorf("a lock cannot be waited for %v", o.LockTimeout)
	}
	return nil
}

// TxOptions say how one transaction runs. The zero TxOptions is an ordinary first attempt at the connection's level.
type TxOptions struct {
	// Level, if not "", is the transaction's own.
	Level history.Level
	// ReadOnly begins it READ ONLY: writes in it fail.
	ReadOnly bool
	// Deferrable lets a serializable, read-only transaction of PostgreSQL wait for a snapshot in
	// which nothing can go wrong: it then neither fails nor makes others fail.
	Deferrable bool
	// Attempt is 0 for the first try of what the client wants, n for the n-th retry.
	Attempt int
	// Reads says that the transaction only reads, and takes no locks, whether or not the
	// database is told: where there is a replica, it may run there.
	Reads bool
	// Replica runs it on Session.Replica.
	Replica bool
}
