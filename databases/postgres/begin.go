package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// begin is how a connection begins its transactions.
type begin struct {
	plain string // BEGIN, with the level where each transaction names it
	level history.Level
}

func beginWith(options databases.ConnectOptions) begin {
	b := begin{plain: "BEGIN", level: options.Level}
	if options.LevelSet == "" || options.LevelSet == databases.LevelByTransaction {
		name, _ := databases.LevelSQL(options.Level) // Connect has checked it
		b.plain += " ISOLATION LEVEL " + name
	}
	return b
}

// sql returns the statement that begins a transaction with the options.
func (b begin) sql(options databases.TxOptions) (string, error) {
	sql, more := b.plain, " "
	if options.Level != "" && options.Level != b.level {
		name, err := databases.LevelSQL(options.Level)
		if err != nil {
			return "", err
		}
		sql = "BEGIN ISOLATION LEVEL " + name
	}
	if strings.HasPrefix(sql, "BEGIN ") {
		more = ", "
	}
	if options.ReadOnly {
		sql, more = sql+more+"READ ONLY", ", "
	}
	if options.Deferrable {
		sql += more + "DEFERRABLE"
	}
	return sql, nil
}

// atConnect are the server's parameters that are part of connecting.
func atConnect(options databases.ConnectOptions) map[string]string {
	if options.LevelSet != databases.LevelByConnection {
		return nil
	}
	return map[string]string{"default_transaction_isolation": strings.ReplaceAll(string(options.Level), "-", " ")}
}

// inSession are the statements that set the session up once it is connected.
func inSession(options databases.ConnectOptions) []string {
	var statements []string
	if options.LevelSet == databases.LevelBySession {
		name, _ := databases.LevelSQL(options.Level) // Connect has checked it
		statements = append(statements, "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL "+name)
	}
	if options.LockTimeout > 0 {
		statements = append(statements, "SET lock_timeout = '"+strconv.FormatInt(max(1, options.LockTimeout.Milliseconds()), 10)+"ms'")
	}
	return statements
}

func (c *conn) sendSavepoint(op *history.Op, words string) error {
	op.Statement = c.sql.Number(words + "{key}")
	_, err := c.simple(context.Background(), words+strconv.FormatInt(op.Key, 10))
	return err
}
