package reports

import (
	"strings"
	"unicode/utf8"
)

const (
	nameColumn = 24 // the least columns for the anomaly's name, the space after it included
	cellColumn = 14 // columns for one cell
)

// matrix writes anomaly × level: a table for each server, and several where
// its levels do not fit beside each other.
func (t *terminal) matrix(m matrix) {
	per := max(1, (t.width-nameColumn)/cellColumn)
	for from := 0; from < len(m.Columns); {
		to := from + 1
		for to < len(m.Columns) && to-from < per && m.Columns[to].Server == m.Columns[from].Server {
			to++
		}
		names := max(nameColumn, min(longestName(m.Rows)+2, t.width-cellColumn*(to-from)))
		t.matrixHead(m.Columns[from:to], names)
		for _, r := range m.Rows {
			t.matrixRow(r, from, to, names)
		}
		t.line("")
		from = to
	}
	legend := "○ not seen · ● observed, allowed · ✗ VIOLATION · – not exercised"
	for _, line := range wrapped(legend, t.width) {
		t.line(t.painted(dim, line))
	}
}

// matrixHead writes the server and the levels, each word on a line of its own where need be.
func (t *terminal) matrixHead(columns []column, names int) {
	heads := [][]string{wrapped(columns[0].Server, names-1)}
	lines := len(heads[0])
	for _, c := range columns {
		head := wrapped(c.LevelName(), cellColumn-1)
		heads, lines = append(heads, head), max(lines, len(head))
	}
	for n := range lines {
		line, width := "", names
		for _, h := range heads {
			text := ""
			if at := n - (lines - len(h)); at >= 0 {
				text = h[at]
			}
			line, width = line+pad(text, width), cellColumn
		}
		t.line(strings.TrimRight(line, " "))
	}
}

// longestName returns how many columns the longest name takes.
func longestName(rows []row) int {
	longest := 0
	for _, r := range rows {
		longest = max(longest, utf8.RuneCountInString(r.whole()))
	}
	return longest
}

// whole is the row's name on one line.
func (r row) whole() string {
	if r.Order != "" {
		return shortName(r.Name) + " (" + r.Order + ")"
	}
	return shortName(r.Name)
}

// label is the row's name in so many columns, and what of it takes a second line.
func (r row) label(columns int) (name, more string) {
	fits := func(s string) bool { return utf8.RuneCountInString(s) <= columns }
	if fits(r.whole()) {
		return r.whole(), ""
	}
	if r.Order != "" {
		more = "  (" + r.Order + ")"
	}
	if name = shortName(r.Name); !fits(name) {
		name = strings.ReplaceAll(string(baseID(r.ID)), "-", " ")
	}
	return name, more
}

func (t *terminal) matrixRow(r row, from, to, names int) {
	name, more := r.label(names - 1)
	line := pad(name, names-1) + " "
	for i, c := range r.Cells[from:to] {
		text := cellText(c)
		space := strings.Repeat(" ", max(0, cellColumn-utf8.RuneCountInString(text)))
		if i == to-from-1 {
			space = ""
		}
		line += t.painted(stateColor(c.State), text) + space
	}
	t.line(line)
	if more != "" {
		t.line(more)
	}
}

// cellText is a cell's state as symbol and word, within the width of a cell.
func cellText(c cell) string {
	word := map[State]string{NotExercised: "unexercised", NotSeen: "not seen", Observed: "observed", Violation: "VIOLATION"}[c.State]
	return c.State.symbol() + " " + word
}
