package serve

import (
	"html/template"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/reports"
)

// index is what pages/index.html shows.
type index struct {
	Style   template.CSS
	Results []indexRow
	Trends  []trend
}

// indexRow is one folder of results.
type indexRow struct {
	Path, Title, When, Sentence, Problem string
	Verdict, Symbol, Word                string
	Report, Findings, Comparison, Advice string // links
	CanCompare                           bool
}

// trend is one workload at one level of one database over time, the oldest first.
type trend struct {
	Name  string
	Marks []mark
	// Line is the throughput as points of an SVG polyline in a field of 100 by 24.
	Line              string
	First, Last, Most string
}

// mark is what became of the workload in one folder of results.
type mark struct {
	Symbol, Class, Title, Link string
}

func newIndex(all []result) *index {
	page := &index{Style: template.CSS(reports.Style())}
	for _, r := range all {
		page.Results = append(page.Results, newIndexRow(r))
	}
	page.Trends = trends(all)
	return page
}

func newIndexRow(r result) indexRow {
	row := indexRow{Path: r.Path, Title: r.Report.Title, Problem: r.Problem}
	if !r.Report.Started.IsZero() {
		row.When = r.Report.Started.UTC().Format("2006-01-02 15:04")
	}
	if row.Title == "" {
		row.Title = r.Path
	}
	if r.Comparison {
		row.Comparison = fileLink(r.Path, compareFile)
	}
	if r.Advice {
		row.Advice = fileLink(r.Path, adviceFile)
	}
	if r.Problem != "" || len(r.Report.Runs) == 0 {
		row.Verdict, row.Symbol, row.Word, row.Sentence = "none", "–", "no verdict", r.Words
		return row
	}
	v := reports.Judge(r.Report)
	row.Verdict, row.Symbol, row.Word, row.Sentence = string(v.Verdict), v.Symbol, v.Word, v.Sentence
	if row.Findings, row.CanCompare = fileLink(r.Path, findingsFile), true; r.Page {
		row.Report = fileLink(r.Path, reportFile)
	}
	return row
}

// fileLink is the address of a file of a folder of results.
func fileLink(dir, name string) string {
	return (&url.URL{Path: "/files/" + path.Join(dir, name)}).EscapedPath()
}

// trends follows each workload at each level of each server's product through the
// results, and shows those that there is more than one of.
func trends(all []result) []trend {
	type point struct {
		rate float64
		mark mark
	}
	series := map[string][]point{}
	for _, r := range slices.Backward(all) {
		for name, p := range reports.Points(r.Report) {
			title := r.Report.Started.UTC().Format("2006-01-02 15:04") + ", " + p.Server + ": " + p.Word + ", " + p.Rate
			series[name] = append(series[name], point{p.Throughput, mark{p.Symbol, string(p.Verdict), title, r.link()}})
		}
	}
	var shown []trend
	for name, points := range series {
		if len(points) < 2 {
			continue
		}
		t := trend{Name: name}
		var rates []float64
		for _, p := range points {
			t.Marks = append(t.Marks, p.mark)
			rates = append(rates, p.rate)
		}
		t.Line, t.Most = polyline(rates), reports.Rate(slices.Max(rates))
		t.First, t.Last = reports.Rate(rates[0]), reports.Rate(rates[len(rates)-1])
		shown = append(shown, t)
	}
	slices.SortFunc(shown, func(a, b trend) int { return strings.Compare(a.Name, b.Name) })
	return shown
}
