package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// mostSetUp is how many rows a script puts in at most before it begins.
const mostSetUp = 200

// object is one row of one table.
type object struct {
	table int
	key   int64
}

// initial is what a row was before the witness's transactions, as far as they show it.
type initial struct {
	absent  bool
	known   bool // its values are
	version history.Version
	values  []history.Value
}

// setUp makes the tables of a witness, with the rows as its transactions first saw them.
func setUp(f *checker.Findings, w *checker.Witness) string {
	var out strings.Builder
	if f.Header.Database == "postgres" {
		fmt.Fprintf(&out, "CREATE SCHEMA %s;\nSET search_path = %s;\n", replayed, replayed)
	} else {
		fmt.Fprintf(&out, "CREATE DATABASE %s;\nUSE %s;\n", replayed, replayed)
	}
	rows := initialRows(f, w)
	for n := range f.Header.Tables {
		if usesTable(w, n) {
			out.WriteString(tableSQL(&f.Header, n))
			out.WriteString(insertSQL(&f.Header, n, rows))
		}
	}
	return out.String()
}

func cleanUp(h *history.Header) string {
	if h.Database == "postgres" {
		return "DROP SCHEMA " + replayed + " CASCADE;\n"
	}
	return "DROP DATABASE " + replayed + ";\n"
}

func usesTable(w *checker.Witness, table int) bool {
	return slices.ContainsFunc(w.Transactions, func(t history.Transaction) bool {
		return slices.ContainsFunc(t.Ops, func(op history.Op) bool { return op.Table == table })
	})
}

// tableSQL creates one table with its indexes, which decide what is locked.
func tableSQL(h *history.Header, n int) string {
	t := h.Tables[n]
	name := printable(t.Name)
	columns := []string{"id BIGINT PRIMARY KEY"}
	for _, c := range t.Columns {
		columns = append(columns, printable(c.Name)+" "+columnType(h, c.Type))
	}
	columns = append(columns, "version BIGINT", "previous BIGINT")
	for _, c := range t.NotNegative {
		columns = append(columns, "CHECK ("+columnName(h, n, c)+" >= 0)")
	}
	sql := "CREATE TABLE " + name + " (" + strings.Join(columns, ", ") + ");\n"
	for _, c := range t.Indexes {
		sql += fmt.Sprintf("CREATE INDEX %s_%d ON %s (%s);\n", name, c, name, printable(columnName(h, n, c)))
	}
	for _, c := range t.Unique {
		sql += fmt.Sprintf("CREATE UNIQUE INDEX %s_unique_%d ON %s (%s);\n", name, c, name, printable(columnName(h, n, c)))
	}
	return sql
}

func columnType(h *history.Header, k history.ValueKind) string {
	switch {
	case k == history.Int:
		return "BIGINT"
	case h.Database == "postgres":
		return "TEXT"
	}
	return "VARCHAR(190)" // which MySQL can index
}

func insertSQL(h *history.Header, table int, rows map[object]initial) string {
	var lines []string
	for _, o := range slices.SortedFunc(maps.Keys(rows), func(a, b object) int { return cmp.Compare(a.key, b.key) }) {
		row := rows[o]
		if o.table != table || row.absent || len(lines) == mostSetUp {
			continue
		}
		values := []string{strconv.FormatInt(o.key, 10)}
		for _, v := range row.values {
			values = append(values, v.String())
		}
		values = append(values, strconv.FormatInt(int64(row.version), 10), "0")
		lines = append(lines, "  ("+strings.Join(values, ", ")+")")
	}
	if len(lines) == 0 {
		return ""
	}
	return "INSERT INTO " + printable(h.Tables[table].Name) + " VALUES\n" + strings.Join(lines, ",\n") + ";\n"
}

// initialRows gathers the rows that a witness's transactions found, in the
// order of their statements: a version that none of them wrote was there before.
func initialRows(f *checker.Findings, w *checker.Witness) map[object]initial {
	own := map[history.TxnID]bool{}
	var ops []*history.Op
	for n := range w.Transactions {
		t := &w.Transactions[n]
		own[t.ID()] = true
		for i := range t.Ops {
			ops = append(ops, &t.Ops[i])
		}
	}
	slices.SortStableFunc(ops, func(a, b *history.Op) int { return cmp.Compare(a.Start, b.Start) })
	rows := map[object]initial{}
	for _, op := range ops {
		for _, r := range op.Rows {
			o := object{op.Table, r.Key}
			have, seen := rows[o]
			switch {
			case seen && (have.known || have.absent) || !op.Kind.Writes() && own[r.Version.Txn()]:
			case !op.Kind.Writes():
				rows[o] = initial{known: true, version: r.Version, values: r.Values}
			case seen:
			case r.Previous == 0:
				rows[o] = initial{absent: true}
			case !own[r.Previous.Txn()]:
				rows[o] = initial{version: r.Previous, values: guessed(f, op)}
			}
		}
	}
	return rows
}

// guessed are values for a row that no transaction of the witness read: what
// the predicate that found it says, and zeros.
func guessed(f *checker.Findings, op *history.Op) []history.Value {
	if op.Table < 0 || op.Table >= len(f.Header.Tables) {
		return nil
	}
	columns := f.Header.Tables[op.Table].Columns
	values := make([]history.Value, len(columns))
	for i, c := range columns {
		if values[i] = history.IntValue(0); c.Type != history.Int {
			values[i] = history.TextValue("")
		}
	}
	for _, c := range op.Where {
		if c.Column >= 0 && c.Column < len(values) && c.Cmp == history.Equal {
			values[c.Column] = c.Value
		}
	}
	return values
}
