package harness

import (
	"errors"
	"sync/atomic"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Totals count transactions by how they ended.
type Totals struct {
	Committed, Indeterminate int64
	// Aborted counts them by why; the class "" stands for those that aborted on purpose.
	Aborted map[history.ErrorClass]int64
	// Retries are the transactions that were another attempt; GaveUp counts what was
	// tried as often as its transaction allows, and failed each time.
	Retries, GaveUp int64
}

// AllAborted is how many transactions aborted, whatever the reason.
func (t Totals) AllAborted() int64 {
	var all int64
	for _, n := range t.Aborted {
		all += n
	}
	return all
}

// classes are the reasons to abort that are counted apart, in the order of counts.aborted.
var classes = [...]history.ErrorClass{
	"", history.SerializationFailure, history.Deadlock, history.LockTimeout, history.LockUnavailable,
	history.Constraint, history.ConnectionLost, history.Cancelled, history.OtherError,
}

// counts are one client's totals. Only the client writes them; the padding keeps
// other memory off their cache lines, so that it does so at no cost.
type counts struct {
	_             [64]byte
	committed     atomic.Int64
	indeterminate atomic.Int64
	retries       atomic.Int64
	gaveUp        atomic.Int64
	aborted       [len(classes)]atomic.Int64
	_             [64]byte
}

// add counts what Session.Run returned.
func (c *counts) add(outcome history.Outcome, err error) {
	switch outcome {
	case history.Committed:
		c.committed.Add(1)
	case history.Indeterminate:
		c.indeterminate.Add(1)
	default:
		c.aborted[reason(err)].Add(1)
	}
}

// reason is the index in classes of why a transaction aborted.
func reason(err error) int {
	if err == nil || errors.Is(err, databases.ErrRetry) {
		return 0
	}
	class := history.OtherError
	var failure *history.Error
	if errors.As(err, &failure) {
		class = failure.Class
	}
	for i, c := range classes {
		if c == class {
			return i
		}
	}
	return len(classes) - 1
}

// totals adds the clients' counts up.
func (r *run) totals() Totals {
	t := Totals{Aborted: map[history.ErrorClass]int64{}}
	for _, c := range r.clients {
		t.Committed += c.counts.committed.Load()
		t.Indeterminate += c.counts.indeterminate.Load()
		t.Retries += c.counts.retries.Load()
		t.GaveUp += c.counts.gaveUp.Load()
		for i := range c.counts.aborted {
			if n := c.counts.aborted[i].Load(); n > 0 {
				t.Aborted[classes[i]] += n
			}
		}
	}
	return t
}
