// Package noise tells differences between repeated measurements from noise, as
// benchstat does it: by median and Mann-Whitney's U test, which assume nothing of
// how measurements are distributed.
package noise

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// confidence is that of the intervals.
const confidence = 0.95

// Value is one thing that was measured several times. The zero Value was never measured.
type Value struct {
	// Samples are the measurements, in ascending order.
	Samples []float64 `json:"samples"`
	Median  float64   `json:"median"`
	// Low and High bound the median with 95 % confidence, by order statistics;
	// both are null where there are too few measurements to say (fewer than 6).
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
	// Change is how much the median differs from that of the value it was compared
	// with, as a part of it; P is the probability of such a difference, or a greater
	// one, among equals. Both are null where there was nothing to compare.
	Change *float64 `json:"change"`
	P      *float64 `json:"p"`
	// Differs: the difference is outside the noise, P is below 0.05.
	Differs bool `json:"differs"`
	// Few: there are too few measurements for any difference to be outside the noise.
	Few bool `json:"few,omitempty"`
}

// Of sums measurements up, in any order.
func Of(samples []float64) Value {
	v := Value{Samples: append([]float64{}, samples...)}
	slices.Sort(v.Samples)
	if len(samples) == 0 {
		return v
	}
	s := benchmath.AssumeNothing.Summary(sampleOf(samples), confidence)
	v.Median = s.Center
	if !math.IsInf(s.Lo, 0) && !math.IsInf(s.Hi, 0) {
		v.Low, v.High = &s.Lo, &s.Hi
	}
	return v
}

func sampleOf(samples []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(samples), &benchmath.DefaultThresholds)
}

// CompareWith fills in how the value stands to another one.
func (v *Value) CompareWith(other *Value) {
	if len(v.Samples) == 0 || len(other.Samples) == 0 || other.Median == 0 {
		return
	}
	c := benchmath.AssumeNothing.Compare(sampleOf(other.Samples), sampleOf(v.Samples))
	change := v.Median/other.Median - 1
	v.Change, v.P = &change, &c.P
	v.Differs = c.P < c.Alpha
	v.Few = !v.Differs && fewest(len(other.Samples), len(v.Samples)) >= c.Alpha
}

// Range is how far the measurements reach: the interval of the median where there is
// one, else from the least to the greatest. Both are 0 where nothing was measured.
func (v Value) Range() (low, high float64) {
	switch n := len(v.Samples); {
	case v.Low != nil && v.High != nil:
		return *v.Low, *v.High
	case n > 0:
		return v.Samples[0], v.Samples[n-1]
	}
	return 0, 0
}

// fewest is the least P that two samples of these sizes can give: that of complete separation.
func fewest(n, m int) float64 {
	ways := 1.0 // n + m choose n
	for i := 1; i <= n; i++ {
		ways *= float64(m+i) / float64(i)
	}
	return min(2/ways, 1)
}
