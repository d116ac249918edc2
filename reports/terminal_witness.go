package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
)

// worst writes the worst witness: that of the first violation, else of the first anomaly that was found.
func (t *terminal) worst(runs []Run) {
	marks := newAnchors(runs)
	for _, state := range []State{Violation, Observed} {
		for i, run := range runs {
			for n, a := range run.Findings.Anomalies {
				if stateOf(a) == state && len(a.Witnesses) > 0 {
					v := max(0, slices.IndexFunc(a.Witnesses, func(w checker.Witness) bool { return w.Violation == a.Violation }))
					t.witnessTitle(runs, run.Findings, &a)
					t.witness(run.Findings, &a.Witnesses[v], marks[place{i, n, v}])
					return
				}
			}
		}
	}
}

// witnessLines is how many lines the worst witness may take, its heading not counted.
const witnessLines = 6

func (t *terminal) witnessTitle(runs []Run, f *checker.Findings, a *checker.Anomaly) {
	title := "How: " + a.Name
	if len(runs) > 1 {
		title += " at " + levelName(f.Header.Level) + ", " + workloadName(&f.Header)
	}
	if len(servers(runs)) > 1 {
		title += ", " + serverName(&f.Header)
	}
	t.heading(title)
}

func (t *terminal) witness(f *checker.Findings, w *checker.Witness, mark string) {
	var edges []string
	for _, e := range edgesBetween(w) {
		edges = append(edges, wrapped(txnLabel(e.From)+" → "+txnLabel(e.To)+" "+edgeLabel(e.Kind)+": "+e.Text, t.width-2)...)
	}
	lines := wrapped(w.Sentence, t.width-2)
	if head, _, ok := strings.Cut(w.Sentence, ": "); ok && !t.opts.Verbose && len(lines)+len(edges) > witnessLines {
		lines = wrapped(head+":", t.width-2) // what comes after it says what the edges say
	}
	lines = append(lines, edges...)
	if t.opts.Verbose {
		lines = append(lines, t.stepLines(f, w)...)
	} else if len(lines) > witnessLines {
		lines = append(lines[:witnessLines-1:witnessLines-1], "and so on, back to where it began")
	}
	for _, line := range lines {
		t.line("  " + line)
	}
	if mark != "" && t.opts.Path != "" {
		t.wrap("  ", "  ", "In the report: #"+mark)
	}
}

// edgeLabel is the short name of a dependency's kind: ww, wr and rw are the textbooks' own.
func edgeLabel(k checker.EdgeKind) string {
	if k == checker.Before {
		return edgeKindName(k)
	}
	return string(k)
}

// stepLines are the witness's steps in order, one or more lines each.
func (t *terminal) stepLines(f *checker.Findings, w *checker.Witness) []string {
	var lines []string
	for _, s := range newTimeline(w).Steps {
		text := number(s.Number) + " " + txnLabel(s.Txn) + " " + stepText(f, w, s)
		if s.Kind == stepStatement {
			if note := versionNote(text, w.Transactions[s.Txn].ID().Version(s.Op)); note != "" {
				text += " -- " + note
			}
			for _, a := range answers(f, w, s) {
				text += " → " + a.Text
			}
		}
		if err := stepError(w, s); err != nil {
			text += " ✗ " + errorText(err.Class, err.Code, err.Message)
		}
		for i, line := range wrapped(text, t.width-6) {
			if i > 0 {
				line = "    " + line
			}
			lines = append(lines, line)
		}
	}
	return lines
}
