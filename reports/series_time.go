package reports

import (
	"slices"

	"gonum.org/v1/plot/plotter"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// stretch is one or several neighbouring bins of a summary.
type stretch struct {
	start, width       int64 // in nanoseconds
	committed, aborted int
	onPurpose, retries int
	unexplained        int // aborted, and the history does not say why
	errors             map[history.ErrorClass]int
	latency            history.Latency
}

// coarse joins a summary's bins to at most mostBins stretches. Percentiles
// cannot be joined: a stretch has the highest of its bins.
func coarse(s history.Summary) []stretch {
	per := max(1, (len(s.Bins)+mostBins-1)/mostBins)
	var all []stretch
	for bins := range slices.Chunk(s.Bins, per) {
		one := stretch{start: bins[0].Start, width: int64(len(bins)) * s.BinWidth, errors: map[history.ErrorClass]int{}}
		for _, b := range bins {
			one.committed += b.Committed
			one.aborted += b.Aborted
			one.onPurpose += b.AbortedOnPurpose
			one.unexplained += b.AbortedUnexplained
			one.retries += b.Retries
			for class, n := range b.Errors {
				one.errors[class] += n
			}
			one.latency.P50 = max(one.latency.P50, b.Latency.P50)
			one.latency.P95 = max(one.latency.P95, b.Latency.P95)
			one.latency.P99 = max(one.latency.P99, b.Latency.P99)
			one.latency.Max = max(one.latency.Max, b.Latency.Max)
		}
		all = append(all, one)
	}
	return all
}

// abortChart shows when and why transactions did not commit, the most frequent reason lowest.
func abortChart(run Run) chart {
	c := chart{Title: "Aborts", Bars: true}
	stretches := coarse(run.Summary)
	if len(stretches) == 0 {
		return c
	}
	c.Note = "transactions that did not commit" + inEach(stretches[0].width) + ", by why"
	for _, e := range sortedErrors(run.Summary.Errors) {
		if len(c.Series) == seriesColors-1 {
			break // the classes are fewer
		}
		own := counts(stretches, func(b stretch) int { return b.errors[e.class] })
		c.Series = append(c.Series, series{Name: className(e.class), Note: number(e.count), Color: classColor(e.class), Points: own})
	}
	if n := run.Summary.AbortedOnPurpose; n > 0 {
		own := counts(stretches, func(b stretch) int { return b.onPurpose })
		c.Series = append(c.Series, series{Name: "on purpose", Note: number(n), Color: 8, Points: own})
	}
	if n := run.Summary.AbortedUnexplained; n > 0 {
		own := counts(stretches, func(b stretch) int { return b.unexplained })
		c.Series = append(c.Series, series{Name: "aborted", Note: number(n), Color: 8, Points: own})
	}
	return c
}

// counts returns what is counted in each stretch.
func counts(stretches []stretch, count func(stretch) int) plotter.XYs {
	line := make(plotter.XYs, len(stretches))
	for i, b := range stretches {
		line[i] = plotter.XY{X: inSeconds(b.start + b.width/2), Y: float64(count(b))}
	}
	return line
}

// retryChart shows when transactions were tried again.
func retryChart(run Run) chart {
	c := chart{Title: "Retries", Bars: true}
	s := run.Summary
	if s.Retries == 0 || len(s.Bins) == 0 {
		return c
	}
	stretches := coarse(s)
	c.Note = "transactions that tried again what had failed" + inEach(stretches[0].width)
	per := ""
	if s.Committed > 0 {
		per = ", " + significant(float64(s.Retries)/float64(s.Committed)) + " for each commit"
	}
	own := counts(stretches, func(b stretch) int { return b.retries })
	c.Series = []series{{Name: "retries", Note: number(s.Retries) + per, Color: 5, Points: own}}
	return c
}

// classColor is the series colour of an error class, the same in every chart of a page.
func classColor(class history.ErrorClass) int {
	at := slices.Index([]history.ErrorClass{
		history.SerializationFailure, history.Deadlock, history.LockTimeout, history.Constraint, history.ConnectionLost,
	}, class)
	return []int{7, 2, 5, 3, 1, 6}[at+1]
}

// anomalyChart shows when anomalies happened. The kinds beyond the page's colours share the last.
func anomalyChart(run Run, seconds float64) chart {
	c := chart{Title: "Anomalies", Note: "found" + inEach(int64(seconds/anomalyBins*1e9)) + ", by when they were complete", Bars: true}
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

// inEach says how much time one bar of a chart stands for.
func inEach(width int64) string {
	if width <= 0 {
		return ""
	}
	return " in each " + duration(width)
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
