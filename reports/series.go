package reports

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/plot/plotter"

	"github.com/isocheck/isocheck/history"
)

const (
	anomalyBins = 60
	// mostBins is how many stretches of time the rates and latencies are drawn for at most.
	mostBins = 64
	// mostPoints is how many points one line has at most.
	mostPoints = 90
	// leastCover is the part of a time bin that the run must cover, so that a
	// rate in it is no accident.
	leastCover = 0.3
	// leastSeconds is how long a run takes whose course is worth a plot. Generated histories, whose
	// clock only counts, are shorter.
	leastSeconds = 0.01
)

// charts returns the plots of one run: those that have something to show.
func charts(run Run) []chart {
	var all []chart
	seconds := runSeconds(run)
	if seconds < leastSeconds || run.Findings.Header.Timeless() {
		return nil
	}
	for _, c := range []chart{throughputChart(run), latencyChart(run), abortChart(run), retryChart(run), anomalyChart(run, seconds)} {
		if len(c.Series) > 0 {
			all = append(all, c)
		}
	}
	for _, i := range run.Findings.Invariants {
		if len(i.Points) > 0 {
			all = append(all, invariantChart(i))
		}
	}
	spans, moments := faults(run.Events, seconds)
	for i := range all {
		all[i].Seconds, all[i].Faults, all[i].Events = seconds, spans, moments
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
	for _, b := range coarse(s) {
		covered := min(b.start+b.width, s.Start+s.Duration) - max(b.start, s.Start)
		if float64(covered) < leastCover*float64(b.width) {
			continue
		}
		x := inSeconds(b.start + b.width/2)
		committed = append(committed, plotter.XY{X: x, Y: float64(b.committed) / inSeconds(covered)})
		aborted = append(aborted, plotter.XY{X: x, Y: float64(b.aborted) / inSeconds(covered)})
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

// latencyChart shows how long transactions took that committed. Where none did, as in an outage, the lines have a gap.
func latencyChart(run Run) chart {
	s := run.Summary
	c := chart{
		Title: "Latency", Note: "of committed transactions, logarithmic", Log: true,
		Format: func(ns float64) string { return duration(int64(ns)) },
	}
	if s.Committed == 0 {
		return c
	}
	var p50, p95, p99, most plotter.XYs
	for _, b := range coarse(s) {
		x := inSeconds(b.start + b.width/2)
		at := func(ns int64) plotter.XY {
			if b.committed == 0 {
				return plotter.XY{X: x, Y: math.NaN()}
			}
			return plotter.XY{X: x, Y: max(1, float64(ns))}
		}
		p50, p95 = append(p50, at(b.latency.P50)), append(p95, at(b.latency.P95))
		p99, most = append(p99, at(b.latency.P99)), append(most, at(b.latency.Max))
	}
	if len(p50) == 0 {
		return c
	}
	c.Series = []series{
		{Name: "p50", Note: duration(s.Latency.P50), Color: 1, Points: p50},
		{Name: "p95", Note: duration(s.Latency.P95), Color: 4, Points: p95},
		{Name: "p99", Note: duration(s.Latency.P99), Color: 2, Points: p99},
		{Name: "max", Note: duration(s.Latency.Max), Color: 8, Points: most},
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
	if s.AbortedUnexplained > 0 {
		facts = append(facts, fact{Name: "aborted", Value: number(s.AbortedUnexplained), Note: share(s.AbortedUnexplained, all)})
	}
	if s.Retries > 0 {
		facts = append(facts, fact{Name: "of all tried again after a failure", Value: number(s.Retries), Note: share(s.Retries, all)})
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
