package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
)

// violationText explains a violation to those who read plain text: its definition,
// and a witness that is one.
func violationText(f *checker.Findings, a *checker.Anomaly) string {
	lines := []string{serverName(&f.Header) + " at " + levelName(f.Header.Level) + ", " + workloadName(&f.Header)}
	if a.Definition != "" {
		lines = append(lines, asSentence(a.Definition))
	}
	if w := worstWitness(a); w != nil {
		lines = append(lines, "", witnessText(f, w))
	}
	return strings.Join(lines, "\n")
}

// worstWitness returns the first witness that is as bad as its kind, nil where there is none.
func worstWitness(a *checker.Anomaly) *checker.Witness {
	if len(a.Witnesses) == 0 {
		return nil
	}
	n := slices.IndexFunc(a.Witnesses, func(w checker.Witness) bool { return w.Violation == a.Violation })
	return &a.Witnesses[max(n, 0)]
}

// edgesBetween returns the witness's dependencies of one transaction on another. One of a transaction
// on itself, such as a read that missed the transaction's own write, is none: it only marks the statements that the
// sentence is about.
func edgesBetween(w *checker.Witness) []checker.Edge {
	return slices.DeleteFunc(slices.Clone(w.Edges), func(e checker.Edge) bool { return e.From == e.To })
}

// witnessText writes a witness as plain lines: what happened, why each
// dependency is one, and every step in order with what the server answered. What
// the server said is cleaned of control characters.
func witnessText(f *checker.Findings, w *checker.Witness) string {
	var lines []string
	add := func(text string) { lines = append(lines, printable(text)) }
	add(w.Sentence)
	for _, e := range edgesBetween(w) {
		add("  " + txnLabel(e.From) + " -> " + txnLabel(e.To) + " (" + string(e.Kind) + ", " + edgeKindName(e.Kind) + "): " + e.Text)
	}
	add("")
	for n := range w.Transactions {
		t := &w.Transactions[n]
		add(txnLabel(n) + ": " + txnTitle(t) + ", " + outcomeName(t.Outcome))
	}
	if remark := clocksRemark(&f.Header, w); remark != "" {
		add("(" + remark + ")")
	}
	line := newTimeline(w)
	for _, s := range line.Steps {
		for _, text := range stepLines(f, w, s, line.Steps[0].Start) {
			add(text)
		}
	}
	return strings.Join(lines, "\n")
}

// stepLines is one step: when, who, what, and under it what came of it.
func stepLines(f *checker.Findings, w *checker.Witness, s step, first int64) []string {
	since := sinceText(s.Start - first)
	if timeless(&f.Header, w) {
		since = ""
	}
	text := "  " + pad(since, 10) + " " + txnLabel(s.Txn) + "  " + stepText(f, w, s)
	if s.Kind == stepStatement {
		if note := versionNote(text, w.Transactions[s.Txn].ID().Version(s.Op)); note != "" {
			text += "  -- " + note
		}
	}
	lines := []string{text}
	const indent = "                 "
	if s.Kind == stepStatement {
		for _, a := range answers(f, w, s) {
			line := indent + "=> " + a.Text
			if a.Version != "" {
				line += " (" + a.Version + ")"
			}
			lines = append(lines, line)
		}
	}
	if err := stepError(w, s); err != nil {
		lines = append(lines, indent+"!! "+errorText(err.Class, err.Code, err.Message))
	}
	if remark := stepRemark(&f.Header, w, s); remark != "" {
		lines = append(lines, indent+"("+remark+")")
	}
	return lines
}
