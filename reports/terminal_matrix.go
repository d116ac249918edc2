package reports

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isocheck/isocheck/checker"
)

const (
	nameColumn = 24 // the least columns for the anomaly's name, the space after it included
	cellColumn = 14 // columns for one cell, at least
	cellFull   = 21 // columns for one cell from which on it says how often
	cellMost   = 26 // columns for one cell at most
)

// matrix writes anomaly × level: a table for each server, and several where
// its levels do not fit beside each other. Where there is room, cells have their counts.
func (t *terminal) matrix(m matrix) {
	rows, notSeen, notTried := m.brief()
	if t.opts.Verbose {
		rows, notSeen, notTried = m.Rows, nil, nil
	}
	per := max(1, (t.width-nameColumn)/cellColumn)
	for from := 0; from < len(m.Columns); {
		to := from + 1
		for to < len(m.Columns) && to-from < per && m.Columns[to].Server == m.Columns[from].Server {
			to++
		}
		names := max(nameColumn, min(longestName(rows)+2, t.width-cellColumn*(to-from)))
		cells := max(cellColumn, min(cellMost, (t.width-names)/(to-from)))
		t.matrixHead(m.Columns[from:to], names, cells)
		for _, r := range rows {
			t.matrixRow(r, from, to, names, cells)
		}
		t.line("")
		from = to
	}
	if len(notSeen) > 0 {
		t.item(NotSeen.symbol(), dim, "also not seen: "+list(notSeen))
	}
	if len(notTried) > 0 {
		t.item(NotExercised.symbol(), dim, "also not exercised: "+list(notTried))
	}
	legend := "○ not seen · ● observed, allowed · ✗ VIOLATION · – not exercised"
	if hidden := variantsFound(m); hidden > 0 && !t.opts.Verbose {
		legend += ". Against " + m.Orders() + ": see the report"
	}
	for _, line := range wrapped(legend, t.width) {
		t.line(t.painted(dim, line))
	}
}

// basic are the anomalies that engineers look for by name: they have a row whatever
// became of them.
var basic = []checker.AnomalyID{
	checker.DirtyWrite, checker.DirtyRead, checker.LostUpdate, checker.NonRepeatableRead, checker.Phantom, checker.ReadSkew,
	checker.LongFork, checker.WriteSkew, checker.PredicateWriteSkew,
}

// brief is the main rows without those of which there is nothing to tell: they are
// names only, of what was seen nowhere and of what was exercised nowhere.
func (m matrix) brief() (rows []row, notSeen, notTried []string) {
	for _, r := range m.Main() {
		switch worst := r.Worst(); {
		case worst.rank() > NotSeen.rank() || slices.Contains(basic, r.ID):
			rows = append(rows, r)
		case worst == NotSeen:
			notSeen = append(notSeen, r.whole())
		default:
			notTried = append(notTried, r.whole())
		}
	}
	return rows, notSeen, notTried
}

// variantsFound is how many variants of anomalies were found that stand only in the report.
func variantsFound(m matrix) int {
	n := 0
	for _, r := range m.Variants() {
		if r.Worst() == Observed {
			n++
		}
	}
	return n
}

// matrixHead writes the server and the levels, each word on a line of its own where need be.
func (t *terminal) matrixHead(columns []column, names, cells int) {
	heads := [][]string{wrapped(columns[0].Server, names-1)}
	lines := len(heads[0])
	for _, c := range columns {
		head := wrapped(c.LevelName(), cells-1)
		if cells >= cellFull {
			head = append(head, wrapped(c.Tried(), cells-1)...)
		}
		heads, lines = append(heads, head), max(lines, len(head))
	}
	for n := range lines {
		line, width := "", names
		for i, h := range heads {
			text := ""
			if at := n - (lines - len(h)); at >= 0 && i > 0 {
				text = h[at]
			} else if i == 0 && n < len(h) {
				text = h[n]
			}
			line, width = line+pad(text, width), cells
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

func (t *terminal) matrixRow(r row, from, to, names, cells int) {
	name, more := r.label(names - 1)
	line := pad(name, names-1) + " "
	for i, c := range r.Cells[from:to] {
		text := fullCellText(c, cells)
		space := strings.Repeat(" ", max(0, cells-utf8.RuneCountInString(text)))
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

// fullCellText says also how often, where cells of this width have room for that.
func fullCellText(c cell, width int) string {
	text, more := cellText(c), ""
	switch {
	case c.Count > 0:
		more = strings.TrimPrefix(c.Word(), string(c.State))
	case c.State == NotSeen:
		more = " in " + number(c.Transactions)
	}
	if width < cellFull {
		return text
	}
	return shorten(text+more, width-1)
}
