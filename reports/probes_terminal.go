package reports

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isocheck/isocheck/history"
)

const (
	probeNames = 24 // the least columns for a probe's name
	probeCell  = 14 // columns for one cell
)

// ProbesTerminal writes the table of probes by level, what it means, and the
// witnesses of violations.
func ProbesTerminal(w io.Writer, r *Report, opts TerminalOptions) error {
	t := &terminal{opts: opts, width: opts.Width}
	if t.width == 0 {
		t.width = 80
	}
	t.width = max(t.width, 40)
	if !opts.Quiet && len(r.Probes) > 0 {
		t.probeTable(newProbeTable(r.Probes))
		if opts.Verbose {
			t.probeSteps(newProbeTable(r.Probes))
		}
		t.blank()
	}
	t.verdict(reportVerdict(r), reportSentence(r))
	t.probeViolations(r.Probes)
	t.problems(r.Errors)
	if opts.Path != "" && !opts.Quiet {
		t.blank()
		t.wrap("Report: ", "        ", opts.Path)
	}
	if _, err := io.WriteString(w, t.out.String()); err != nil {
		return fmt.Errorf("writing the table of probes: %w", err)
	}
	return nil
}

func (t *terminal) probeTable(table probeTable) {
	per := max(1, (t.width-probeNames)/probeCell)
	for from := 0; from < len(table.Columns); {
		to := from + 1
		for to < len(table.Columns) && to-from < per && table.Columns[to].Server == table.Columns[from].Server {
			to++
		}
		names := probeNames
		for _, r := range table.Rows {
			names = max(names, utf8.RuneCountInString(r.Label())+1)
		}
		names = max(probeNames, min(names, t.width-probeCell*(to-from)))
		var heads []column
		for _, c := range table.Columns[from:to] {
			heads = append(heads, column{Server: c.Server, Level: c.Level})
		}
		t.heads(heads, names, probeCell)
		for _, r := range table.Rows {
			t.probeRow(r, from, to, names)
		}
		t.line("")
		from = to
	}
	legend := "✓ prevented, and how: blocked, an error's code, the row count, or by what the snapshot showed · ● found, which is allowed · ✗ VIOLATION · a dot: about locks, what was met with"
	for _, line := range wrapped(legend, t.width) {
		t.line(t.painted(dim, line))
	}
}

// heads writes the server and the levels over a table.
func (t *terminal) heads(columns []column, names, cell int) {
	texts := [][]string{wrapped(columns[0].Server, names-1)}
	lines := len(texts[0])
	for _, c := range columns {
		head := wrapped(c.LevelName(), cell-1)
		texts, lines = append(texts, head), max(lines, len(head))
	}
	for n := range lines {
		line, width := "", names
		for _, h := range texts {
			text := ""
			if at := n - (lines - len(h)); at >= 0 {
				text = h[at]
			}
			line, width = line+pad(text, width), cell
		}
		t.line(strings.TrimRight(line, " "))
	}
}

func (t *terminal) probeRow(r probeRow, from, to, names int) {
	line := pad(r.Label(), names-1) + " "
	for i, p := range r.Cells[from:to] {
		text, color := "–", dim
		if p != nil {
			text, color = p.Symbol()+" "+p.Word(), p.State.color()
		}
		space := ""
		if i < to-from-1 {
			text = shorten(text, probeCell-1)
			space = strings.Repeat(" ", probeCell-utf8.RuneCountInString(text))
		}
		text = shorten(text, probeCell)
		line += t.painted(color, text) + space
	}
	t.line(line)
}

// probeViolations says what the probes showed that is ruled out.
func (t *terminal) probeViolations(probes []Probe) {
	for _, p := range probes {
		if p.State != ProbeViolation {
			continue
		}
		text := "probe " + p.Name + " at " + levelName(p.Level) + ": VIOLATION"
		for _, f := range p.Found {
			if f.Violation {
				text += "; " + f.Name + ": " + f.Sentence
			}
		}
		t.item(p.Symbol(), p.State.color(), text)
	}
}

// probeSteps writes the steps of every probe, and what came of each at every level.
func (t *terminal) probeSteps(table probeTable) {
	for _, r := range table.Rows {
		t.heading(r.Label() + " (" + r.Name + ")")
		if r.About != "" {
			t.wrap("  ", "  ", r.About)
		}
		for i, p := range r.Cells {
			if p == nil {
				continue
			}
			t.line("  " + p.Symbol() + " " + table.Columns[i].LevelName() + ": " + p.Word())
			if p.State == ProbeMissing {
				continue
			}
			for _, s := range p.Steps {
				t.wrap(fmt.Sprintf("      %d: ", s.Session), "         ", s.Statement+" → "+s.Answer)
			}
		}
	}
}

// probeLines says in a line for each level what the probes of a run showed.
func (t *terminal) probeLines(r *Report) {
	if len(r.Probes) == 0 {
		if r.ProbesLeftOut != "" {
			t.heading("Probes")
			t.item("–", dim, "left out: "+r.ProbesLeftOut)
		}
		return
	}
	t.heading("Probes (fixed interleavings)")
	for _, c := range newProbeTable(r.Probes).Columns {
		t.item("·", dim, capital(levelName(c.Level))+": "+probeSummary(r.Probes, c, t.opts.Verbose))
	}
	t.probeViolations(r.Probes)
}

// probeSummary counts what became of the probes of one column; where much is asked
// for also how anomalies were prevented, and which were found.
func probeSummary(probes []Probe, c probeColumn, much bool) string {
	var classes []string
	prevented, anomalies, found, violations := map[string]int{}, 0, 0, 0
	for _, p := range probes {
		if p.Server != c.Server || p.Level != c.Level {
			continue
		}
		switch p.State {
		case ProbeObserved, ProbeMissing:
			continue
		case ProbeAllowed:
			found++
			if p.Class != "" {
				classes = appendNew(classes, p.Class)
			}
		case ProbeViolation:
			violations++
		default:
			prevented[p.How]++
		}
		anomalies++
	}
	sum := 0
	var how []string
	for _, h := range slices.SortedFunc(maps.Keys(prevented), func(a, b string) int {
		return cmp.Or(prevented[b]-prevented[a], strings.Compare(a, b))
	}) {
		sum += prevented[h]
		how = append(how, number(prevented[h])+" × "+h)
	}
	text := fmt.Sprintf("%d of %d %s prevented", sum, anomalies, agree(anomalies, "anomaly", "anomalies"))
	if len(how) > 0 && much {
		text += " (" + strings.Join(how, ", ") + ")"
	}
	if found > 0 {
		text += "; " + number(found) + " found, which is allowed"
		if much {
			text += ": " + strings.Join(classes, ", ")
		}
	}
	if violations > 0 {
		text += "; " + counted(violations, "VIOLATION")
	}
	return text
}

// probesSentence says what became of all probes, for a report of nothing else.
func probesSentence(r *Report) string {
	var who []string
	var levels []history.Level
	names := map[string]bool{}
	for _, p := range r.Probes {
		who, names[p.Name] = appendNew(who, p.Server), true
		if !slices.Contains(levels, p.Level) {
			levels = append(levels, p.Level)
		}
	}
	in := " in " + counted(len(names), "probe") + " at " + counted(len(levels), "level")
	switch {
	case probesViolate(r):
		return list(who) + " showed what is ruled out: " + violatingProbes(r.Probes) + "."
	case len(r.Errors) > 0:
		return "Inconclusive: " + list(who) + " showed nothing that is ruled out" + in + ", but not all that was asked could be done."
	}
	return list(who) + " showed nothing that is ruled out" + in + "."
}

// violatingProbes names the first probes that showed what is ruled out.
func violatingProbes(probes []Probe) string {
	const most = 3
	var names []string
	more := 0
	for _, p := range probes {
		switch {
		case p.State != ProbeViolation:
			continue
		case len(names) == most:
			more++
			continue
		}
		what := "a violation"
		for _, f := range p.Found {
			if f.ID == p.Anomaly {
				what = shortName(f.Name)
			}
		}
		names = append(names, what+" in probe "+p.Name+" at "+levelName(p.Level))
	}
	if more > 0 {
		names = append(names, number(more)+" more")
	}
	return list(names)
}
