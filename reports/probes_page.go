package reports

// probesView is the probes as the page shows them.
type probesView struct {
	probeTable
	LeftOut string // why there are none, where they were to be played
	Rows    []probeRowView
}

// probeRowView is one probe as the page shows it.
type probeRowView struct {
	probeRow
	ID    string
	Steps []probeStepView
}

// probeStepView is one step, and what was answered at each level.
type probeStepView struct {
	Session   int
	Statement string
	Answers   []ProbeStep
}

// newProbesView lays the probes out, nil where there are none.
func newProbesView(r *Report) *probesView {
	if len(r.Probes) == 0 && r.ProbesLeftOut == "" {
		return nil
	}
	v := &probesView{probeTable: newProbeTable(r.Probes), LeftOut: r.ProbesLeftOut}
	for _, r := range v.probeTable.Rows {
		row := probeRowView{probeRow: r, ID: "probe-" + r.Name}
		for i, s := range r.Steps {
			step := probeStepView{Session: s.Session, Statement: s.Statement}
			for _, c := range r.Cells {
				answer := ProbeStep{Answer: "–"}
				if c != nil && i < len(c.Steps) {
					answer = c.Steps[i]
				}
				step.Answers = append(step.Answers, answer)
			}
			row.Steps = append(row.Steps, step)
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// CellClass is the class that colours a cell, which the matrix of anomalies has too.
func (p *Probe) CellClass() string {
	switch p.State {
	case ProbeAllowed:
		return string(Observed)
	case ProbeViolation:
		return string(Violation)
	}
	return ""
}

// probeFacts says how much was tried, for a report of nothing but probes.
func probeFacts(r *Report) []fact {
	t := newProbeTable(r.Probes)
	facts := []fact{{Name: "probes", Value: number(len(t.Rows))}, {Name: "levels", Value: number(len(t.Columns))}}
	if r.Took > 0 {
		facts = append(facts, fact{Name: "took", Value: duration(int64(r.Took))})
	}
	return facts
}
