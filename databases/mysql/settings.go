package mysql

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/isocheck/isocheck/databases"
)

// settings are those that decide what isolation a session gets, how it waits,
// and what a commit costs. Not every server has every one of them.
const settings = `'transaction_isolation', 'tx_isolation', 'transaction_read_only', 'tx_read_only', 'autocommit', 'version', 'version_comment',
 'innodb_snapshot_isolation', 'innodb_lock_wait_timeout', 'innodb_rollback_on_timeout', 'innodb_deadlock_detect', 'innodb_autoinc_lock_mode',
 'innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'binlog_format', 'sql_mode', 'completion_type'`

// Settings reads them back inside a transaction, and rolls it back.
func (c *conn) Settings(ctx context.Context, options databases.TxOptions) (map[string]string, error) {
	if err := c.Begin(ctx, options); err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	done := c.guard(ctx)
	rows, err := c.link.rows("SHOW SESSION VARIABLES WHERE Variable_name IN ("+settings+")", 2)
	own := ""
	if err == nil && (c.names || options.Level != "" && options.Level != c.level) {
		own, err = c.ownLevel()
	}
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
	if own != "" {
		level = strings.ReplaceAll(own, " ", "-")
	}
	found[databases.LevelInForce] = strings.ToLower(level)
	return found, nil
}

// ownLevel asks InnoDB at which level the transaction runs that is open: the session's variable
// does not show what SET TRANSACTION said. It takes the privilege PROCESS.
//
// InnoDB knows a transaction from its first statement on. It shows all transactions as they were when
// somebody asked first, and goes on showing that until nobody has asked for 100 ms. So one connection asks
// at a time, and believes only an answer that has its own question in it.
func (c *conn) ownLevel() (string, error) {
	if len(c.tables) == 0 {
		return "", errors.New("the level of one transaction shows only where there is a table to read")
	}
	if _, err := c.link.rows("SELECT id FROM "+quote(c.tables[0].Name)+" LIMIT 1", 1); err != nil {
		return "", err
	}
	c.asking.Lock()
	defer c.asking.Unlock()
	for try := range ownLevelTries {
		time.Sleep(ownLevelPause + rand.N(time.Duration(try+1)*ownLevelPause/10))
		question := "/* " + strconv.FormatUint(rand.Uint64(), 36) + " */"
		rows, err := c.link.rows("SELECT "+question+" trx_isolation_level, trx_query FROM information_schema.innodb_trx"+
			" WHERE trx_mysql_thread_id = CONNECTION_ID()", 2)
		switch {
		case err != nil:
			return "", fmt.Errorf("asking for the level of one transaction: %w", err)
		case len(rows) > 0 && strings.Contains(rows[0][1], question):
			return rows[0][0], nil
		}
	}
	return "", errors.New("the server does not show the transaction's level")
}

const (
	ownLevelTries = 20
	ownLevelPause = 105 * time.Millisecond
)
