package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
)

// A read that missed its own transaction's write depends on no other transaction: no text says "T1 → T1".
func TestWitnessWithinATransaction(t *testing.T) {
	run := violatedRun()
	f := run.Findings
	within := dirtyRead()
	within.Sentence = "T1 did not read its own latest write of counters 1."
	within.Edges[0].To = within.Edges[0].From
	within.Edges[0].Text = "T1 read counters 1"
	within.Violation = true
	for i := range f.Anomalies {
		f.Anomalies[i].Count, f.Anomalies[i].Violations, f.Anomalies[i].Violation, f.Anomalies[i].Witnesses = 0, 0, false, nil
	}
	f.Anomalies[0].ID, f.Anomalies[0].Name = checker.InternalRead, "internal inconsistency"
	find(f, checker.InternalRead, 1, true, within)
	var terminal, page bytes.Buffer
	if err := Terminal(&terminal, report(run), TerminalOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&page, report(run)); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"terminal": terminal.String(), "plain": witnessText(f, &within), "page": page.String()} {
		if !strings.Contains(text, within.Sentence) {
			t.Errorf("%s: the sentence is missing in\n%.3000s", what, text)
		}
		for _, not := range []string{"T1 → T1", "T1 -> T1", "T1 read counters 1<", "T1 read counters 1\n"} {
			if strings.Contains(text, not) {
				t.Errorf("%s: there is %q", what, not)
			}
		}
	}
}
