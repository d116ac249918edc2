package noise

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The least P of two samples' sizes is what complete separation gives.
func TestFewest(t *testing.T) {
	for _, c := range []struct {
		n, m int
		want float64
	}{{1, 1, 1}, {3, 3, 0.1}, {4, 4, 2.0 / 70}, {6, 6, 2.0 / 924}, {1, 20, 2.0 / 21}} {
		if got := fewest(c.n, c.m); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("fewest(%d, %d) = %v, want %v", c.n, c.m, got, c.want)
		}
		if got, back := fewest(c.n, c.m), fewest(c.m, c.n); math.Abs(got-back) > 1e-12 {
			t.Errorf("fewest(%d, %d) = %v, the other way round %v", c.n, c.m, got, back)
		}
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name         string
		one, other   []float64
		differs, few bool
	}{
		{"far apart", []float64{10, 11, 12, 13}, []float64{20, 21, 22, 23}, true, false},
		{"overlapping", []float64{10, 11, 21, 13}, []float64{20, 12, 22, 23}, false, false},
		{"too few", []float64{10, 11, 12}, []float64{20, 21, 22}, false, true},
		{"one each", []float64{10}, []float64{1000}, false, true},
		{"nothing", nil, []float64{1000}, false, false},
	} {
		v, other := Of(c.one), Of(c.other)
		v.CompareWith(&other)
		if v.Differs != c.differs || v.Few != c.few {
			t.Errorf("%s: differs %v, few %v", c.name, v.Differs, v.Few)
		}
		if compared := v.Change != nil; compared != (len(c.one) > 0) {
			t.Errorf("%s: compared %v", c.name, compared)
		}
	}
}

// The median lies in the range, and the range among the measurements.
func TestOfProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := rapid.SliceOfN(rapid.Float64Range(1, 1e6), 1, 40).Draw(t, "samples")
		v := Of(samples)
		low, high := v.Range()
		if low > v.Median || high < v.Median || low < v.Samples[0] || high > v.Samples[len(v.Samples)-1] {
			t.Fatalf("median %v, range %v to %v of %v", v.Median, low, high, v.Samples)
		}
		if (v.Low == nil) != (len(samples) < 6) {
			t.Fatalf("an interval of %d measurements: %v", len(samples), v.Low != nil)
		}
		same := Of(samples)
		same.CompareWith(&v)
		if same.Differs {
			t.Fatalf("it differs from itself, p=%v", *same.P)
		}
	})
}
