package databases

import "context"

// LockWaits asks a server, over a connection of its own, which connections wait
// for which. It is used by one goroutine at a time.
type LockWaits interface {
	// Waits returns, of each connection that waits for a lock now, the
	// connections that it waits for, all by their numbers (see Numbered). The
	// server looked after Waits was called. Of MariaDB the waits for advisory locks are not among them:
	// it does not tell who has one.
	Waits(ctx context.Context) (map[int64][]int64, error)
	Close() error
}

// LockWatcher is a Database whose server can be asked who waits for whom.
type LockWatcher interface {
	// WatchLocks connects. It fails where the user may not ask.
	WatchLocks(ctx context.Context) (LockWaits, error)
}
