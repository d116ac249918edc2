package history

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHistogram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		durations := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, math.MaxInt64), rapid.Int64Range(0, 1e7)), 1, 200).Draw(t, "durations")
		var a, b histogram
		for i, d := range durations {
			if i%2 == 0 {
				a.add(d)
			} else {
				b.add(d)
			}
		}
		a.merge(&b)
		slices.Sort(durations)
		for _, q := range []float64{0.5, 0.95, 0.99, 1} {
			exact := durations[max(0, int(math.Ceil(q*float64(len(durations))))-1)]
			got := a.quantile(q)
			if got < exact || float64(got-exact) > float64(exact)*0.02+1024 {
				t.Fatalf("quantile %v is %d, exactly it is %d", q, got, exact)
			}
		}
		if a.max != durations[len(durations)-1] {
			t.Fatalf("max %d", a.max)
		}
		if size := len(a.buckets) * 8; size > 24<<10 {
			t.Fatalf("%d bytes", size)
		}
	})
}

// ended is a transaction of which only what Stats look at is set.
func ended(client int, name string, start, end int64, outcome Outcome, class ErrorClass) Transaction {
	t := Transaction{Client: client, Name: name, Start: start, End: end, Outcome: outcome, Ops: make([]Op, 2)}
	if class != "" {
		t.Ops[1].Error = &Error{Class: class}
	}
	return t
}

func TestSummary(t *testing.T) {
	const ms = int64(time.Millisecond)
	h := testHeader()
	s := NewStats(&h)
	for _, txn := range []Transaction{
		ended(0, "setup", 0, 90*ms, Committed, ""),
		ended(1, "transfer", 100*ms, 101*ms, Committed, ""),
		ended(1, "transfer", 101*ms, 104*ms, Committed, ""),
		ended(2, "read all", 100*ms, 112*ms, Committed, ""),
		ended(1, "transfer", 104*ms, 113*ms, Aborted, Deadlock),
		ended(1, "transfer", 113*ms, 114*ms, Aborted, ""),
		ended(2, "transfer", 114*ms, 150*ms, Indeterminate, ConnectionLost),
		ended(0, "final", 160*ms, 161*ms, Committed, ""),
	} {
		if txn.Outcome == Aborted && txn.Start == 113*ms {
			txn.Attempt = 1
		}
		txn.Replica = txn.Name == "read all" || txn.Start == 114*ms
		s.Add(&txn)
	}
	transfer := Counts{
		Committed: 2, Aborted: 2, Indeterminate: 1, AbortedOnPurpose: 1, Retries: 1, Operations: 10,
		Errors: map[ErrorClass]int{Deadlock: 1, ConnectionLost: 1}, Latency: Latency{P50: 1007615, P95: 3 * ms, P99: 3 * ms, Max: 3 * ms},
	}
	all := transfer
	all.Committed, all.Operations = 3, 12
	all.Latency = Latency{P50: 3014655, P95: 12 * ms, P99: 12 * ms, Max: 12 * ms}
	readAll := Counts{Committed: 1, Operations: 2, Latency: Latency{P50: 12 * ms, P95: 12 * ms, P99: 12 * ms, Max: 12 * ms}}
	want := Summary{
		Start: 100 * ms, Duration: 50 * ms, Rate: 60, Setup: 2, Replica: 1, Counts: all,
		Names:    []NameSummary{{"read all", readAll}, {"transfer", transfer}},
		BinWidth: 10 * ms,
		Bins: []Bin{
			{Start: 100 * ms, Rate: 200, Counts: Counts{Committed: 2, Operations: 4, Latency: transfer.Latency}},
			{Start: 110 * ms, Rate: 100, Counts: Counts{
				Committed: 1, Aborted: 2, AbortedOnPurpose: 1, Retries: 1, Operations: 6,
				Errors: map[ErrorClass]int{Deadlock: 1}, Latency: readAll.Latency,
			}},
			{Start: 120 * ms},
			{Start: 130 * ms},
			{Start: 140 * ms},
			{Start: 150 * ms, Counts: Counts{Indeterminate: 1, Operations: 2, Errors: map[ErrorClass]int{ConnectionLost: 1}}},
		},
	}
	got := s.Summary()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Summary{BinWidth: 10 * ms}, NewStats(&h).Summary()); diff != "" {
		t.Errorf("of nothing (-want +got):\n%s", diff)
	}
}

// TestBinsAddUp adds transactions of any length in any order: the bins must be
// few, without gaps, and have the same sums as the whole.
func TestBinsAddUp(t *testing.T) {
	h := testHeader()
	classes := []ErrorClass{"", Deadlock, LockTimeout, OtherError}
	rapid.Check(t, func(t *rapid.T) {
		s := NewStats(&h)
		for range rapid.IntRange(1, 60).Draw(t, "transactions") {
			start, end := interval(t)
			outcome := Outcome(rapid.IntRange(1, 3).Draw(t, "outcome"))
			txn := ended(1, rapid.StringN(0, 2, 2).Draw(t, "name"), start, end, outcome, rapid.SampledFrom(classes).Draw(t, "class"))
			s.Add(&txn)
		}
		sum := s.Summary()
		if len(sum.Bins) == 0 || len(sum.Bins) > MaxBins {
			t.Fatalf("%d bins", len(sum.Bins))
		}
		var bins, names Counts
		for i := range sum.Bins {
			if i > 0 && sum.Bins[i].Start != sum.Bins[i-1].Start+sum.BinWidth {
				t.Fatalf("bin %d starts at %d", i, sum.Bins[i].Start)
			}
			addCounts(&bins, &sum.Bins[i].Counts)
		}
		for i := range sum.Names {
			addCounts(&names, &sum.Names[i].Counts)
		}
		all := sum.Counts
		all.Latency = Latency{Max: all.Latency.Max}
		if diff := cmp.Diff(all, bins); diff != "" {
			t.Fatalf("bins (-all +sum):\n%s", diff)
		}
		if diff := cmp.Diff(all, names); diff != "" {
			t.Fatalf("names (-all +sum):\n%s", diff)
		}
	})
}

func addCounts(sum, c *Counts) {
	sum.Committed += c.Committed
	sum.Aborted += c.Aborted
	sum.Indeterminate += c.Indeterminate
	sum.AbortedOnPurpose += c.AbortedOnPurpose
	sum.Operations += c.Operations
	sum.Latency.Max = max(sum.Latency.Max, c.Latency.Max)
	for class, n := range c.Errors {
		if sum.Errors == nil {
			sum.Errors = map[ErrorClass]int{}
		}
		sum.Errors[class] += n
	}
}

func TestManyNamesAndClasses(t *testing.T) {
	h := testHeader()
	s := NewStats(&h)
	for i := range 10_000 {
		word := string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
		txn := ended(1, word, 0, 1, Aborted, ErrorClass(word))
		s.Add(&txn)
	}
	sum := s.Summary()
	if len(sum.Names) > maxNames+1 || len(sum.Errors) > maxNames+1 || sum.Aborted != 10_000 {
		t.Errorf("%d names and %d classes of %d transactions", len(sum.Names), len(sum.Errors), sum.Aborted)
	}
}
