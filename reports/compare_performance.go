package reports

import (
	"math"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/checker/noise"
	"github.com/isocheck/isocheck/history"
)

// Measure is what a PerformanceRow measures.
type Measure string

// The measures.
const (
	Throughput Measure = "throughput" // transactions that committed in a second
	LatencyP50 Measure = "p50"        // latency of committed transactions, in nanoseconds
	LatencyP99 Measure = "p99"
)

// Measures returns all measures.
func Measures() []Measure { return []Measure{Throughput, LatencyP50, LatencyP99} }

// PerformanceRow is one measure of one workload at one level, for each subject.
type PerformanceRow struct {
	Level    history.Level      `json:"level"`
	Workload string             `json:"workload"`
	Measure  Measure            `json:"measure"`
	Cells    []PerformanceValue `json:"cells"`
}

// PerformanceValue is one subject's measurements, one for each round, and how they
// compare with the first subject's.
type PerformanceValue struct{ noise.Value }

// performance returns the rows, by level, workload and measure.
func (c *Comparison) performance() []PerformanceRow {
	rows := []PerformanceRow{}
	for _, level := range c.levels() {
		var names []string
		for i := range c.Subjects {
			for _, name := range distinct(c.Subjects[i].at(level), func(f *checker.Findings) string { return workloadName(&f.Header) }) {
				names = appendNew(names, name)
			}
		}
		for _, name := range names {
			for _, m := range Measures() {
				row := PerformanceRow{Level: level, Workload: name, Measure: m}
				for i := range c.Subjects {
					row.Cells = append(row.Cells, summarised(c.Subjects[i].samples(level, name, m)))
				}
				for i := 1; i < len(row.Cells); i++ {
					row.Cells[i].compareWith(&row.Cells[0])
				}
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// samples returns one measurement a run. A run in which nothing committed has a
// throughput of 0, and no latency.
func (s *Subject) samples(level history.Level, workload string, m Measure) []float64 {
	samples := []float64{}
	for _, run := range s.at(level) {
		sum := run.Summary
		if !strings.EqualFold(workloadName(&run.Findings.Header), workload) || sum.Duration <= 0 {
			continue
		}
		switch {
		case m == Throughput:
			samples = append(samples, sum.Rate)
		case sum.Committed == 0:
		case m == LatencyP50:
			samples = append(samples, float64(sum.Latency.P50))
		case m == LatencyP99:
			samples = append(samples, float64(sum.Latency.P99))
		}
	}
	slices.Sort(samples)
	return samples
}

func summarised(samples []float64) PerformanceValue { return PerformanceValue{noise.Of(samples)} }

// compareWith fills in how the value stands to the first subject's.
func (v *PerformanceValue) compareWith(first *PerformanceValue) { v.CompareWith(&first.Value) }

// worse reports whether a change is for the worse.
func (m Measure) worse(change float64) bool {
	if m == Throughput {
		return change < 0
	}
	return change > 0
}

// Slowdowns names what is slower with the last subject than with the first: by more than a
// part of it, and outside the noise. few says that there were too few
// measurements to tell.
func (d *ComparisonDocument) Slowdowns(most float64) (slower []string, few bool) {
	compared := false
	for _, row := range d.Performance {
		now := row.Cells[len(row.Cells)-1]
		if now.Change == nil || row.Measure == LatencyP99 {
			continue // a run's p99 rests on a handful of transactions
		}
		compared = true
		few = few || now.Few
		if now.Differs && row.Measure.worse(*now.Change) && math.Abs(*now.Change) > most {
			slower = append(slower, row.Workload+" at "+levelName(row.Level)+": "+row.Measure.name()+" "+changeText(now)+
				" ("+row.Measure.text(row.Cells[0].Median)+" to "+row.Measure.text(now.Median)+", "+pText(now)+")")
		}
	}
	return slower, few || !compared
}
