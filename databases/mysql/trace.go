package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// trace is how a statement tells which rows it read or wrote, and which versions
// the rows had.
//
// Nothing is ever read back from the table: a plain SELECT in the transaction
// would take the transaction's snapshot, earlier than the workload does, and a
// locking one would lock what the workload does not. What the write's own answer
// does not tell is read from the session's variables, which belong to no
// transaction: such a SELECT names no table, takes no lock and no snapshot.
type trace uint8

const (
	// returned: by a result set.
	returned trace = iota
	// started: an insert, which replaces nothing.
	started
	// inPacket: the write went through LAST_INSERT_ID(version), which comes in
	// the answer to an UPDATE; one row was written if any.
	inPacket
	// inserted: as inPacket, when one row was updated; else one was inserted. The
	// server counts an insert as one row and an update as two.
	inserted
	// lastID: the write went through LAST_INSERT_ID(version), which must be asked for.
	lastID
	// captured: the rows are in the session's variable.
	captured
	// advisory: no rows; the answer says whether the lock was got.
	advisory
)

// replaced fills in the rows of a write from its answer.
func (c *conn) replaced(how trace, op *history.Op, version history.Version, result driver.Result) error {
	count, err := result.RowsAffected()
	if err != nil || count == 0 {
		return err
	}
	row := history.Row{Key: op.Key, Version: version}
	switch how {
	case started:
	case inserted:
		if count == 1 {
			break
		}
		fallthrough
	case inPacket:
		id, err := result.LastInsertId()
		if err != nil {
			return err
		}
		row.Previous = history.Version(id)
	case lastID:
		answer, err := c.row("SELECT LAST_INSERT_ID()", 1)
		if err != nil {
			return err
		}
		id, err := strconv.ParseInt(answer[0], 10, 64)
		if err != nil {
			return fmt.Errorf("reading LAST_INSERT_ID(): %w", err)
		}
		row.Previous = history.Version(id)
	default:
		return c.readCapture(op, version, count)
	}
	c.rows.Add(row)
	return nil
}

// readCapture takes the rows that a write gathered. The server may have
// evaluated a row more than once, at READ COMMITTED first in the version that
// was committed last and again when it had the lock: the last time counts.
// Where the number of rows is not what the server says it wrote, nothing is
// believed, and the operation has a gap.
func (c *conn) readCapture(op *history.Op, version history.Version, count int64) error {
	answer, err := c.row("SELECT "+capture, 1)
	if err != nil {
		return err
	}
	rows, ok := parseCapture(answer[0], version)
	if !ok || int64(len(rows)) != count {
		op.Gap = true
		return nil
	}
	for _, r := range rows {
		c.rows.Add(r)
	}
	return nil
}

// parseCapture reads "version key previous key previous …".
func parseCapture(text string, version history.Version) ([]history.Row, bool) {
	fields := strings.Fields(text)
	if len(fields)%2 == 0 || fields[0] != strconv.FormatInt(int64(version), 10) {
		return nil, false
	}
	var rows []history.Row
	index := map[int64]int{}
	for i := 1; i < len(fields); i += 2 {
		key, err := strconv.ParseInt(fields[i], 10, 64)
		previous, err2 := strconv.ParseInt(fields[i+1], 10, 64)
		if err != nil || err2 != nil {
			return nil, false
		}
		row := history.Row{Key: key, Version: version, Previous: history.Version(previous)}
		if at, again := index[key]; again {
			rows[at] = row
			continue
		}
		index[key] = len(rows)
		rows = append(rows, row)
	}
	return rows, true
}

// query sends a statement that returns rows, and takes them in.
func (c *conn) query(st *statement, op *history.Op, version history.Version) error {
	answer, err := st.prepared.QueryContext(context.Background(), c.args)
	if err != nil {
		return err
	}
	columns := len(answer.Columns())
	for len(c.fields) < columns {
		c.fields = append(c.fields, nil)
	}
	fields := c.fields[:columns]
	for err = answer.Next(fields); err == nil; err = answer.Next(fields) {
		if err = c.decode(op, version, fields); err != nil {
			break
		}
	}
	if closed := answer.Close(); errors.Is(err, io.EOF) {
		err = closed
	}
	return err
}

// decode takes in one row: of a read all columns, of a delete the key and the version that was deleted.
func (c *conn) decode(op *history.Op, version history.Version, fields []driver.Value) error {
	var columns []history.Column
	if !op.Kind.Writes() {
		columns = c.tables[op.Table].Columns
	}
	n := len(columns)
	row := history.Row{Key: integer(fields[0])}
	if op.Kind.Writes() {
		row.Version, row.Previous = version, history.Version(integer(fields[1]))
		c.rows.Add(row)
		return nil
	}
	if len(fields) != n+3 {
		return fmt.Errorf("a row of %d columns where %d were asked for", len(fields), n+3)
	}
	row.Version, row.Previous = history.Version(integer(fields[n+1])), history.Version(integer(fields[n+2]))
	row.Values = c.rows.Values(n)
	for i, field := range fields[1 : n+1] {
		switch {
		case field == nil:
		case columns[i].Type == history.Int:
			row.Values[i] = history.IntValue(integer(field))
		default:
			row.Values[i] = history.TextValue(text(field))
		}
	}
	c.rows.Add(row)
	return nil
}

// integer returns a BIGINT: the binary protocol's rows hold it as int64.
func integer(v driver.Value) int64 {
	n, _ := v.(int64)
	return n
}
