package probe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/harness/probe"
	"github.com/isocheck/isocheck/history"
)

// What Hermitage by Martin Kleppmann and contributors (https://github.com/ept/hermitage, CC BY 4.0)
// publishes for PostgreSQL 9.3.5 and MySQL 5.6.21: a level prevents an anomaly (yes), does not (no), or prevents
// it in a read-only context only (reads).
var hermitage = map[string]map[history.Level]map[string]string{
	"postgres": {
		history.ReadCommitted:  columns("yes yes yes yes yes no no no no no"),
		history.RepeatableRead: columns("yes yes yes yes yes yes yes yes no no"),
		history.Serializable:   columns("yes yes yes yes yes yes yes yes yes yes"),
	},
	"mysql": {
		history.ReadUncommitted: columns("yes no no no no no no no no no"),
		history.ReadCommitted:   columns("yes yes yes yes yes no no no no no"),
		history.RepeatableRead:  columns("yes yes yes yes yes reads no reads no no"),
		history.Serializable:    columns("yes yes yes yes yes yes yes yes yes yes"),
	},
}

// cases are the probes that are Hermitage's cases of each column: those that only read by
// what they provoke, and those that write by it.
var cases = map[string]struct{ reading, writing []string }{
	"G0":       {nil, []string{"g0"}},
	"G1a":      {[]string{"g1a"}, nil},
	"G1b":      {[]string{"g1b"}, nil},
	"G1c":      {[]string{"g1c"}, nil},
	"OTV":      {[]string{"otv"}, nil},
	"PMP":      {[]string{"pmp-read"}, []string{"pmp-write"}},
	"P4":       {nil, []string{"p4"}},
	"G-single": {[]string{"g-single", "g-single-predicate"}, []string{"g-single-write"}},
	"G2-item":  {nil, []string{"g2-item"}},
	"G2":       {nil, []string{"g2", "g2-fekete"}},
}

func columns(row string) map[string]string {
	m := map[string]string{}
	words := strings.Fields(row)
	for i, name := range []string{"G0", "G1a", "G1b", "G1c", "OTV", "PMP", "P4", "G-single", "G2-item", "G2"} {
		m[name] = words[i]
	}
	return m
}

// The measured table is Hermitage's, years of versions later. Where a version differs some day, the difference
// belongs here, with the version that changed it: so far there is none, on PostgreSQL 15, MySQL 9.7, and
// MariaDB 10.11, which Hermitage does not have, is as MySQL while innodb_snapshot_isolation is off.
func TestHermitage(t *testing.T) {
	var names []string
	for _, c := range cases {
		names = append(append(names, c.reading...), c.writing...)
	}
	for _, product := range products {
		t.Run(product, func(t *testing.T) {
			published := hermitage[product]
			if product == "mariadb" {
				published = hermitage["mysql"]
			}
			found := map[history.Level]map[string]bool{}
			for _, r := range play(t, open(t, product), own(t, names...)) {
				if found[r.Level] == nil {
					found[r.Level] = map[string]bool{}
				}
				found[r.Level][r.Probe.Name] = r.Answer.State != probe.Prevented
			}
			for level, row := range published {
				for column, want := range row {
					if got := measured(found[level], cases[column].reading, cases[column].writing); got != want {
						t.Errorf("%s at %s: prevented: %s; Hermitage has: %s", column, level, got, want)
					}
				}
			}
		})
	}
}

// measured returns one of Hermitage's words for what the probes of a column found.
func measured(found map[string]bool, reading, writing []string) string {
	some := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return found[n] })
	}
	switch {
	case some(reading):
		return "no"
	case some(writing) && len(reading) > 0:
		return "reads"
	case some(writing):
		return "no"
	}
	return "yes"
}
