package checker

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// dead are the writes of one object that took no effect. Somebody may have seen
// them nevertheless while their transactions ran: whoever did not find a row, or did not get it
// by a predicate, may have seen one of these instead of any version that took effect.
type dead struct {
	writes []int32
	// deletes is how many of them are deletes.
	deletes int
	// until, once somebody asked, is the latest time at which any from the first up to each one
	// could be seen; the writes are then in the order in which they were sent.
	until []int64
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
	if c.ix.mergedClocks || c.ix.timeless || !c.ix.undone(w) {
		return math.MaxInt64
	}
	if op := c.ix.writes[w].undone; op > 0 {
		_, end := c.ix.opTimes(t, op)
		return end
	}
	return c.ix.end[t]
}

// buryDead puts the writes without effect by object.
func (c *chains) buryDead(writes []int32) {
	ix := c.ix
	c.dead = make([]dead, ix.objects.len())
	count := make([]int32, ix.objects.len())
	for _, w := range writes {
		count[ix.writes[w].object]++
	}
	room := make([]int32, len(writes))
	for object, n := range count {
		c.dead[object].writes, room = room[:0:n], room[n:]
	}
	for _, w := range writes {
		d := &c.dead[ix.writes[w].object]
		d.writes = append(d.writes, w)
		if ix.writes[w].deleted {
			d.deletes++
		}
	}
}

// sort puts the writes in order, for whoever searches them.
func (d *dead) sort(c *chains) {
	slices.SortFunc(d.writes, func(a, b int32) int { return cmp.Compare(c.seenFrom(a), c.seenFrom(b)) })
	d.until = make([]int64, len(d.writes))
	latest := int64(math.MinInt64)
	for i, w := range d.writes {
		latest = max(latest, c.seenUntil(w))
		d.until[i] = latest
	}
}

// seenDirty returns a write without effect of an object that an operation of
// transaction t may have seen, of those that match; -1 if there is none.
func (c *chains) seenDirty(object, t, op int32, match func(w int32) bool) int32 {
	d := &c.dead[object]
	switch {
	case len(d.writes) == 0:
		return -1
	case d.until == nil:
		d.sort(c)
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
