package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// TerminalOptions says how the terminal's summary is to look. The zero value is
// plain text for 80 columns.
type TerminalOptions struct {
	Color bool
	// Width is the number of columns, 80 where it is 0. Under 40 it is taken as 40.
	Width int
	// Quiet leaves all out but the verdict of each run and what could not be done.
	Quiet bool
	// Verbose adds what was not exercised, the steps of the worst witness and
	// how much was looked at.
	Verbose bool
	// Path is where the full report is; no line says so where it is empty.
	Path string
}

// Terminal writes the summary of a report. No line of it is wider than the
// options ask; what the server said is cleaned of control characters.
func Terminal(w io.Writer, r *Report, opts TerminalOptions) error {
	t := &terminal{opts: opts, width: opts.Width}
	if t.width == 0 {
		t.width = 80
	}
	t.width = max(t.width, 40)
	runs := r.checked()
	if len(runs) == 1 {
		t.single(r, runs[0])
	} else {
		t.several(r, runs)
	}
	if !opts.Quiet {
		t.worst(runs)
		t.invariants(runs)
		t.aborts(runs)
		t.meanwhile(runs)
		t.probeLines(r)
	}
	t.problems(r.Errors)
	if opts.Path != "" && !opts.Quiet {
		t.blank()
		t.wrap("Report: ", "        ", opts.Path)
	}
	if _, err := io.WriteString(w, t.out.String()); err != nil {
		return fmt.Errorf("writing the summary: %w", err)
	}
	return nil
}

// single writes the verdict and the anomalies of the only run.
func (t *terminal) single(r *Report, run Run) {
	f := run.Findings
	t.verdict(reportVerdict(r), reportSentence(r))
	for _, reason := range reasons(f) {
		t.wrap("  ", "  ", reason)
	}
	if t.opts.Quiet {
		return
	}
	t.remarks([]Run{run})
	t.blank()
	t.found(f)
	runs := []Run{run}
	t.matrix(newMatrix(runs, newAnchors(runs)))
	if t.opts.Verbose {
		t.blank()
		t.scale(f)
	}
}

// several writes the verdict over all, a line for each run that is not as it
// should be, and the matrix.
func (t *terminal) several(r *Report, runs []Run) {
	t.verdict(reportVerdict(r), reportSentence(r))
	if !t.opts.Quiet {
		t.remarks(runs)
	}
	first := true
	for _, run := range runs {
		f := run.Findings
		if f.Verdict == checker.Kept && !t.opts.Verbose && !t.opts.Quiet {
			continue // the matrix says it
		}
		if first {
			t.blank()
			first = false
		}
		line := runTitle(runs, f) + ": " + verdictWord(f.Verdict) + " (" + ruler(f) + "), " + counted(f.Counts.Committed, "transaction")
		t.item(verdictSymbol(f.Verdict), verdictColor(f.Verdict), line)
		if !t.opts.Quiet {
			for _, reason := range reasons(f) {
				t.wrap("    ", "    ", reason)
			}
		}
	}
	if !t.opts.Quiet && len(runs) > 0 {
		t.blank()
		t.matrix(newMatrix(runs, newAnchors(runs)))
	}
}

func (t *terminal) remarks(runs []Run) {
	for _, remark := range remarks(runs) {
		t.wrap("  ", "  ", remark)
	}
}

func (t *terminal) verdict(v checker.Verdict, sentence string) {
	prefix := verdictSymbol(v) + " "
	for _, line := range wrapped(sentence, t.width-2) {
		t.line(t.painted(verdictColor(v)+bold, prefix+line))
		prefix = "  "
	}
}

// found lists the violations, and where much is asked for also what was observed and is allowed.
func (t *terminal) found(f *checker.Findings) {
	listed := false
	for _, state := range []State{Violation, Observed} {
		for i := range f.Anomalies {
			if a := &f.Anomalies[i]; stateOf(*a) == state && (state == Violation || t.opts.Verbose) {
				t.item(state.symbol(), stateColor(state), string(state)+": "+nameAndClass(a)+", "+countText(a))
				listed = true
			}
		}
	}
	if listed {
		t.blank()
	}
}

func nameAndClass(a *checker.Anomaly) string {
	if a.Class == "" || a.Class == "—" {
		return a.Name
	}
	return shortName(a.Name) + " (" + a.Class + ")"
}

// scale says how much was looked at.
func (t *terminal) scale(f *checker.Findings) {
	c := f.Counts
	t.item("·", dim, fmt.Sprintf("looked at %s on %s, %s, %s of them between overlapping transactions",
		counted(c.Operations, "operation"), counted(c.Objects, "row"), dependencies(c.Dependencies), number(c.Contended)))
}

func dependencies(n int) string {
	if n == 1 {
		return "1 dependency"
	}
	return number(n) + " dependencies"
}

// invariants writes what became of the workloads' invariants: with several runs
// only of those whose breach is a violation, and the names of the others that broke.
func (t *terminal) invariants(runs []Run) {
	var lines []func()
	var allowed []string
	for _, run := range runs {
		for _, i := range run.Findings.Invariants {
			v, color := viewInvariant(i), green
			switch v.Class {
			case "violation":
				color = red
			case "broken", "unknown":
				color = yellow
			}
			text := i.Name + ": " + v.Word + ". " + v.Text
			if len(runs) > 1 {
				text = runTitle(runs, run.Findings) + ", " + text
			}
			switch {
			case len(runs) > 1 && i.Held && !i.Unknown:
			case len(runs) > 1 && v.Class == "broken" && !t.opts.Verbose:
				allowed = appendNew(allowed, i.Name)
			default:
				lines = append(lines, func() { t.brief(v.Symbol, color, text) })
			}
		}
	}
	if len(lines)+len(allowed) == 0 {
		return
	}
	t.heading("Invariants")
	for _, line := range lines {
		line()
	}
	if len(allowed) > 0 {
		t.item("●", yellow, "broken where that is allowed: "+list(allowed))
	}
}

// aborts says why transactions did not commit, by server and level where there are several.
func (t *terminal) aborts(runs []Run) {
	first, named := true, len(servers(runs)) > 1
	for _, c := range columnsOf(runs) {
		var parts []string
		for _, f := range mergedEnds(runs, c) {
			parts = append(parts, f.Value+" "+f.Name)
		}
		if len(parts) == 0 {
			continue
		}
		if first {
			t.heading("Transactions that did not commit")
			first = false
		}
		line := strings.Join(parts, " · ")
		if len(runs) > 1 {
			line = c.LevelName() + ": " + line
		}
		if named {
			line = c.Server + ", " + line
		}
		t.wrap("  ", "  ", line)
	}
}

// mergedEnds says why the transactions of a column's runs did not commit, the most frequent reason first.
func mergedEnds(runs []Run, c column) []fact {
	var merged Run
	sum := &merged.Summary
	sum.Errors = map[history.ErrorClass]int{}
	for _, i := range c.runs {
		s := runs[i].Summary
		sum.Committed += s.Committed
		sum.Aborted += s.Aborted
		sum.AbortedOnPurpose += s.AbortedOnPurpose
		sum.AbortedUnexplained += s.AbortedUnexplained
		sum.Indeterminate += s.Indeterminate
		for class, n := range s.Errors {
			sum.Errors[class] += n
		}
	}
	return endFacts(merged)[1:]
}

// meanwhile counts what happened to the server and the connections: faults above all.
func (t *terminal) meanwhile(runs []Run) {
	var kinds []string
	named := len(servers(runs)) > 1
	counts := map[string]int{}
	for _, run := range runs {
		for _, e := range run.Events {
			if e.Kind == reconnected || strings.HasSuffix(e.Kind, over) {
				continue
			}
			name := eventName(e.Kind)
			if named {
				name = serverName(&run.Findings.Header) + ": " + name
			}
			kinds = appendNew(kinds, name)
			counts[name]++
		}
	}
	if len(kinds) == 0 {
		return
	}
	for i, name := range kinds {
		if n := counts[name]; n > 1 {
			kinds[i] += " ×" + number(n)
		}
	}
	t.heading("What happened meanwhile")
	t.wrap("  ", "  ", strings.Join(kinds, " · "))
}

func (t *terminal) problems(errors []string) {
	if len(errors) == 0 {
		return
	}
	t.heading("What could not be done")
	for _, e := range errors {
		t.item("!", red, e)
	}
}
