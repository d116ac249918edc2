package trials

import (
	"errors"
	"io"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// summary is how a run went, with the latencies of what clients wanted done, however often they tried.
type summary struct {
	history.Summary
	header history.Header
	whole  []int64 // in nanoseconds
}

// sumUp reads a history.
func sumUp(src history.Source) (*summary, error) {
	stream, err := src.Open()
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	sum := &summary{header: *stream.Header()}
	stats, attempts := history.NewStats(&sum.header), attempts{}
	var t history.Transaction
	for {
		err := stream.Next(&t)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		stats.Add(&t)
		if took, done := attempts.add(&t); done {
			sum.whole = append(sum.whole, took)
		}
	}
	sum.Summary = stats.Summary()
	slices.Sort(sum.whole)
	return sum, nil
}

// latency returns the median and the 99th percentile, 0 where nothing committed.
func (s *summary) latency() (p50, p99 int64) { return percentile(s.whole, 50), percentile(s.whole, 99) }

// percentile is the least value that so many percent of the sorted values do not exceed.
func percentile(sorted []int64, percent int) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max((len(sorted)*percent+99)/100, 1)-1]
}

// attempts remembers of each client when it first tried what it is trying now. A
// client's transactions come in order.
type attempts map[int]begun

// begun is the first attempt of something, and which attempt was the last.
type begun struct {
	start   int64
	attempt int
}

// add returns, for a transaction that committed, how long it took from the begin of its first attempt.
func (a attempts) add(t *history.Transaction) (took int64, done bool) {
	if t.Client == 0 {
		return 0, false // it sets up, and reads the final state
	}
	b, known := a[t.Client]
	if t.Attempt == 0 || !known || t.Attempt != b.attempt+1 {
		b.start = t.Start
	}
	b.attempt = t.Attempt
	a[t.Client] = b
	return t.End - b.start, t.Outcome == history.Committed
}
