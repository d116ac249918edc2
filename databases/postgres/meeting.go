package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isocheck/isocheck/databases"
)

var _ databases.Meeting = (*Database)(nil)

// meeting is the name of the meeting's table.
func (d *Database) meeting() string { return quote(d.namespace) + "." + quote(databases.MeetingTable) }

// OpenMeeting makes the meeting's table.
func (d *Database) OpenMeeting(ctx context.Context) error {
	err := d.do(ctx, func(c *pgconn.PgConn) error {
		return exec(ctx, c, "CREATE TABLE "+d.meeting()+" (point TEXT, shard INT, PRIMARY KEY (point, shard))")
	})
	if err != nil {
		return fmt.Errorf("making %s, in which shards meet: %w", d.meeting(), err)
	}
	return nil
}

// Tell writes down that a shard has come to a point.
func (d *Database) Tell(ctx context.Context, point string, shard int) error {
	err := d.do(ctx, func(c *pgconn.PgConn) error {
		return c.ExecParams(ctx, "INSERT INTO "+d.meeting()+" VALUES ($1, $2)",
			[][]byte{[]byte(point), strconv.AppendInt(nil, int64(shard), 10)}, nil, nil, nil).Read().Err
	})
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) && e.Code == "23505" {
		return fmt.Errorf("shard %d at %q: %w", shard, point, databases.ErrTold)
	}
	if err != nil {
		return fmt.Errorf("telling the other shards: %w", err)
	}
	return nil
}

// Told returns how many shards have come to the point.
func (d *Database) Told(ctx context.Context, point string) (int, error) {
	n := 0
	err := d.do(ctx, func(c *pgconn.PgConn) error {
		r := c.ExecParams(ctx, "SELECT count(*) FROM "+d.meeting()+" WHERE point = $1", [][]byte{[]byte(point)}, nil, nil, nil).Read()
		if r.Err != nil {
			return r.Err
		}
		var err error
		n, err = strconv.Atoi(string(r.Rows[0][0]))
		return err
	})
	// There is no such table, or no such schema, yet.
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) && (e.Code == "42P01" || e.Code == "3F000") {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("asking how far the other shards are: %w", err)
	}
	return n, nil
}
