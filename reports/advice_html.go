package reports

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/history"
)

//go:embed advising
var adviceTemplates embed.FS

//go:embed advising/advice.css
var adviceStyle string

// advicePage is what advising/advice.html shows. All of it is text, except for what
// the charts draw, and html/template escapes it.
type advicePage struct {
	Style         template.CSS
	Title, Server string
	Doc           *AdviceDocument
	Workloads     []adviceView
	How, Settings []fact
}

// adviceView is one workload.
type adviceView struct {
	ID, Name, Summary, Sentence string
	Good                        bool // there is a recommendation
	Notes                       []string
	Levels                      []string
	Rows                        []adviceRowView
	Charts                      []chartView
	Costs                       []adviceCostView
}

// adviceRowView is one strategy in the table of strategies by level.
type adviceRowView struct {
	Name, Summary string
	Cells         []adviceCellView
}

// adviceCellView is one cell of that table.
type adviceCellView struct {
	Class, Symbol, Means, Word, Detail string
	Says                               []string // what was found, or speaks against it
	History                            string
}

// adviceCostView is what all strategies cost at one level.
type adviceCostView struct {
	Level string
	Rows  []adviceCostRow
}

type adviceCostRow struct {
	Symbol, Means, Class, Name string
	Values                     []string
	// Change is how the throughput stands to the recommended one's; P how sure that is.
	Change, P string
}

// HTML writes the advice as one page that needs nothing else, and no script; only histories are links.
func (d *AdviceDocument) HTML(w io.Writer) error {
	t, err := template.ParseFS(adviceTemplates, "advising/*.html")
	if err != nil {
		return fmt.Errorf("reading the advice's template: %w", err)
	}
	p, err := newAdvicePage(d)
	if err != nil {
		return err
	}
	if err := t.ExecuteTemplate(w, "advice.html", p); err != nil {
		return fmt.Errorf("writing the advice: %w", err)
	}
	return nil
}

func newAdvicePage(d *AdviceDocument) (*advicePage, error) {
	p := &advicePage{
		Style: template.CSS(styleSheet + adviceStyle), Title: d.Title, Server: d.Server, Doc: d, Settings: sortedFacts(d.Settings),
		How: append(commandFacts(&Report{Started: d.Started, Took: d.Took, Isocheck: d.Isocheck}),
			fact{Name: "How", Value: d.how()}, fact{Name: "Seed", Value: strconv.FormatUint(d.Seed, 10)}),
	}
	ids := map[string]int{}
	for i := range d.Workloads {
		v, err := newAdviceView(&d.Workloads[i])
		if err != nil {
			return nil, err
		}
		v.ID = slug("workload-"+v.Name, ids)
		p.Workloads = append(p.Workloads, v)
	}
	return p, nil
}

func newAdviceView(w *AdvisedWorkload) (adviceView, error) {
	t := &w.Table
	v := adviceView{Name: w.Name, Summary: asSentence(w.Summary), Sentence: w.Sentence, Notes: w.Notes, Good: w.Recommended != nil}
	for _, level := range t.Levels {
		v.Levels = append(v.Levels, capital(levelName(level)))
		if costs := newAdviceCosts(t, level); len(costs.Rows) > 0 {
			v.Costs = append(v.Costs, costs)
		}
	}
	for _, s := range t.Strategies {
		row := adviceRowView{Name: s.Name, Summary: s.Summary}
		for _, level := range t.Levels {
			row.Cells = append(row.Cells, newAdviceCell(t, t.Cell(s.Name, level)))
		}
		v.Rows = append(v.Rows, row)
	}
	for _, c := range adviceCharts(t) {
		svg, err := c.svg()
		if err != nil {
			return v, err
		}
		v.Charts = append(v.Charts, chartView{Title: levelName(c.Level), SVG: svg})
	}
	return v, nil
}

// adviceMeans says in a word what a cell's symbol means.
func adviceMeans(t *advice.Table, c *advice.Cell) string {
	switch {
	case isRecommended(t, c):
		return "recommended"
	case c.Verdict == advice.Safe && butOf(t, c) != "":
		return "not seen to fail, but"
	case c.Verdict == advice.Safe:
		return "not seen to fail"
	case c.Verdict == advice.Unsafe:
		return "unsafe"
	case c.Verdict == advice.Missing:
		return "does not exist here"
	case c.Verdict == advice.Elsewhere:
		return "not run at this level"
	}
	return "inconclusive"
}

// adviceClass colours a cell, with the classes that the page has for anomalies.
func adviceClass(t *advice.Table, c *advice.Cell) string {
	switch {
	case isRecommended(t, c):
		return "best"
	case c.Verdict == advice.Unsafe:
		return string(Violation)
	case c.Verdict == advice.Inconclusive, c.Verdict == advice.Safe && butOf(t, c) != "":
		return string(Observed)
	case c.Verdict == advice.Safe:
		return "fine"
	}
	return "not"
}

func newAdviceCell(t *advice.Table, c *advice.Cell) adviceCellView {
	v := adviceCellView{Class: adviceClass(t, c), Symbol: adviceSymbol(t, c), Means: adviceMeans(t, c), Word: wordOf(t, c, 99), History: c.History}
	if c.Repeats > 0 {
		v.Detail = "in " + counted(c.Transactions, "transaction")
	}
	switch c.Verdict {
	case advice.Unsafe:
		v.Word = "unsafe, " + rateText(c.Throughput.Median)
		for _, p := range c.Problems {
			v.Says = append(v.Says, problemText(p, c.Repeats))
		}
	case advice.Inconclusive:
		v.Says = c.Doubts
	case advice.Missing:
		for _, s := range t.Strategies {
			if s.Name == c.Strategy {
				v.Detail = "for want of " + strings.Join(s.Missing, ", ")
			}
		}
	case advice.Elsewhere:
		v.Word = "not run"
	case advice.Safe:
		if but := butOf(t, c); but != "" {
			v.Says = append(v.Says, but)
		}
		if rest := otherBearable(c); len(rest) > 0 {
			v.Says = append(v.Says, "seen, and broke nothing: "+problemNames(rest))
		}
	}
	return v
}

func newAdviceCosts(t *advice.Table, level history.Level) adviceCostView {
	v := adviceCostView{Level: levelName(level)}
	for _, s := range t.Strategies {
		c := t.Cell(s.Name, level)
		if c.Repeats == 0 {
			continue
		}
		row := adviceCostRow{Symbol: adviceSymbol(t, c), Means: adviceMeans(t, c), Class: adviceClass(t, c), Name: s.Name, Values: []string{
			strings.TrimSpace(rateText(c.Throughput.Median) + " " + spreadText(c.Throughput)),
			duration(int64(c.P50.Median)), duration(int64(c.P99.Median)),
			perCommit(c.Retries), perCommit(c.Deadlocks), perCommit(c.Failed),
		}}
		value := PerformanceValue{c.Throughput}
		row.Change, row.P = changeText(value), pText(value)
		v.Rows = append(v.Rows, row)
	}
	return v
}
