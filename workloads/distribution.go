package workloads

import (
	"math"
	"math/rand/v2"
)

// Distribution is how transactions choose among the keys.
type Distribution string

// The distributions.
const (
	// Uniform: every key alike.
	Uniform Distribution = "uniform"
	// Zipf: the n-th key in proportion to 1/n, as in YCSB: a few hot keys and a long tail.
	Zipf Distribution = "zipf"
	// Exponential: each key less often than the one before, by a factor that leaves a
	// hundredth of the draws to the last tenth of the keys; as in Jepsen.
	Exponential Distribution = "exponential"
)

// Distributions returns all distributions.
func Distributions() []Distribution { return []Distribution{Uniform, Zipf, Exponential} }

func (d Distribution) check() error {
	names := make([]string, 0, len(Distributions()))
	for _, known := range Distributions() {
		if d == known {
			return nil
		}
		names = append(names, string(known))
	}
	return unknown("distribution of keys", string(d), names)
}

// Picker draws keys.
type Picker struct {
	keys int
	cdf  []float64 // nil where all keys are alike
}

// Picker returns what draws among the Params' keys, by their distribution.
func (p Params) Picker() Picker {
	picker := Picker{keys: p.Keys}
	var weight func(n float64) float64
	switch p.Distribution {
	case Zipf:
		weight = func(n float64) float64 { return 1 / n }
	case Exponential:
		// 1 - e^(-0.9 c) of the draws fall on the first nine tenths of the keys.
		c := math.Log(100) / 0.9 / float64(p.Keys)
		weight = func(n float64) float64 { return math.Exp(-c * n) }
	default:
		return picker
	}
	sum := 0.0
	picker.cdf = make([]float64, p.Keys)
	for i := range picker.cdf {
		sum += weight(float64(i + 1))
		picker.cdf[i] = sum
	}
	return picker
}

// Key draws a key, from 1 on. It draws once from rng, whatever the distribution.
func (p Picker) Key(rng *rand.Rand) int64 {
	if p.cdf == nil {
		return 1 + rng.Int64N(int64(p.keys))
	}
	at := rng.Float64() * p.cdf[p.keys-1]
	low, high := 0, p.keys-1
	for low < high {
		if middle := (low + high) / 2; p.cdf[middle] > at {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return int64(low + 1)
}

// Two draws two different keys, each as often as the distribution says, as far as
// that can be: there must be two keys.
func (p Picker) Two(rng *rand.Rand) (int64, int64) {
	a, b := p.Key(rng), p.Key(rng)
	for range 16 {
		if a != b {
			return a, b
		}
		b = p.Key(rng)
	}
	return a, a%int64(p.keys) + 1
}
