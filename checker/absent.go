package checker

import (
	"math"
	"slices"
	"sort"
)

// tombs are the deletes of one object, in the version order, and the earliest
// time at which any from the first up to each one, and from each one up to the last,
// was sent: deletes need not have been sent in the version order.
type tombs struct {
	writes               []int32
	sentUpTo, sentFromOn []int64
}

// buryTombs puts the deletes of each object whose version order is known into that order.
func (c *chains) buryTombs(deletes map[int32][]int32) {
	for object, writes := range deletes {
		if c.first[object] < 0 {
			continue
		}
		slices.SortFunc(writes, func(a, b int32) int { return int(c.pos[a] - c.pos[b]) })
		t := tombs{writes: writes, sentUpTo: make([]int64, len(writes)), sentFromOn: make([]int64, len(writes))}
		least := int64(math.MaxInt64)
		for i, w := range writes {
			least = min(least, c.sent(w))
			t.sentUpTo[i] = least
		}
		least = math.MaxInt64
		for i := len(writes) - 1; i >= 0; i-- {
			least = min(least, c.sent(writes[i]))
			t.sentFromOn[i] = least
		}
		c.tombs[object] = t
	}
}

// sentBy returns the first and the last of the deletes that had been sent at a time, -1 if there is none.
func (t *tombs) sentBy(at int64) (first, last int32) {
	i := sort.Search(len(t.writes), func(i int) bool { return t.sentUpTo[i] <= at })
	if i == len(t.writes) {
		return -1, -1
	}
	j := sort.Search(len(t.writes), func(i int) bool { return t.sentFromOn[i] > at })
	return t.writes[i], t.writes[j-1]
}

// sentByOthers is sentBy where clocks do not compare: any but the reader's own later ones.
func (c *chains) sentByOthers(t *tombs, reader, op int32) (first, last int32) {
	first, last = -1, -1
	for _, w := range t.writes {
		if c.ix.writes[w].txn == reader && c.ix.writes[w].op >= op {
			continue
		}
		if first < 0 {
			first = w
		}
		last = w
	}
	return first, last
}

// seenAbsent says which unborn or dead versions a read that found no row can
// have seen: all those whose writes had been sent when the answer was there. The
// rows that the setup made were there from the start. Not ok says that the reading
// transaction may have seen what is not known: a version without effect, or one
// that a hidden write made.
func (c *chains) seenAbsent(r int32) (least, most int32, ok bool) {
	ix := c.ix
	read := &ix.reads[r]
	first := c.first[read.object]
	if first < 0 || !c.unborn[first] {
		return -1, -1, false // nobody ever made the row, or not all of its past is known
	}
	t := c.readerOf(r)
	if own := ix.ownWrite(t, read.object, read.op()); own >= 0 {
		return own, own, ix.writes[own].deleted
	}
	_, end := ix.opTimes(t, read.op())
	deleted := func(w int32) bool { return ix.writes[w].deleted }
	if c.hidden.death(ix, read.object, t, read.op()) || c.dead[read.object].deletes > 0 && c.seenDirty(read.object, t, read.op(), deleted) >= 0 {
		return -1, -1, false
	}
	buried := c.tombs[read.object]
	least, most = buried.sentBy(end)
	if ix.mergedClocks {
		least, most = c.sentByOthers(&buried, t, read.op())
	}
	switch {
	case !ix.isSetup(ix.writes[first].txn):
		least = -1
	case least < 0 && slices.ContainsFunc(c.dead[read.object].writes, func(w int32) bool { return deleted(w) && c.seenFrom(w) <= end }):
		return -1, -1, false // it explains more than that the setup was not seen
	}
	return least, most, true
}

// onlyDirty returns the delete by an aborted transaction that alone explains why a
// read found no row: the setup had made the row, and no delete that took
// effect had been sent when the answer was there. -1 if there is none.
func (c *chains) onlyDirty(t, r int32) int32 {
	ix := c.ix
	read := &ix.reads[r]
	first := c.first[read.object]
	if read.version != absent || first < 0 || !c.unborn[first] || !ix.isSetup(ix.writes[first].txn) || c.hidden.death(ix, read.object, t, read.op()) {
		return -1
	}
	_, end := ix.opTimes(t, read.op())
	buried := c.tombs[read.object]
	if w, _ := buried.sentBy(end); w >= 0 {
		return -1
	}
	found := int32(-1)
	for _, w := range c.dead[read.object].writes {
		switch {
		case !ix.writes[w].deleted || c.sent(w) > end:
		case !ix.undone(w):
			return -1
		default:
			found = w
		}
	}
	return found
}

// seenAfter returns the first delete after a version that a read which found no
// row can have seen, -1 if there is none.
func (c *chains) seenAfter(r, version int32) int32 {
	read := &c.ix.reads[r]
	_, end := c.ix.opTimes(c.readerOf(r), read.op())
	buried := c.tombs[read.object]
	i := sort.Search(len(buried.writes), func(i int) bool { return c.pos[buried.writes[i]] > c.pos[version] })
	for _, w := range buried.writes[i:] {
		if c.sent(w) <= end {
			return w
		}
	}
	return -1
}

// sameStay reports whether one transaction wrote two versions of an object, and all between them.
func (c *chains) sameStay(a, b int32) bool {
	return a == b || c.ix.writes[a].txn == c.ix.writes[b].txn && c.nextByOther(a) == c.nextByOther(b)
}

// allReplaced reports whether all deletes from one to another that a read which found no row can have seen
// are such that the same transaction then wrote the row again.
func (c *chains) allReplaced(r, least, most int32) bool {
	_, end := c.ix.opTimes(c.readerOf(r), c.ix.reads[r].op())
	for w := least; w >= 0; w = c.next[w] {
		if c.ix.writes[w].deleted && c.sent(w) <= end && c.last(w) {
			return false
		}
		if w == most {
			return true
		}
	}
	return false
}
