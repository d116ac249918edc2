package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isocheck/isocheck/databases"
)

var _ databases.LockWatcher = (*Database)(nil)

// lockWaits is a connection that asks who waits for whom.
type lockWaits struct{ pg *pgconn.PgConn }

// waiting asks, of each backend that waits for a lock, or for a snapshot that is
// safe for a deferrable transaction, whom it waits for.
const waiting = `SELECT w.pid, b FROM (
  SELECT pid FROM pg_locks WHERE NOT granted UNION SELECT pid FROM pg_stat_activity WHERE wait_event = 'SafeSnapshot'
) w, unnest(pg_blocking_pids(w.pid) || pg_safe_snapshot_blocking_pids(w.pid)) b`

// WatchLocks opens a connection that asks who waits for whom. Every user may.
func (d *Database) WatchLocks(ctx context.Context) (databases.LockWaits, error) {
	pg, err := d.dial(ctx)
	if err != nil {
		return nil, err
	}
	w := &lockWaits{pg: pg}
	if _, err := w.Waits(ctx); err != nil {
		closeConn(pg)
		return nil, err
	}
	return w, nil
}

// Waits asks once.
func (w *lockWaits) Waits(ctx context.Context) (map[int64][]int64, error) {
	results, err := w.pg.Exec(ctx, waiting).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("asking which sessions wait for locks: %w", classify(err, nil))
	}
	waits := map[int64][]int64{}
	for _, row := range rowsOf(results) {
		var pair [2]int64
		for i := range pair {
			if pair[i], err = strconv.ParseInt(string(row[i]), 10, 64); err != nil {
				return nil, fmt.Errorf("asking which sessions wait for locks: %w", err)
			}
		}
		waits[pair[0]] = append(waits[pair[0]], pair[1])
	}
	return waits, nil
}

// Close ends the connection.
func (w *lockWaits) Close() error {
	closeConn(w.pg)
	return nil
}
