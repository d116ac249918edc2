package reports

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// tableCell is a text in a colour, "" for none.
type tableCell struct{ text, color string }

// table writes rows whose first cell names them, in as many tables as it takes to fit.
func (t *terminal) table(head []string, rows [][]tableCell) {
	names := 16
	for _, r := range rows {
		names = max(names, utf8.RuneCountInString(r[0].text)+1)
	}
	names = min(names, max(16, t.width/2))
	widths := make([]int, len(head))
	for i := 1; i < len(head); i++ {
		widths[i] = cellColumn
		for _, r := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i].text)+2)
		}
		widths[i] = min(widths[i], t.width-names)
	}
	for from := 1; from < len(head); {
		to, used := from, names
		for to < len(head) && (to == from || used+widths[to] <= t.width) {
			used += widths[to]
			to++
		}
		t.tablePart(head, rows, widths, names, from, to)
		if from = to; from < len(head) {
			t.line("")
		}
	}
}

// tablePart writes the columns from one to before another, with the first.
func (t *terminal) tablePart(head []string, rows [][]tableCell, widths []int, names, from, to int) {
	columns := [][]string{wrapped(head[0], names-1)}
	lines := len(columns[0])
	for i := from; i < to; i++ {
		h := wrapped(head[i], widths[i]-1)
		columns, lines = append(columns, h), max(lines, len(h))
	}
	for n := range lines {
		line, width := "", names
		for i, h := range columns {
			text := ""
			if n < len(h) {
				text = h[n]
			}
			line += pad(text, width)
			if i+from < to {
				width = widths[from+i]
			}
		}
		t.line(t.painted("1", strings.TrimRight(line, " ")))
	}
	for _, r := range rows {
		name := wrapped(r[0].text, names-1)
		line := pad(name[0], names)
		cells := r[from:to]
		last := len(cells) - 1 - slices.IndexFunc(reversed(cells), func(c tableCell) bool { return c.text != "" })
		for i, c := range cells {
			text := shorten(printable(c.text), widths[from+i]-1)
			if i < last {
				text = pad(text, widths[from+i])
			}
			if c.color != "" {
				text = t.painted(c.color, text)
			}
			line += text
		}
		t.line(line)
		for _, more := range name[1:] {
			t.line("  " + more)
		}
	}
}

func reversed(cells []tableCell) []tableCell {
	out := slices.Clone(cells)
	slices.Reverse(out)
	return out
}
