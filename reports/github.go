package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/isocheck/isocheck/checker"
)

// GitHub writes the workflow commands that make GitHub Actions show a report's
// problems beside the run: an error for each kind of violation at a level and for
// what could not be done, a warning for what is inconclusive. See GitHub's
// "Workflow commands for GitHub Actions". The job's summary is for Markdown.
func GitHub(w io.Writer, r *Report) error {
	var b strings.Builder
	runs := r.checked()
	for _, e := range r.Errors {
		b.WriteString(workflowCommand("error", "isocheck could not do all that was asked", e))
	}
	seen := map[string]bool{}
	for _, run := range settled(runs) {
		f := run.Findings
		where := serverName(&f.Header) + " at " + levelName(f.Header.Level)
		for n := range f.Anomalies {
			a := &f.Anomalies[n]
			title := shortName(a.Name) + ": " + where
			if stateOf(*a) != Violation || seen[title] {
				continue
			}
			seen[title] = true // GitHub shows ten errors of a step: one for each kind
			b.WriteString(workflowCommand("error", title, violationText(f, a)))
		}
		for _, i := range run.Findings.Invariants {
			if i.Violation {
				b.WriteString(workflowCommand("error", "invariant broken: "+where, i.Name+", "+workloadName(&f.Header)+": "+invariantText(i)))
			}
		}
		if f.Verdict == checker.Inconclusive {
			b.WriteString(workflowCommand("warning", "inconclusive: "+where, workloadName(&f.Header)+": "+strings.Join(append([]string{verdictSentence(f)}, reasons(f)...), " ")))
		}
	}
	for i := range r.Probes {
		if p := &r.Probes[i]; p.State == ProbeViolation {
			b.WriteString(workflowCommand("error", "probe "+p.Label()+": "+p.Server+" at "+levelName(p.Level), probeText(p)))
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing for GitHub Actions: %w", err)
	}
	return nil
}

// workflowCommand is one line that GitHub Actions understands. What it takes for
// the end of the line, or of a property, is escaped as its toolkit does it, so
// that nothing a server says becomes a command.
func workflowCommand(kind, title, message string) string {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return "::" + kind + " title=" + property.Replace(title) + "::" + data.Replace(message) + "\n"
}

// GitHubError writes one error of a title for GitHub Actions to show beside the run.
func GitHubError(w io.Writer, title, message string) error {
	_, err := io.WriteString(w, workflowCommand("error", title, message))
	return err
}
