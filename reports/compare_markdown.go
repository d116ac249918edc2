package reports

import (
	"fmt"
	"io"
)

// Markdown writes the comparison as GitHub Flavored Markdown.
func (d *ComparisonDocument) Markdown(w io.Writer) error {
	m := &markdown{}
	m.line("## %s\n\n**%s**", mdText(d.title()), mdText(d.Sentence()))
	if len(d.Differences) > 0 {
		m.heading("Differences")
	}
	for _, x := range d.groups() {
		text := mdText(x.Text)
		if x.Violation {
			text = "✗ **" + text + "**"
		}
		m.line("- %s", text)
		for _, item := range x.Items {
			m.line("  - %s", mdText(item))
		}
	}
	m.problems(d.Errors)
	for _, table := range d.Levels {
		m.heading(mdText(capital(levelName(table.Level))))
		head := []string{"anomaly"}
		for i, s := range d.Subjects {
			h := mdText(s.Label)
			if l := table.Heads[i]; l.Runs > 0 {
				h += "<br>" + mdText(l.Model) + "<br>" + counted(l.Transactions, "transaction")
			}
			head = append(head, h)
		}
		var rows [][]string
		for _, r := range table.Rows {
			line := []string{mdText(r.whole())}
			for _, c := range r.Cells {
				text := c.cellWord()
				if c.State == Violation {
					text = "**" + text + "**"
				}
				line = append(line, text)
			}
			rows = append(rows, line)
		}
		m.table(head, rows)
	}
	m.comparedProbes(d)
	m.comparedPerformance(d)
	if d.Command != "" {
		m.line("")
		m.code(d.Command)
	}
	if _, err := io.WriteString(w, m.out.String()); err != nil {
		return fmt.Errorf("writing the comparison as Markdown: %w", err)
	}
	return nil
}

func (m *markdown) comparedProbes(d *ComparisonDocument) {
	if len(d.Probes) == 0 {
		return
	}
	m.line("\n<details><summary>Probes: %s</summary>\n", counted(len(d.Probes), "fixed interleaving"))
	head := []string{"probe", "level"}
	for _, s := range d.Subjects {
		head = append(head, mdText(s.Label))
	}
	var rows [][]string
	for _, r := range d.Probes {
		line := []string{mdText(r.Title), mdText(levelName(r.Level))}
		for _, c := range r.Cells {
			line = append(line, mdText(c.text()))
		}
		rows = append(rows, line)
	}
	m.table(head, rows)
	m.line("\n</details>")
}

func (m *markdown) comparedPerformance(d *ComparisonDocument) {
	if len(d.Performance) == 0 {
		return
	}
	m.heading("Throughput and latency")
	head := []string{"workload", "level", "measure"}
	for _, s := range d.Subjects {
		head = append(head, mdText(s.Label))
	}
	var rows [][]string
	for _, r := range d.Performance {
		line := []string{mdText(r.Workload), mdText(levelName(r.Level)), r.Measure.name()}
		for _, v := range r.Cells {
			text := r.Measure.valueText(v)
			if change := changeText(v); change != "" {
				text += "<br>" + mdText(change) + " (" + pText(v) + ")"
			}
			line = append(line, text)
		}
		rows = append(rows, line)
	}
	m.table(head, rows)
	m.line("\n%s %s", mdText(performanceLegend), mdText(d.few()))
}

// title is the comparison's, made from its subjects where it has none.
func (d *ComparisonDocument) title() string {
	if d.Title != "" {
		return d.Title
	}
	labels := make([]string, len(d.Subjects))
	for i, s := range d.Subjects {
		labels[i] = s.Label
	}
	return list(labels)
}
