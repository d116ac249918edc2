package mysql

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// begin returns the statements that begin a transaction with the options. The level has a statement of its
// own, and so a round trip, only where it is not the session's.
func (c *conn) begin(options databases.TxOptions) ([]string, error) {
	if options.Deferrable {
		return nil, &history.Error{Class: history.OtherError, Message: c.server.Name + " has no DEFERRABLE transactions"}
	}
	start := "START TRANSACTION"
	if options.ReadOnly {
		start += " READ ONLY"
	}
	level := options.Level
	switch {
	case level == "" && c.names:
		level = c.level
	case level == c.level && !c.names:
		level = ""
	}
	if level == "" {
		return []string{start}, nil
	}
	name, err := databases.LevelSQL(level)
	if err != nil {
		return nil, err
	}
	return []string{"SET TRANSACTION ISOLATION LEVEL " + name, start}, nil
}

// inSession are the statements that set the session up once it is connected.
func (d *Database) inSession(options databases.ConnectOptions) []string {
	var statements []string
	if options.LevelSet == "" || options.LevelSet == databases.LevelBySession {
		name, _ := databases.LevelSQL(options.Level) // Connect has checked it
		statements = append(statements, "SET SESSION TRANSACTION ISOLATION LEVEL "+name)
	}
	wait := options.LockTimeout
	if _, given := d.config.Params["innodb_lock_wait_timeout"]; wait == 0 && !given {
		wait = lockWait
	}
	if wait > 0 {
		seconds := (wait + time.Second - 1) / time.Second
		statements = append(statements, fmt.Sprintf("SET SESSION innodb_lock_wait_timeout = %d", seconds))
	}
	return statements
}

// atConnect are the variables that the driver sets as part of connecting, as it does with those in a DSN. MariaDB
// had another name for the level before 11.1.
func (d *Database) atConnect(ctx context.Context, options databases.ConnectOptions) (map[string]string, error) {
	if options.LevelSet != databases.LevelByConnection {
		return nil, nil
	}
	variable := "transaction_isolation"
	err := d.do(ctx, d.namespace, func(l *link) error {
		rows, err := l.rows("SHOW VARIABLES LIKE 'transaction_isolation'", 2)
		if err == nil && len(rows) == 0 {
			variable = "tx_isolation"
		}
		return err
	})
	return map[string]string{variable: "'" + strings.ToUpper(string(options.Level)) + "'"}, err
}
