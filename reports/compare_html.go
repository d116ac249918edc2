package reports

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"math"
)

//go:embed comparison
var comparisonTemplates embed.FS

//go:embed comparison/compare.css
var comparisonStyle string

// comparisonPage is what comparison/compare.html shows. All of it is text, and html/template escapes it.
type comparisonPage struct {
	Style       template.CSS
	Title       string
	Sentence    string
	Doc         *ComparisonDocument
	Subjects    []subjectView
	Differences []differenceView
	Levels      []levelView
	Probes      []probeCompared
	Performance []performanceView
	Legend, Few string
	How         []fact
}

type subjectView struct {
	Label, Name, Report, Sentence string
	Verdict                       verdictView
	Errors                        []string
}

type differenceView struct {
	Symbol, Class, Word, Text string
	Items                     []string
}

type levelView struct {
	Name, ID string
	Heads    []headView
	Rows     []levelRow
}

// headView is one subject at one level.
type headView struct{ Label, Tried, Model string }

type levelRow struct {
	Name, Class string
	Differs     bool
	Cells       []levelCell
}

type levelCell struct {
	Class, Symbol, Word, Detail, Link string
	// Title names the workloads that showed it, for hovering, where Detail has no room for them.
	Title string
}

type performanceView struct {
	Level, Workload, Measure string
	First                    bool // of its workload and level
	Cells                    []performanceCell
}

// probeCompared is one probe at one level.
type probeCompared struct {
	Title, Level string
	Differs      bool
	Cells        []levelCell
}

// performanceCell is a value with a drawing of its interval on the row's scale, in percent of its width.
type performanceCell struct {
	Text, Change, P, Class string
	Low, Width, Median     float64
	Drawn                  bool
}

// HTML writes the comparison as one page that needs nothing else, except that its
// cells link to the subjects' own reports.
func (d *ComparisonDocument) HTML(w io.Writer) error {
	t, err := template.ParseFS(comparisonTemplates, "comparison/*.html")
	if err != nil {
		return fmt.Errorf("reading the comparison's template: %w", err)
	}
	if err := t.ExecuteTemplate(w, "compare.html", newComparisonPage(d)); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	return nil
}

func newComparisonPage(d *ComparisonDocument) *comparisonPage {
	p := &comparisonPage{
		Style: template.CSS(styleSheet + comparisonStyle), Title: d.title(), Sentence: d.Sentence(), Doc: d, Legend: performanceLegend, Few: d.few(),
		How: commandFacts(&Report{Started: d.Started, Took: d.Took, Isocheck: d.Isocheck}),
	}
	for _, s := range d.Subjects {
		p.Subjects = append(p.Subjects, subjectView{
			Label: s.Label, Name: s.Name, Report: s.Report, Sentence: s.Sentence, Verdict: viewVerdict(s.Verdict), Errors: s.Errors,
		})
	}
	for _, x := range d.groups() {
		v := differenceView{Symbol: "≠", Class: "observed", Word: "Difference", Text: x.Text, Items: x.Items}
		switch {
		case x.Violation:
			v.Symbol, v.Class, v.Word = Violation.symbol(), "violation", "Difference, and a violation"
		case x.Chance:
			v.Symbol, v.Class, v.Word = "~", "chance", "May be chance"
		}
		p.Differences = append(p.Differences, v)
	}
	for _, table := range d.Levels {
		p.Levels = append(p.Levels, newLevelView(d, table))
	}
	for _, r := range d.Probes {
		v := probeCompared{Title: r.Title, Level: capital(levelName(r.Level)), Differs: r.differs()}
		for _, c := range r.Cells {
			v.Cells = append(v.Cells, levelCell{Class: probeClass(c.State), Word: c.text()})
		}
		p.Probes = append(p.Probes, v)
	}
	for i, r := range d.Performance {
		v := newPerformanceView(r)
		v.First = i == 0 || d.Performance[i-1].Workload != r.Workload || d.Performance[i-1].Level != r.Level
		p.Performance = append(p.Performance, v)
	}
	return p
}

// probeClass is the class of an anomaly's cell that looks as a probe's state should.
func probeClass(s ProbeState) string {
	switch s {
	case ProbeViolation:
		return string(Violation)
	case ProbeAllowed:
		return string(Observed)
	}
	return "not"
}

func newLevelView(d *ComparisonDocument, table LevelTable) levelView {
	v := levelView{Name: capital(levelName(table.Level)), ID: "level-" + string(table.Level)}
	for i, h := range table.Heads {
		head := headView{Label: d.Subjects[i].Label, Model: h.Model}
		if h.Runs > 0 {
			head.Tried = counted(h.Transactions, "transaction") + " in " + counted(h.Runs, "run")
		}
		v.Heads = append(v.Heads, head)
	}
	for _, r := range table.Rows {
		row := levelRow{Name: r.whole(), Class: r.Class}
		for _, x := range d.Differences {
			row.Differs = row.Differs || x.Level == table.Level && x.Anomaly == r.ID && !x.Chance
		}
		for _, c := range r.Cells {
			own := cell{State: c.State, Count: c.Count, AtLeast: c.AtLeast}
			out := levelCell{Class: string(c.State), Symbol: own.Symbol(), Word: own.Word(), Link: c.Witness}
			switch {
			case c.State == "":
				out.Class, out.Symbol, out.Word = "none", "", "not run"
			case c.Count > 0 && len(table.Heads) > 2:
				out.Title = "seen by " + list(c.Workloads)
			case c.Count > 0:
				out.Detail = list(c.Workloads)
			case c.State == NotSeen:
				out.Detail = "in " + number(c.Transactions)
			}
			row.Cells = append(row.Cells, out)
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

func newPerformanceView(r PerformanceRow) performanceView {
	v := performanceView{Level: capital(levelName(r.Level)), Workload: r.Workload, Measure: r.Measure.name()}
	most := 0.0
	for _, c := range r.Cells {
		for _, s := range c.Samples {
			most = math.Max(most, s)
		}
	}
	for _, c := range r.Cells {
		out := performanceCell{Text: r.Measure.valueText(c), Change: changeText(c), P: pText(c), Class: "same"}
		if c.Differs && r.Measure.worse(*c.Change) {
			out.Class = "worse"
		} else if c.Differs {
			out.Class = "better"
		}
		if n := len(c.Samples); n > 0 && most > 0 {
			low, high := c.Samples[0], c.Samples[n-1]
			if c.Low != nil && c.High != nil {
				low, high = *c.Low, *c.High
			}
			out.Low, out.Width, out.Median, out.Drawn = round1(100*low/most), round1(max(100*(high-low)/most, 0.6)), round1(100*c.Median/most), true
		}
		v.Cells = append(v.Cells, out)
	}
	return v
}

func round1(f float64) float64 { return math.Round(f*10) / 10 }
