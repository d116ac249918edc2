package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isocheck/isocheck/databases"
)

// DialWith makes every connection from now on, cancel requests included, with the
// function, which is given the address of the DSN.
func (d *Database) DialWith(dial databases.DialFunc) {
	d.config.DialFunc = pgconn.DialFunc(dial)
	// The function gets the address as it was written, not one that it was looked up to be.
	d.config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
}

// Terminate ends a session of the server.
func (d *Database) Terminate(ctx context.Context, session int64) error {
	err := d.do(ctx, func(c *pgconn.PgConn) error {
		return exec(ctx, c, "SELECT pg_terminate_backend("+strconv.FormatInt(session, 10)+")")
	})
	if err != nil {
		return fmt.Errorf("ending session %d: %w", session, err)
	}
	return nil
}

// SessionNumber is pg_backend_pid().
func (c *conn) SessionNumber() int64 { return int64(c.pg.PID()) }
