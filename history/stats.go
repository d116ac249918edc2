package history

import (
	"cmp"
	"slices"
	"time"
)

// MaxBins is the most time bins that a Summary has.
const MaxBins = 120

const (
	firstBinWidth = int64(10 * time.Millisecond)
	// maxNames bounds the memory that names in a file can take; what comes later is otherName.
	maxNames  = 64
	otherName = "(other)"
)

// Stats sums a run up while its transactions pass by. Its memory is bounded,
// whatever the number of transactions. Client 0, which sets the tables up and
// reads them at the end, counts only as Setup.
type Stats struct {
	setup       int
	replica     int // of those that committed
	first, last int64
	any         bool
	// timeless says that what stands for times are none, imported that the history does not tell why transactions aborted.
	timeless, imported bool

	all     tally
	names   map[string]*tally
	bins    []tally
	width   int64
	classes []ErrorClass // the index is that of tally.errors
}

// tally counts transactions.
type tally struct {
	committed, aborted, indeterminate, onPurpose, retries, operations int
	errors                                                            []int
	latency                                                           histogram
}

// NewStats returns Stats for a run with the header.
func NewStats(h *Header) *Stats {
	return &Stats{names: map[string]*tally{}, width: firstBinWidth, timeless: h.Timeless(), imported: h.Database == ""}
}

// Add counts a transaction in.
func (s *Stats) Add(t *Transaction) {
	if t.Client == 0 {
		s.setup++
		return
	}
	if s.timeless {
		without := *t
		without.Start, without.End = 0, 0
		t = &without
	}
	if !s.any {
		s.any, s.first, s.last = true, t.Start, t.End
	}
	s.first, s.last = min(s.first, t.Start), max(s.last, t.End)
	if t.Replica && t.Outcome == Committed {
		s.replica++
	}
	class := -1
	if e := t.Failure(); e != nil && t.Outcome != Committed {
		class = s.class(e.Class)
	}
	s.all.add(t, class)
	s.named(t.Name).add(t, class)
	s.bin(t.End).add(t, class)
}

func (t *tally) add(txn *Transaction, class int) {
	t.operations += len(txn.Ops)
	if txn.Attempt > 0 {
		t.retries++
	}
	switch txn.Outcome {
	case Committed:
		t.committed++
		t.latency.add(txn.End - txn.Start)
	case Aborted:
		t.aborted++
		if class < 0 {
			t.onPurpose++
		}
	case Indeterminate:
		t.indeterminate++
	}
	if class >= 0 {
		for len(t.errors) <= class {
			t.errors = append(t.errors, 0)
		}
		t.errors[class]++
	}
}

func (t *tally) merge(u *tally) {
	t.committed += u.committed
	t.aborted += u.aborted
	t.indeterminate += u.indeterminate
	t.onPurpose += u.onPurpose
	t.retries += u.retries
	t.operations += u.operations
	for i, n := range u.errors {
		if i < len(t.errors) {
			t.errors[i] += n
		} else {
			t.errors = append(t.errors, n)
		}
	}
	t.latency.merge(&u.latency)
}

// class returns the index of an error class; those beyond a number that no run has are OtherError.
func (s *Stats) class(c ErrorClass) int {
	if i := slices.Index(s.classes, c); i >= 0 {
		return i
	}
	if len(s.classes) >= maxNames {
		c = OtherError
		if i := slices.Index(s.classes, c); i >= 0 {
			return i
		}
	}
	s.classes = append(s.classes, c)
	return len(s.classes) - 1
}

func (s *Stats) named(name string) *tally {
	if t := s.names[name]; t != nil {
		return t
	}
	if len(s.names) >= maxNames {
		name = otherName
		if t := s.names[name]; t != nil {
			return t
		}
	}
	t := &tally{}
	s.names[name] = t
	return t
}

// bin returns the bin of a time. Where the time is beyond the last of MaxBins,
// bins become twice as wide, by pairs, until it is not.
func (s *Stats) bin(at int64) *tally {
	at = max(at, 0)
	for at/s.width >= MaxBins {
		for i := range s.bins {
			if i%2 == 1 {
				s.bins[i/2].merge(&s.bins[i])
			} else if i > 0 {
				s.bins[i/2] = s.bins[i]
			}
		}
		half := (len(s.bins) + 1) / 2
		clear(s.bins[half:])
		s.bins = s.bins[:half]
		s.width *= 2
	}
	for n := int(at / s.width); len(s.bins) <= n; {
		s.bins = append(s.bins, tally{})
	}
	return &s.bins[at/s.width]
}

// Summary returns the sums of what was added so far.
func (s *Stats) Summary() Summary {
	sum := Summary{Start: s.first, Duration: s.last - s.first, Setup: s.setup, Replica: s.replica, BinWidth: s.width, Counts: s.counts(&s.all)}
	if seconds := time.Duration(sum.Duration).Seconds(); seconds > 0 {
		sum.Rate = float64(sum.Committed) / seconds
	}
	for name, t := range s.names {
		sum.Names = append(sum.Names, NameSummary{Name: name, Counts: s.counts(t)})
	}
	slices.SortFunc(sum.Names, func(a, b NameSummary) int { return cmp.Compare(a.Name, b.Name) })
	for i := range s.bins {
		if start := int64(i) * s.width; start+s.width > s.first {
			sum.Bins = append(sum.Bins, s.binSummary(i, start))
		}
	}
	return sum
}

func (s *Stats) binSummary(i int, start int64) Bin {
	b := Bin{Start: start, Counts: s.counts(&s.bins[i])}
	// The first and the last bin are only partly part of the run. Where very
	// little of one is, a single transaction must not look like a burst.
	covered := max(min(start+s.width, s.last)-max(start, s.first), s.width/2)
	b.Rate = float64(b.Committed) / time.Duration(covered).Seconds()
	return b
}

func (s *Stats) counts(t *tally) Counts {
	c := Counts{
		Committed: t.committed, Aborted: t.aborted, Indeterminate: t.indeterminate, AbortedOnPurpose: t.onPurpose,
		Retries: t.retries, Operations: t.operations, Latency: t.latency.summary(),
	}
	if s.imported {
		c.AbortedOnPurpose, c.AbortedUnexplained = 0, t.onPurpose
	}
	for i, n := range t.errors {
		if n > 0 {
			if c.Errors == nil {
				c.Errors = map[ErrorClass]int{}
			}
			c.Errors[s.classes[i]] += n
		}
	}
	return c
}
