package reports

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// ProbeRow is one probe, a fixed interleaving, at one level: a cell for each subject.
type ProbeRow struct {
	Level history.Level `json:"level"`
	Name  string        `json:"name"`
	Title string        `json:"title"`
	Cells []ProbeCell   `json:"cells"`
}

// ProbeCell is what became of a probe at one level on one subject.
type ProbeCell struct {
	// State is empty where it was not played there.
	State ProbeState `json:"state,omitempty"`
	// How is how the anomaly was prevented.
	How string `json:"how,omitempty"`
}

// probeRows sets the subjects' probes side by side, by level, in the order in which they came.
func (c *Comparison) probeRows() []ProbeRow {
	rows := []ProbeRow{}
	for n, s := range c.Subjects {
		for i := range s.Report.Probes {
			p := &s.Report.Probes[i]
			at := slices.IndexFunc(rows, func(r ProbeRow) bool { return r.Level == p.Level && r.Name == p.Name })
			if at < 0 {
				at = len(rows)
				rows = append(rows, ProbeRow{Level: p.Level, Name: p.Name, Title: p.Label(), Cells: make([]ProbeCell, len(c.Subjects))})
			}
			rows[at].Cells[n] = ProbeCell{State: p.State, How: p.How}
		}
	}
	slices.SortStableFunc(rows, func(a, b ProbeRow) int {
		return slices.Index(history.Levels(), a.Level) - slices.Index(history.Levels(), b.Level)
	})
	return rows
}

// probeDifferences are the probes that show an anomaly on some subjects and are prevented on
// others. A probe always asks the same in the same order: nothing of it is chance.
func probeDifferences(d *ComparisonDocument) []Difference {
	var found []Difference
	for _, row := range d.Probes {
		x := Difference{Level: row.Level, Probe: row.Name, Name: row.Title}
		for i, c := range row.Cells {
			switch c.State {
			case ProbeAllowed, ProbeViolation:
				x.Shown = append(x.Shown, i)
				x.Violation = x.Violation || c.State == ProbeViolation
			case ProbePrevented:
				x.Absent = append(x.Absent, i)
			}
		}
		if len(x.Shown) == 0 || len(x.Absent) == 0 {
			continue
		}
		x.Text = capital(levelName(x.Level)) + ", probe " + d.probeItem(x) + "."
		found = append(found, x)
	}
	return found
}

// probeItem tells what became of a probe that differs: "G2-item write skew: found on MySQL 9.7.4, prevented on PostgreSQL 15.18 (40001)".
func (d *ComparisonDocument) probeItem(x Difference) string {
	row := d.Probes[slices.IndexFunc(d.Probes, func(r ProbeRow) bool { return r.Level == x.Level && r.Name == x.Probe })]
	var shown, absent []string
	for _, i := range x.Shown {
		text := d.Subjects[i].Label
		if row.Cells[i].State == ProbeViolation {
			text += " (a violation)"
		}
		shown = append(shown, text)
	}
	for _, i := range x.Absent {
		absent = append(absent, d.Subjects[i].Label+" ("+row.Cells[i].How+")")
	}
	return x.Name + ": found on " + list(shown) + ", prevented on " + list(absent)
}

// text is the cell as a word or two, with its symbol.
func (c ProbeCell) text() string {
	if c.State == "" {
		return "not played"
	}
	p := Probe{State: c.State, How: c.How}
	return p.Symbol() + " " + p.Word()
}

// differs reports whether the cells are not all of one state.
func (r ProbeRow) differs() bool {
	return slices.ContainsFunc(r.Cells, func(c ProbeCell) bool { return c.State != r.Cells[0].State })
}
