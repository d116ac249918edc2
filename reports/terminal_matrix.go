package reports

import (
	"strings"
	"unicode/utf8"
)

const (
	nameColumn = 24 // columns for the anomaly's name, the space after it included
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
		t.matrixHead(m.Columns[from:to])
		for _, r := range m.Rows {
			t.matrixRow(r, from, to)
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
func (t *terminal) matrixHead(columns []column) {
	heads := [][]string{wrapped(columns[0].Server, nameColumn-1)}
	lines := len(heads[0])
	for _, c := range columns {
		head := wrapped(c.LevelName(), cellColumn-1)
		heads, lines = append(heads, head), max(lines, len(head))
	}
	for n := range lines {
		line, width := "", nameColumn
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

func (t *terminal) matrixRow(r row, from, to int) {
	name := shortName(r.Name)
	if utf8.RuneCountInString(name) >= nameColumn {
		name = strings.ReplaceAll(string(r.ID), "-", " ")
	}
	line := pad(name, nameColumn-1) + " "
	for i, c := range r.Cells[from:to] {
		text := cellText(c)
		space := strings.Repeat(" ", max(0, cellColumn-utf8.RuneCountInString(text)))
		if i == to-from-1 {
			space = ""
		}
		line += t.painted(stateColor(c.State), text) + space
	}
	t.line(line)
}

// cellText is a cell's state as symbol and word, within the width of a cell.
func cellText(c cell) string {
	word := map[State]string{NotExercised: "unexercised", NotSeen: "not seen", Observed: "observed", Violation: "VIOLATION"}[c.State]
	return c.State.symbol() + " " + word
}
