package mysql

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	driver "github.com/go-sql-driver/mysql"

	"github.com/isocheck/isocheck/databases"
)

// DialWith makes every connection from now on with the function, which is given the address of the DSN.
func (d *Database) DialWith(dial databases.DialFunc) { d.config.DialFunc = dial }

// noSuchThread is the error of a KILL for a session that has ended.
const noSuchThread = 1094

// Terminate ends a session of the server.
func (d *Database) Terminate(ctx context.Context, session int64) error {
	err := d.do(ctx, d.config.DBName, func(l *link) error { return l.exec("KILL " + strconv.FormatInt(session, 10)) })
	if e := (*driver.MySQLError)(nil); errors.As(err, &e) && e.Number == noSuchThread {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ending session %d: %w", session, err)
	}
	return nil
}

// SessionNumber is CONNECTION_ID().
func (c *conn) SessionNumber() int64 { return c.id }
