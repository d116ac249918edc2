package reports

import (
	"github.com/isocheck/isocheck/checker"
)

// Judgement is what a whole report comes to.
type Judgement struct {
	Verdict checker.Verdict
	// Symbol and Word stand for the verdict, Sentence tells it.
	Symbol, Word, Sentence string
}

// Judge says what a report comes to.
func Judge(r *Report) Judgement {
	v := reportVerdict(r)
	return Judgement{Verdict: v, Symbol: verdictSymbol(v), Word: verdictWord(v), Sentence: reportSentence(r)}
}

// Point is one workload at one level of one database in one report, to be followed over several reports.
type Point struct {
	Server string // with its version
	Judgement
	// Throughput is the median over its runs, in commits a second; Rate is it as text.
	Throughput float64
	Rate       string
}

// Points returns the points of a report by their names: "PostgreSQL · repeatable read · bank".
func Points(r *Report) map[string]Point {
	groups := map[string][]Run{}
	for _, run := range r.checked() {
		h := &run.Findings.Header
		name := productName(h.Database) + " · " + levelName(h.Level) + " · " + workloadName(h)
		groups[name] = append(groups[name], run)
	}
	points := map[string]Point{}
	for name, runs := range groups {
		part := *r
		part.Runs, part.Errors, part.Probes = runs, nil, nil
		s := Subject{Report: &part}
		h := &runs[0].Findings.Header
		rate := summarised(s.samples(h.Level, workloadName(h), Throughput)).Median
		points[name] = Point{Server: list(servers(runs)), Judgement: Judge(&part), Throughput: rate, Rate: Rate(rate)}
	}
	return points
}

// Rate writes commits a second: "1,203/s".
func Rate(perSecond float64) string { return rateText(perSecond) }

// Style returns the style sheet of the reports' pages, for pages that go with them.
func Style() string { return styleSheet }
