package checker

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/isocheck/isocheck/history"
)

// dead are the writes of one object that took no effect. Somebody may have seen
// them nevertheless while their transactions ran: whoever did not find a row, or did not get it
// by a predicate, may have seen one of these instead of any version that took effect.
type dead struct {
	writes []int32 // in the order in which they were sent
	until  []int64 // the latest time at which any from the first up to each one could be seen
}

// seenFrom and seenUntil are when a write without effect could be seen: while its
// transaction ran. Of one whose outcome nobody knows, that has no end.
func (c *chains) seenFrom(w int32) int64 {
	if c.ix.timeless {
		return math.MinInt64
	}
	return c.sent(w)
}

func (c *chains) seenUntil(w int32) int64 {
	t := c.ix.writes[w].txn
	if c.ix.mergedClocks || c.ix.timeless || c.ix.outcome[t] != history.Aborted {
		return math.MaxInt64
	}
	return c.ix.end[t]
}

func (c *chains) buryDead(writes map[int32][]int32) {
	for object, of := range writes {
		slices.SortFunc(of, func(a, b int32) int { return cmp.Compare(c.seenFrom(a), c.seenFrom(b)) })
		d := dead{writes: of, until: make([]int64, len(of))}
		latest := int64(math.MinInt64)
		for i, w := range of {
			latest = max(latest, c.seenUntil(w))
			d.until[i] = latest
		}
		c.dead[object] = d
	}
}

// seenDirty returns a write without effect of an object that an operation of
// transaction t may have seen, of those that match; -1 if there is none.
func (c *chains) seenDirty(object, t, op int32, match func(w int32) bool) int32 {
	d := c.dead[object]
	if len(d.writes) == 0 {
		return -1
	}
	_, end := c.ix.opTimes(t, op)
	n := sort.Search(len(d.writes), func(i int) bool { return c.seenFrom(d.writes[i]) > end })
	for i := n - 1; i >= 0 && d.until[i] >= c.ix.start[t]; i-- {
		if w := d.writes[i]; c.ix.writes[w].txn != t && c.seenUntil(w) >= c.ix.start[t] && match(w) {
			return w
		}
	}
	return -1
}
