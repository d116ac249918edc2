package reports

import (
	"math"

	"gonum.org/v1/plot"
)

// ticks puts an axis's marks at round values: 1, 2 or 5 times a power of ten.
type ticks struct {
	format func(float64) string
	most   int
	whole  bool // no marks between whole numbers
}

var _ plot.Ticker = ticks{}

// Ticks returns the marks between two values.
func (t ticks) Ticks(least, most float64) []plot.Tick {
	step := roundStep((most - least) / float64(t.most))
	if t.whole {
		step = max(step, 1)
	}
	var marks []plot.Tick
	for i := math.Ceil(least/step - 1e-9); i*step <= most+step*1e-9 && len(marks) <= 2*t.most; i++ {
		value := i*step + 0 // which makes -0 a 0
		marks = append(marks, plot.Tick{Value: value, Label: t.format(value)})
	}
	return marks
}

// roundStep returns the least round value that is not under the given one.
func roundStep(least float64) float64 {
	if least <= 0 || math.IsNaN(least) || math.IsInf(least, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power >= least*(1-1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

// decades puts a logarithmic axis's marks at powers of ten, and at 2 and 5 times
// them where there are few.
type decades struct{ format func(float64) string }

var _ plot.Ticker = decades{}

// Ticks returns the marks between two values over 0.
func (d decades) Ticks(least, most float64) []plot.Tick {
	if least <= 0 || most <= least {
		return nil
	}
	factors := []float64{1}
	switch span := math.Log10(most / least); {
	case span < 1.5:
		factors = []float64{1, 2, 5}
	case span < 2.5:
		factors = []float64{1, 3}
	}
	var marks []plot.Tick
	for power := math.Floor(math.Log10(least)); power <= math.Log10(most); power++ {
		for _, factor := range factors {
			if value := factor * math.Pow(10, power); value >= least && value <= most {
				marks = append(marks, plot.Tick{Value: value, Label: d.format(value)})
			}
		}
	}
	return marks
}
