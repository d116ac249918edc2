package mysql

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	"github.com/isocheck/isocheck/databases"
)

var _ databases.Meeting = (*Database)(nil)

// meeting is the name of the meeting's table.
func (d *Database) meeting() string { return quote(d.namespace) + "." + quote(databases.MeetingTable) }

// sqlText writes a text as SQL does.
func sqlText(text string) string {
	return "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(text) + "'"
}

// OpenMeeting makes the meeting's table.
func (d *Database) OpenMeeting(ctx context.Context) error {
	err := d.do(ctx, d.config.DBName, func(l *link) error {
		return l.exec("CREATE TABLE " + d.meeting() + " (point VARCHAR(200), shard INT, PRIMARY KEY (point, shard)) ENGINE = InnoDB")
	})
	if err != nil {
		return fmt.Errorf("making %s, in which shards meet: %w", d.meeting(), err)
	}
	return nil
}

// Tell writes down that a shard has come to a point.
func (d *Database) Tell(ctx context.Context, point string, shard int) error {
	err := d.do(ctx, d.config.DBName, func(l *link) error {
		return l.exec("INSERT INTO " + d.meeting() + " VALUES (" + sqlText(point) + ", " + strconv.Itoa(shard) + ")")
	})
	if e := (*driver.MySQLError)(nil); errors.As(err, &e) && e.Number == 1062 {
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
	err := d.do(ctx, d.config.DBName, func(l *link) error {
		rows, err := l.rows("SELECT shard FROM "+d.meeting()+" WHERE point = "+sqlText(point)+" ORDER BY shard", 1)
		if err != nil {
			return err
		}
		for _, row := range rows {
			n, err := strconv.Atoi(row[0])
			if err != nil {
				return err
			}
			shards = append(shards, n)
		}
		return nil
	})
	// There is no such table, or no such database, yet.
	if e := (*driver.MySQLError)(nil); errors.As(err, &e) && (e.Number == 1146 || e.Number == 1049) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("asking how far the other shards are: %w", err)
	}
	return shards, nil
}
