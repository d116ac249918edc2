package postgres

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// int8OID is BIGINT's number in pg_type, on every PostgreSQL.
const int8OID = 20

// params is the memory that a connection encodes parameters into.
type params struct {
	bytes   []byte
	values  [][]byte
	formats []int16
	locks   int64 // what an advisory lock's key is counted from
}

// encode returns the operation's parameters as Bind wants them: integers for
// BIGINT in binary, everything else as text. They are valid until the next call.
func (p *params) encode(st *statement, op *history.Op, version history.Version) ([][]byte, []int16) {
	p.bytes, p.values, p.formats = p.bytes[:0], p.values[:0], p.formats[:0]
	for i, from := range st.params {
		v := from.Value(op, version)
		if op.Kind == history.Advisory {
			v.Int += p.locks
		}
		at, format := len(p.bytes), textFormat
		switch {
		case v.Kind == history.Null:
			p.values = append(p.values, nil)
			p.formats = append(p.formats, textFormat)
			continue
		case v.Kind == history.Text:
			p.bytes = append(p.bytes, v.Text...)
		case st.description.ParamOIDs[i] == int8OID:
			p.bytes = binary.BigEndian.AppendUint64(p.bytes, uint64(v.Int))
			format = binaryFormat
		default:
			p.bytes = strconv.AppendInt(p.bytes, v.Int, 10)
		}
		value := p.bytes[at:len(p.bytes):len(p.bytes)]
		if value == nil {
			value = []byte{} // an empty text is no NULL
		}
		p.values = append(p.values, value)
		p.formats = append(p.formats, format)
	}
	return p.values, p.formats
}

// decode takes in one row of an answer: of a read all columns, of a write the
// key and the version that was replaced.
func (c *conn) decode(op *history.Op, version history.Version, fields [][]byte) error {
	if op.Kind.Writes() {
		row := history.Row{Key: integer(fields[0]), Version: version, Previous: history.Version(integer(fields[1]))}
		c.rows.Add(row)
		return nil
	}
	columns := c.tables[op.Table].Columns
	n := len(columns)
	if len(fields) != n+3 {
		return fmt.Errorf("a row of %d columns where %d were asked for", len(fields), n+3)
	}
	values := c.rows.Values(n)
	for i, field := range fields[1 : n+1] {
		switch {
		case field == nil:
		case columns[i].Type == history.Int:
			values[i] = history.IntValue(integer(field))
		default:
			values[i] = history.TextValue(string(field))
		}
	}
	c.rows.Add(history.Row{
		Key: integer(fields[0]), Values: values,
		Version: history.Version(integer(fields[n+1])), Previous: history.Version(integer(fields[n+2])),
	})
	return nil
}

// integer returns a BIGINT that came in binary format. All of the columns that
// it is used for were created as BIGINT by this package.
func integer(field []byte) int64 {
	if len(field) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(field))
}

// rowsOf returns the rows of a statement without parameters, as texts.
func rowsOf(results []*pgconn.Result) [][][]byte {
	if len(results) == 0 {
		return nil
	}
	return results[0].Rows
}

var _ databases.Conn = (*conn)(nil)
