package reports

import (
	"fmt"
	"io"
	"strings"
)

// Terminal writes the comparison's summary: differences first, the matrix side
// by side, throughput and latency. No line is wider than the options ask.
func (d *ComparisonDocument) Terminal(w io.Writer, opts TerminalOptions) error {
	t := &terminal{opts: opts, width: opts.Width}
	if t.width == 0 {
		t.width = 80
	}
	t.width = max(t.width, 40)
	t.comparison(d)
	if _, err := io.WriteString(w, t.out.String()); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	return nil
}

func (t *terminal) comparison(d *ComparisonDocument) {
	for _, line := range wrapped(d.Sentence(), t.width) {
		t.line(t.painted("1", line))
	}
	if len(d.Differences) > 0 {
		t.blank()
	}
	for _, x := range d.groups() {
		symbol, color := "≠", yellow
		switch {
		case x.Violation:
			symbol, color = Violation.symbol(), red
		case x.Chance:
			symbol, color = "~", dim
		}
		t.item(symbol, color, x.Text)
		for _, item := range x.Items {
			t.wrap("      ", "        ", item)
		}
	}
	if !t.opts.Quiet {
		t.comparedLevels(d)
		t.comparedProbes(d)
		t.comparedPerformance(d)
	}
	t.problems(d.Errors)
	if t.opts.Path != "" && !t.opts.Quiet {
		t.blank()
		t.wrap("Comparison: ", "            ", t.opts.Path)
	}
}

// comparedLevels writes a table for each level, and several where the subjects do not fit beside each other.
func (t *terminal) comparedLevels(d *ComparisonDocument) {
	for _, table := range d.Levels {
		head := []string{capital(levelName(table.Level))}
		for i, s := range d.Subjects {
			h := s.Label
			if table.Heads[i].Model != "" {
				h += ", " + table.Heads[i].Model
			}
			head = append(head, h)
		}
		var rows [][]tableCell
		var notSeen, notExercised []string
		for _, r := range table.Rows {
			switch worstState(r) {
			case NotSeen:
				notSeen = append(notSeen, r.whole())
				continue
			case NotExercised:
				notExercised = append(notExercised, r.whole())
				continue
			}
			line := []tableCell{{text: r.whole()}}
			for _, c := range r.Cells {
				line = append(line, tableCell{shortCell(c), stateColor(c.State)})
			}
			rows = append(rows, line)
		}
		t.blank()
		t.table(head, rows)
		if len(notSeen) > 0 {
			t.item(NotSeen.symbol(), stateColor(NotSeen), "nowhere seen: "+strings.Join(notSeen, ", "))
		}
		if len(notExercised) > 0 && t.opts.Verbose {
			t.item(NotExercised.symbol(), stateColor(NotExercised), "nowhere exercised: "+strings.Join(notExercised, ", "))
		}
	}
	if len(d.Levels) > 0 {
		t.blank()
		for _, line := range wrapped("○ not seen · ● observed, allowed · ✗ VIOLATION · – not exercised", t.width) {
			t.line(t.painted(dim, line))
		}
	}
}

// worstState is the worst that became of an anomaly on any subject.
func worstState(r AnomalyRow) State {
	worst := NotExercised
	for _, c := range r.Cells {
		if c.State.rank() > worst.rank() {
			worst = c.State
		}
	}
	return worst
}

// shortCell is a cell's state as symbol, word and count, within the width of a cell.
func shortCell(c AnomalyCell) string {
	if c.State == "" {
		return "not run"
	}
	if c.Count > 0 {
		return c.State.symbol() + " " + number(c.Count)
	}
	return c.State.symbol() + " " + map[State]string{NotExercised: "unexercised", NotSeen: "not seen"}[c.State]
}

// comparedProbes writes the probes that do not come out alike; with Verbose, all.
func (t *terminal) comparedProbes(d *ComparisonDocument) {
	head := []string{"Probes"}
	for _, s := range d.Subjects {
		head = append(head, s.Label)
	}
	var rows [][]tableCell
	same := 0
	for _, r := range d.Probes {
		if !r.differs() && !t.opts.Verbose {
			same++
			continue
		}
		line := []tableCell{{text: r.Title + ", " + levelName(r.Level)}}
		for _, c := range r.Cells {
			line = append(line, tableCell{c.text(), c.State.color()})
		}
		rows = append(rows, line)
	}
	if len(rows) > 0 {
		t.blank()
		t.table(head, rows)
	}
	if same > 0 {
		t.item("=", dim, counted(same, "probe")+" came out alike on all")
	}
}

func (t *terminal) comparedPerformance(d *ComparisonDocument) {
	if len(d.Performance) == 0 {
		return
	}
	head := []string{"Throughput and latency"}
	for _, s := range d.Subjects {
		head = append(head, s.Label)
	}
	var rows [][]tableCell
	for _, r := range d.Performance {
		line := []tableCell{{text: r.Workload + ", " + levelName(r.Level) + ", " + string(r.Measure)}}
		for _, v := range r.Cells {
			text, color := r.Measure.valueText(v), ""
			if change := changeText(v); change != "" {
				text += " (" + change + ")"
				color = performanceColor(r.Measure, v)
			}
			line = append(line, tableCell{text, color})
		}
		rows = append(rows, line)
	}
	t.blank()
	t.table(head, rows)
	for _, line := range wrapped(performanceLegend+" "+d.few(), t.width) {
		t.line(t.painted(dim, line))
	}
}

func performanceColor(m Measure, v PerformanceValue) string {
	switch {
	case !v.Differs:
		return dim
	case m.worse(*v.Change):
		return yellow
	}
	return green
}
