package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
)

// Markdown writes the report as GitHub Flavored Markdown: the verdict, the matrix
// of anomalies by level, the worst witness of each violation, how fast it was,
// and how to run it again. It is short enough for the summary of a CI job.
func Markdown(w io.Writer, r *Report) error {
	m := &markdown{}
	runs := r.checked()
	m.line("## %s %s", verdictSymbol(reportVerdict(r)), mdText(r.title()))
	m.line("")
	m.line("**%s**", mdText(reportSentence(r)))
	for _, run := range runs {
		for _, reason := range reasons(run.Findings) {
			m.line("\n- %s: %s", mdText(runTitle(runs, run.Findings)), mdText(reason))
		}
	}
	for _, remark := range remarks(runs) {
		m.line("\n- %s", mdText(remark))
	}
	m.problems(r.Errors)
	m.matrices(newMatrix(runs, nil))
	m.violations(runs)
	m.probes(r.Probes)
	m.invariants(runs)
	m.performance(runs)
	m.how(r)
	if _, err := io.WriteString(w, m.out.String()); err != nil {
		return fmt.Errorf("writing the Markdown report: %w", err)
	}
	return nil
}

// markdown gathers lines of Markdown.
type markdown struct{ out strings.Builder }

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.out, format+"\n", args...) }

func (m *markdown) heading(text string) { m.line("\n### %s\n", text) }

func (m *markdown) problems(errors []string) {
	if len(errors) == 0 {
		return
	}
	m.heading("What could not be done")
	for _, e := range errors {
		m.line("- %s", mdText(e))
	}
}

// table writes a table. All cells are Markdown already.
func (m *markdown) table(head []string, rows [][]string) {
	m.line("| %s |", strings.Join(head, " | "))
	m.line("|%s", strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		m.line("| %s |", strings.Join(row, " | "))
	}
}

// matrices writes a table of anomalies by level for each server.
func (m *markdown) matrices(all matrix) {
	if len(all.Rows) == 0 {
		return
	}
	m.heading("Anomalies by level")
	at := 0
	for _, server := range all.Servers() {
		columns := all.Columns[at : at+server.Count]
		head := []string{mdText(server.Name)}
		for _, c := range columns {
			head = append(head, mdText(c.LevelName())+"<br>"+c.Tried())
		}
		var rows [][]string
		for _, r := range all.Rows {
			cells := []string{mdText(r.whole())}
			for _, c := range r.Cells[at : at+server.Count] {
				cells = append(cells, mdCell(c))
			}
			rows = append(rows, cells)
		}
		m.table(head, rows)
		m.line("")
		at += server.Count
	}
	m.line("○ not seen in that many transactions · ● observed, which is allowed · ✗ **violation** · – not exercised")
}

func mdCell(c cell) string {
	word := c.Symbol() + " " + c.Word()
	if c.State == Violation {
		return "**" + word + "**"
	}
	return word
}

// mdWitnesses is how many violations are shown with a witness: a summary of a CI job may have 1 MiB.
const mdWitnesses = 10

func (m *markdown) violations(runs []Run) {
	shown := 0
	for _, run := range runs {
		f := run.Findings
		for n := range f.Anomalies {
			a := &f.Anomalies[n]
			if stateOf(*a) != Violation {
				continue
			}
			if shown == 0 {
				m.heading("Violations")
			}
			if shown++; shown > mdWitnesses {
				continue
			}
			m.line("<details%s><summary><b>%s</b> · %s · %s</summary>\n", openFirst(shown), mdText(nameAndClass(a)), mdText(runTitle(runs, f)), mdText(countText(a)))
			m.code(violationText(f, a))
			m.line("\n</details>\n")
		}
	}
	if shown > mdWitnesses {
		m.line("And %s more, in the report.", number(shown-mdWitnesses))
	}
}

// probes writes the probes that found what is ruled out, and how many there were.
func (m *markdown) probes(probes []Probe) {
	if len(probes) == 0 {
		return
	}
	count := map[ProbeState]int{}
	for i := range probes {
		p := &probes[i]
		count[p.State]++
		if p.State == ProbeViolation && count[p.State] <= mdWitnesses {
			m.line("\n<details><summary><b>Probe: %s</b> · %s at %s</summary>\n", mdText(p.Label()), mdText(p.Server), mdText(levelName(p.Level)))
			m.code(probeText(p))
			m.line("\n</details>")
		}
	}
	m.line("\nProbes, fixed interleavings: %s played; %s prevented, %s found and allowed, %s violated.", number(len(probes)-count[ProbeMissing]),
		number(count[ProbePrevented]), number(count[ProbeAllowed]), number(count[ProbeViolation]))
}

func openFirst(n int) string {
	if n == 1 {
		return " open"
	}
	return ""
}

func (m *markdown) invariants(runs []Run) {
	first := true
	for _, run := range runs {
		for _, i := range run.Findings.Invariants {
			v := viewInvariant(i)
			if i.Held && !i.Unknown {
				continue
			}
			if first {
				m.heading("Invariants")
				first = false
			}
			m.line("- %s %s, %s: %s. %s", v.Symbol, mdText(runTitle(runs, run.Findings)), mdText(v.Name), v.Word, mdText(v.Text))
		}
	}
}

func (m *markdown) performance(runs []Run) {
	var rows [][]string
	for _, run := range runs {
		s := run.Summary
		if s.Duration <= 0 {
			continue
		}
		rows = append(rows, []string{
			mdText(runTitle(runs, run.Findings)), number(s.Committed), rateText(s.Rate),
			duration(s.Latency.P50), duration(s.Latency.P99), share(s.Aborted, s.Committed+s.Aborted+s.Indeterminate),
		})
	}
	if len(rows) == 0 {
		return
	}
	m.line("\n<details><summary>Throughput and latency</summary>\n")
	m.table([]string{"run", "committed", "throughput", "p50", "p99", "aborted"}, rows)
	m.line("\n</details>")
}

// how says how to run it again.
func (m *markdown) how(r *Report) {
	seeds := distinct(r.checked(), func(f *checker.Findings) string { return fmt.Sprint(f.Header.Seed) })
	if r.Command != "" {
		m.line("")
		m.code(r.Command)
	}
	if len(seeds) > 0 {
		m.line("\nSeed %s.", list(seeds))
	}
}

// code writes a text as it is, behind a fence that is longer than any in the text.
func (m *markdown) code(text string) {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	m.line("%stext\n%s\n%s", fence, strings.Join(lines, "\n"), fence)
}

// mdText makes a text that stands for itself in Markdown, also inside a table:
// every sign that Markdown, HTML or GitHub (mentions, issues) may take for its own is escaped.
func mdText(text string) string {
	var b strings.Builder
	for _, r := range printable(text) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '>':
			b.WriteString("&gt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case r == '@': // no mention of anybody
			b.WriteString("&#64;")
			continue
		case slices.Contains([]rune("\\`*_[]#|~!$"), r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(b.String(), "://", ":&#8203;//") // no link that the server chose
}
