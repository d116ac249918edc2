package postgres

import (
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// ddl returns the statements that make one traced table, empty. Text columns
// compare byte by byte, as history.Value does, whatever the database's collation.
func ddl(t *history.Table) string {
	var b strings.Builder
	table := quote(t.Name)
	b.WriteString("DROP TABLE IF EXISTS " + table + ";\nCREATE TABLE " + table + " (\n  id BIGINT PRIMARY KEY")
	for _, c := range t.Columns {
		kind := " BIGINT"
		if c.Type == history.Text {
			kind = ` TEXT COLLATE "C"`
		}
		b.WriteString(",\n  " + quote(c.Name) + kind)
	}
	b.WriteString(",\n  version BIGINT NOT NULL,\n  previous BIGINT NOT NULL")
	for _, column := range t.NotNegative {
		b.WriteString(",\n  CHECK (" + quote(t.Columns[column].Name) + " >= 0)")
	}
	b.WriteString("\n)")
	for _, column := range t.Indexes {
		b.WriteString(index("INDEX", "by", t, column))
	}
	for _, column := range t.Unique {
		b.WriteString(index("UNIQUE INDEX", "unique", t, column))
	}
	return b.String()
}

func index(kind, prefix string, t *history.Table, column int) string {
	name := t.Name + "_" + prefix + "_" + strconv.Itoa(column)
	return ";\nCREATE " + kind + " " + quote(name) + " ON " + quote(t.Name) + " (" + quote(t.Columns[column].Name) + ")"
}
