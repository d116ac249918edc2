package reports

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/plot/plotter"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

const (
	anomalyBins = 60
	// mostPoints is how many points one line has at most.
	mostPoints = 400
	// leastCover is the part of a time bin that the run must cover, so that a
	// rate in it is no accident.
	leastCover = 0.3
)

// charts returns the plots of one run: those that have something to show.
func charts(run Run) []chart {
	var all []chart
	seconds := runSeconds(run)
	for _, c := range []chart{throughputChart(run), latencyChart(run), anomalyChart(run, seconds)} {
		if len(c.Series) > 0 {
			all = append(all, c)
		}
	}
	for _, i := range run.Findings.Invariants {
		if len(i.Points) > 0 {
			all = append(all, invariantChart(i))
		}
	}
	for i := range all {
		all[i].Seconds = seconds
		for _, e := range run.Events {
			all[i].Events = append(all[i].Events, inSeconds(e.At))
		}
	}
	return all
}

// runSeconds returns when the run ended, in seconds since its start.
func runSeconds(run Run) float64 {
	end := run.Summary.Start + run.Summary.Duration
	for _, a := range run.Findings.Anomalies {
		if len(a.Times) > 0 {
			end = max(end, slices.Max(a.Times))
		}
	}
	for _, i := range run.Findings.Invariants {
		for _, p := range i.Points {
			end = max(end, p.At)
		}
	}
	return inSeconds(end)
}

func inSeconds(ns int64) float64 { return time.Duration(ns).Seconds() }

// throughputChart shows how many transactions a second committed and aborted.
func throughputChart(run Run) chart {
	s := run.Summary
	c := chart{Title: "Throughput", Note: "transactions a second"}
	var committed, aborted plotter.XYs
	for _, b := range s.Bins {
		covered := min(b.Start+s.BinWidth, s.Start+s.Duration) - max(b.Start, s.Start)
		if float64(covered) < leastCover*float64(s.BinWidth) {
			continue
		}
		x := inSeconds(b.Start + s.BinWidth/2)
		committed = append(committed, plotter.XY{X: x, Y: float64(b.Committed) / inSeconds(covered)})
		aborted = append(aborted, plotter.XY{X: x, Y: float64(b.Aborted) / inSeconds(covered)})
	}
	if len(committed) == 0 || s.Duration <= 0 {
		return c
	}
	seconds := inSeconds(s.Duration)
	c.Series = []series{
		{Name: "committed", Note: rateText(float64(s.Committed) / seconds), Color: 1, Points: committed},
		{Name: "aborted", Note: rateText(float64(s.Aborted) / seconds), Color: 2, Points: aborted},
	}
	return c
}

func rateText(perSecond float64) string {
	if perSecond > 0 && perSecond < 10 {
		return significant(perSecond) + "/s"
	}
	return number(int64(math.Round(perSecond))) + "/s"
}

// latencyChart shows how long transactions took that committed.
func latencyChart(run Run) chart {
	s := run.Summary
	c := chart{
		Title: "Latency", Note: "of committed transactions; longest " + duration(s.Latency.Max),
		Format: func(ns float64) string {
			if ns == 0 {
				return "0"
			}
			return duration(int64(ns))
		},
	}
	var p50, p95, p99 plotter.XYs
	for _, b := range s.Bins {
		if b.Committed == 0 {
			continue
		}
		x := inSeconds(b.Start + s.BinWidth/2)
		p50 = append(p50, plotter.XY{X: x, Y: float64(b.Latency.P50)})
		p95 = append(p95, plotter.XY{X: x, Y: float64(b.Latency.P95)})
		p99 = append(p99, plotter.XY{X: x, Y: float64(b.Latency.P99)})
	}
	if len(p50) == 0 {
		return c
	}
	c.Series = []series{
		{Name: "p50", Note: duration(s.Latency.P50), Color: 1, Points: p50},
		{Name: "p95", Note: duration(s.Latency.P95), Color: 3, Points: p95},
		{Name: "p99", Note: duration(s.Latency.P99), Color: 2, Points: p99},
	}
	return c
}

// anomalyChart shows when anomalies happened. The kinds beyond the page's colours share the last.
func anomalyChart(run Run, seconds float64) chart {
	c := chart{Title: "Anomalies", Note: "by when they were complete", Bars: true}
	for _, a := range run.Findings.Anomalies {
		if len(a.Times) == 0 {
			continue
		}
		s := series{Name: a.Name, Note: found(a.Count, a.AtLeast), Color: len(c.Series) + 1, Points: binned(a.Times, seconds)}
		if len(c.Series) < seriesColors {
			c.Series = append(c.Series, s)
			continue
		}
		last := &c.Series[seriesColors-1]
		last.Name, last.Note = "others", ""
		for i := range last.Points {
			last.Points[i].Y += s.Points[i].Y
		}
	}
	return c
}

// binned counts moments in bins of equal length.
func binned(times []int64, seconds float64) plotter.XYs {
	bins := make(plotter.XYs, anomalyBins)
	width := seconds / anomalyBins
	for i := range bins {
		bins[i].X = (float64(i) + 0.5) * width
	}
	if width <= 0 {
		return bins
	}
	for _, t := range times {
		bins[min(max(int(inSeconds(t)/width), 0), anomalyBins-1)].Y++
	}
	return bins
}

// invariantChart shows what an invariant's reads gave, beside what they should give.
func invariantChart(i checker.InvariantResult) chart {
	c := chart{Title: capital(i.Name), Note: "invariant", Steps: true, Free: true}
	var value, want plotter.XYs
	stride := (len(i.Points) + mostPoints - 1) / mostPoints
	for n, p := range i.Points {
		if n%stride == 0 || n == len(i.Points)-1 {
			x := inSeconds(p.At)
			value = append(value, plotter.XY{X: x, Y: float64(p.Value)})
			want = append(want, plotter.XY{X: x, Y: float64(p.Want)})
		}
	}
	last := i.Points[len(i.Points)-1]
	c.Series = []series{
		{Name: "actual", Note: number(last.Value), Color: 1, Points: value},
		{Name: "expected", Note: number(last.Want), Color: 2, Points: want},
	}
	if i.Held {
		c.Series[0].Color, c.Series[1].Color = 1, 4
	}
	return c
}

// endFacts says how transactions ended, the most frequent way first.
func endFacts(run Run) []fact {
	s := run.Summary
	all := s.Committed + s.Aborted + s.Indeterminate
	facts := []fact{{Name: "committed", Value: number(s.Committed), Note: share(s.Committed, all)}}
	for _, e := range sortedErrors(s.Errors) {
		facts = append(facts, fact{Name: className(e.class), Value: number(e.count), Note: share(e.count, all)})
	}
	if s.AbortedOnPurpose > 0 {
		facts = append(facts, fact{Name: "rolled back on purpose", Value: number(s.AbortedOnPurpose), Note: share(s.AbortedOnPurpose, all)})
	}
	if s.Indeterminate > 0 {
		facts = append(facts, fact{Name: "of these without an answer to the commit", Value: number(s.Indeterminate)})
	}
	return facts
}

// classCount is how many transactions an error of one class ended.
type classCount struct {
	class history.ErrorClass
	count int
}

// sortedErrors returns the error classes, most frequent first.
func sortedErrors(errors map[history.ErrorClass]int) []classCount {
	var counts []classCount
	for class, n := range errors {
		counts = append(counts, classCount{class, n})
	}
	slices.SortFunc(counts, func(a, b classCount) int {
		switch {
		case a.count != b.count:
			return b.count - a.count
		case a.class < b.class:
			return -1
		}
		return 1
	})
	return counts
}
