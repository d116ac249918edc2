package mysql

import (
	"context"
	"fmt"
	"strings"

	"github.com/isocheck/isocheck/databases"
)

// settings are those that decide what isolation a session gets, how it waits,
// and what a commit costs. Not every server has every one of them.
const settings = `'transaction_isolation', 'tx_isolation', 'transaction_read_only', 'tx_read_only', 'autocommit', 'version', 'version_comment',
 'innodb_snapshot_isolation', 'innodb_lock_wait_timeout', 'innodb_rollback_on_timeout', 'innodb_deadlock_detect', 'innodb_autoinc_lock_mode',
 'innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'binlog_format', 'sql_mode', 'completion_type'`

// Settings reads them back inside a transaction, and rolls it back.
func (c *conn) Settings(ctx context.Context) (map[string]string, error) {
	if err := c.Begin(ctx); err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	done := c.guard(ctx)
	rows, err := c.link.rows("SHOW SESSION VARIABLES WHERE Variable_name IN ("+settings+")", 2)
	done()
	err = classify(ctx, err, nil)
	if rollback := c.Rollback(ctx); err == nil {
		err = rollback
	}
	if err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	found := map[string]string{}
	for _, row := range rows {
		found[row[0]] = row[1]
	}
	level := found["transaction_isolation"]
	if level == "" {
		level = found["tx_isolation"] // MariaDB before 11.1
	}
	found[databases.LevelInForce] = strings.ToLower(level)
	return found, nil
}
