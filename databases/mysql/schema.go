package mysql

import (
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// ddl returns the statements that make one traced table, empty. Texts compare
// byte by byte and without padding, as history.Value does; those with an index
// hold at most 255 characters, because InnoDB indexes no more of a TEXT than it is told.
func ddl(product string, t *history.Table) []string {
	var b strings.Builder
	table := quote(t.Name)
	b.WriteString("CREATE TABLE " + table + " (\n  id BIGINT NOT NULL PRIMARY KEY")
	indexed := map[int]bool{}
	for _, column := range append(t.Indexes[:len(t.Indexes):len(t.Indexes)], t.Unique...) {
		indexed[column] = true
	}
	for i, c := range t.Columns {
		kind := " BIGINT"
		switch {
		case c.Type == history.Text && indexed[i]:
			kind = " VARCHAR(255)"
		case c.Type == history.Text:
			kind = " MEDIUMTEXT"
		}
		b.WriteString(",\n  " + quote(c.Name) + kind)
	}
	b.WriteString(",\n  version BIGINT NOT NULL,\n  previous BIGINT NOT NULL")
	for _, column := range t.NotNegative {
		b.WriteString(",\n  CHECK (" + quote(t.Columns[column].Name) + " >= 0)")
	}
	for _, column := range t.Indexes {
		b.WriteString(",\n  KEY " + index("by", t, column))
	}
	for _, column := range t.Unique {
		b.WriteString(",\n  UNIQUE KEY " + index("unique", t, column))
	}
	collation := "utf8mb4_0900_bin"
	if product == "mariadb" {
		collation = "utf8mb4_nopad_bin"
	}
	b.WriteString("\n) ENGINE = InnoDB, DEFAULT CHARACTER SET = utf8mb4, COLLATE = " + collation)
	return []string{"DROP TABLE IF EXISTS " + table, b.String()}
}

func index(prefix string, t *history.Table, column int) string {
	return quote(prefix+"_"+strconv.Itoa(column)) + " (" + quote(t.Columns[column].Name) + ")"
}
