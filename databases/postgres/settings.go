package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/isocheck/isocheck/databases"
)

// settings are those that decide what isolation a session gets, and how it waits.
const settings = `'transaction_isolation', 'transaction_read_only', 'transaction_deferrable',
 'default_transaction_isolation', 'default_transaction_read_only', 'default_transaction_deferrable',
 'server_version', 'synchronous_commit', 'fsync', 'lock_timeout', 'statement_timeout', 'deadlock_timeout',
 'idle_in_transaction_session_timeout', 'max_pred_locks_per_transaction', 'search_path'`

// Settings reads them back inside a transaction that was begun as all of this
// connection's are, and rolls it back.
func (c *conn) Settings(ctx context.Context, options databases.TxOptions) (map[string]string, error) {
	if err := c.Begin(ctx, options); err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	results, err := c.pg.Exec(ctx, "SELECT name, current_setting(name) FROM pg_settings WHERE name IN ("+settings+")").ReadAll()
	if err != nil {
		err = c.error(ctx, err, nil)
	}
	if rollback := c.Rollback(ctx); err == nil {
		err = rollback
	}
	if err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	found := map[string]string{}
	for _, row := range rowsOf(results) {
		found[string(row[0])] = string(row[1])
	}
	found[databases.LevelInForce] = strings.ReplaceAll(found["transaction_isolation"], " ", "-")
	return found, nil
}
