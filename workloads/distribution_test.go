package workloads

import (
	"testing"

	"pgregory.net/rapid"
)

// Every distribution draws keys from 1 to n only, and two that differ.
func TestPickersStayInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 200).Draw(t, "keys")
		p := Params{Keys: n, Distribution: rapid.SampledFrom(Distributions()).Draw(t, "distribution")}.Picker()
		rng := rngOf(rapid.Uint64().Draw(t, "seed"), 1)
		for range 100 {
			a, b := p.Two(rng)
			if key := p.Key(rng); min(a, b, key) < 1 || max(a, b, key) > int64(n) || a == b {
				t.Fatalf("of %d keys it draws %d, and %d and %d", n, key, a, b)
			}
		}
	})
}

// Zipf's first of ten keys gets 1/(1 + 1/2 + … + 1/10), about a third; uniformly it is a tenth.
func TestDistributionsDiffer(t *testing.T) {
	const draws = 20_000
	for _, test := range []struct {
		distribution                       Distribution
		firstLeast, firstMost, last, least float64 // shares of the draws
	}{
		{Uniform, 0.08, 0.12, 0.12, 0.08},
		{Zipf, 0.31, 0.37, 0.06, 0.01},
		{Exponential, 0.31, 0.45, 0.012, 0.001},
	} {
		t.Run(string(test.distribution), func(t *testing.T) {
			p, rng := Params{Keys: 10, Distribution: test.distribution}.Picker(), rngOf(4, 1)
			drawn := make([]float64, 11)
			for range draws {
				drawn[p.Key(rng)] += 1.0 / draws
			}
			if drawn[1] < test.firstLeast || drawn[1] > test.firstMost || drawn[10] > test.last || drawn[10] < test.least {
				t.Errorf("the first key is drawn in %.3f, the last in %.4f", drawn[1], drawn[10])
			}
		})
	}
}
