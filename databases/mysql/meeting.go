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

// Told returns how many shards have come to the point.
func (d *Database) Told(ctx context.Context, point string) (int, error) {
	n := 0
	err := d.do(ctx, d.config.DBName, func(l *link) error {
		row, err := l.row("SELECT count(*) FROM "+d.meeting()+" WHERE point = "+sqlText(point), 1)
		if err != nil {
			return err
		}
		n, err = strconv.Atoi(row[0])
		return err
	})
	// There is no such table, or no such database, yet.
	if e := (*driver.MySQLError)(nil); errors.As(err, &e) && (e.Number == 1146 || e.Number == 1049) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("asking how far the other shards are: %w", err)
	}
	return n, nil
}
