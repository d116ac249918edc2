package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/history"
)

// Terminal writes the advice: of each workload what is recommended, the table of
// strategies by level, what failed how, and what it costs at the recommended level; with
// Verbose at every level. Quiet leaves only what is recommended. No line is wider than the options ask.
func (d *AdviceDocument) Terminal(w io.Writer, opts TerminalOptions) error {
	t := &terminal{opts: opts, width: opts.Width}
	if t.width == 0 {
		t.width = 80
	}
	t.width = max(t.width, 40)
	if !opts.Quiet && d.Server != "" {
		t.wrap("", "", d.Server+": "+d.how())
	}
	for i := range d.Workloads {
		t.advised(&d.Workloads[i])
	}
	if len(d.Workloads) > 0 && !opts.Quiet {
		t.blank()
		for _, line := range wrapped(adviceLegend, t.width) {
			t.line(t.painted(dim, line))
		}
	}
	t.problems(d.Errors)
	if opts.Path != "" && !opts.Quiet {
		t.blank()
		t.wrap("Advice: ", "        ", opts.Path)
	}
	if _, err := io.WriteString(w, t.out.String()); err != nil {
		return fmt.Errorf("writing the advice: %w", err)
	}
	return nil
}

// advised writes what there is to say of one workload.
func (t *terminal) advised(w *AdvisedWorkload) {
	t.heading(w.Name + ": " + w.Summary)
	symbol, color := "★", green
	if w.Recommended == nil {
		symbol, color = "?", yellow
	}
	t.item(symbol, color, w.Sentence)
	if t.opts.Quiet {
		return
	}
	for _, note := range w.Notes {
		t.item("·", dim, note)
	}
	t.blank()
	t.adviceMatrix(&w.Table)
	t.adviceProblems(&w.Table)
	for _, level := range w.Levels {
		if t.opts.Verbose || level == detailedLevel(&w.Table) {
			t.adviceCosts(&w.Table, level)
		}
	}
}

// detailedLevel is the level whose costs are shown in any case.
func detailedLevel(w *advice.Table) history.Level {
	if w.Recommended != nil {
		return w.Recommended.Level
	}
	return ""
}

func (t *terminal) adviceMatrix(w *advice.Table) {
	head := []string{""}
	for _, level := range w.Levels {
		head = append(head, levelName(level))
	}
	names := 0
	for _, s := range w.Strategies {
		names = max(names, utf8.RuneCountInString(s.Name)+1)
	}
	room := (t.width+1-names)/max(len(w.Levels), 1) - 1
	if room < leastAdvice-1 {
		room = leastAdvice - 1 // there will be several tables
	}
	var rows [][]tableCell
	for _, s := range w.Strategies {
		row := []tableCell{{text: s.Name}}
		for _, level := range w.Levels {
			c := w.Cell(s.Name, level)
			row = append(row, tableCell{strings.TrimSpace(adviceSymbol(w, c) + " " + wordOf(w, c, room-2)), adviceColor(w, c)})
		}
		rows = append(rows, row)
	}
	t.fitted(head, rows)
}

func adviceColor(w *advice.Table, c *advice.Cell) string {
	switch {
	case c.Verdict == advice.Unsafe:
		return red
	case c.Verdict == advice.Inconclusive, c.Verdict == advice.Safe && butOf(w, c) != "":
		return yellow
	case isRecommended(w, c):
		return green + bold
	case c.Verdict == advice.Safe:
		return green
	}
	return dim
}

// adviceProblems says of each strategy that failed, or has a drawback, what it was.
func (t *terminal) adviceProblems(w *advice.Table) {
	for _, kind := range []struct {
		symbol, color string
		text          func(*advice.Cell) string
	}{
		{"✗", red, cellProblems},
		{"▲", yellow, func(c *advice.Cell) string {
			if c.Verdict != advice.Safe {
				return ""
			}
			return butOf(w, c)
		}},
		{"?", yellow, func(c *advice.Cell) string {
			if c.Verdict != advice.Inconclusive {
				return ""
			}
			return strings.Join(c.Doubts, "; ")
		}},
	} {
		for _, s := range w.Strategies {
			if text := atLevels(w, s.Name, kind.text); text != "" {
				t.item(kind.symbol, kind.color, s.Name+": "+text)
			}
		}
	}
	for _, s := range w.Strategies {
		if len(s.Missing) > 0 {
			t.item("–", dim, s.Name+": not there, because this database lacks "+list(s.Missing))
		}
	}
}

// atLevels tells what there is to say of a strategy at each level, the same of several levels once.
func atLevels(w *advice.Table, strategy string, say func(*advice.Cell) string) string {
	var texts []string
	levels := map[string][]string{}
	for _, level := range w.Levels {
		text := say(w.Cell(strategy, level))
		if text == "" {
			continue
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
		levels[text] = append(levels[text], levelName(level))
	}
	for i, text := range texts {
		if atOwnLevel(w, strategy) == "" {
			at := "at " + list(levels[text])
			if len(levels[text]) == len(w.Levels) && len(w.Levels) > 1 {
				at = "at every level"
			}
			texts[i] = at + " " + text
		}
	}
	return strings.Join(texts, "; ")
}

// adviceCosts writes what every strategy costs at one level.
func (t *terminal) adviceCosts(w *advice.Table, level history.Level) {
	head := []string{capital(levelName(level)), "tx/s", "", "p50", "p99", "retries", "deadlocks", "undone"}
	var rows [][]tableCell
	for _, s := range w.Strategies {
		c := w.Cell(s.Name, level)
		if c.Repeats == 0 {
			continue
		}
		color := adviceColor(w, c)
		rows = append(rows, []tableCell{
			{text: adviceSymbol(w, c) + " " + s.Name},
			{number(int64(c.Throughput.Median + 0.5)), color},
			{spreadText(c.Throughput), dim},
			{text: duration(int64(c.P50.Median))},
			{text: duration(int64(c.P99.Median))},
			{text: perCommit(c.Retries)},
			{text: perCommit(c.Deadlocks)},
			{text: perCommit(c.Failed)},
		})
	}
	if len(rows) == 0 {
		return
	}
	t.blank()
	t.fitted(head, rows)
}

// leastAdvice is the least columns for a cell of advice.
const leastAdvice = 14

// fitted writes a table whose columns are as wide as what is in them, or narrower where that
// makes it fit. Where even that does not, it is written in parts, as other tables are.
func (t *terminal) fitted(head []string, rows [][]tableCell) {
	widths, all := make([]int, len(head)), 0
	for i := range head {
		for _, word := range strings.Fields(head[i]) {
			widths[i] = max(widths[i], utf8.RuneCountInString(word)+2)
		}
		for _, r := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i].text)+2)
		}
		all += widths[i]
	}
	if most := (t.width + 1 - widths[0] + 1) / max(len(head)-1, 1); all-2 > t.width && most >= leastAdvice {
		widths[0]--
		for i := 1; i < len(head); i++ {
			widths[i] = min(widths[i], most)
		}
	} else if all-2 > t.width {
		t.table(head, rows)
		return
	}
	t.tablePart(head, rows, widths, widths[0], 1, len(head))
}
