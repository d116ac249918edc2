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

// Told returns which shards have come to the point, in order.
func (d *Database) Told(ctx context.Context, point string) ([]int, error) {
	var shards []int
	err := d.do(ctx, func(c *pgconn.PgConn) error {
		r := c.ExecParams(ctx, "SELECT shard FROM "+d.meeting()+" WHERE point = $1 ORDER BY shard", [][]byte{[]byte(point)}, nil, nil, nil).Read()
		if r.Err != nil {
			return r.Err
		}
		for _, row := range r.Rows {
			n, err := strconv.Atoi(string(row[0]))
			if err != nil {
				return err
			}
			shards = append(shards, n)
		}
		return nil
	})
	// There is no such table, or no such schema, yet.
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) && (e.Code == "42P01" || e.Code == "3F000") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("asking how far the other shards are: %w", err)
	}
	return shards, nil
}
