package checker

import (
	"cmp"
	"math"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// joinFragments joins the fragments of one object, given by their first writes, and returns the first
// write of all and how many fragments are left. Each is one life of the row: it begins with
// an insert, which does not learn which delete it follows.
//
// A life without a known delete may have been ended by one of which nobody knows whether it took effect.
//
// One life can follow another if that one ended with a delete which had been sent when
// the other's insert was answered. Two are joined where they can stand in no other order, and no
// third can stand between them.
func (c *chains) joinFragments(heads []int32) (first int32, left int) {
	if len(heads) == 1 {
		return heads[0], 1
	}
	lives, left := c.lives(heads), 1
	for i := 1; i < len(heads); i++ {
		a, b := &lives[i-1], &lives[i]
		alone := (i == 1 || a.ended > lives[i-2].lastMade) && (i+1 == len(lives) || lives[i+1].firstEnded > b.made)
		if a.ended < math.MaxInt64 && b.mayEnd > a.made && alone && !c.uncertain(heads) {
			c.prev[b.head], c.next[a.tail] = a.tail, b.head
			c.joined.add(b.head)
			c.unborn[b.head] = false
			continue
		}
		if c.prev[b.head] == -1 {
			c.madeTwice(a.tail, b.head, b.tail, heads)
			c.unborn[b.head] = false
			c.gaps++
		}
		left++
	}
	if left > 1 {
		c.unborn[lives[0].head] = false
	}
	return lives[0].head, left
}

// life is one life of a row.
type life struct {
	head, tail int32
	// made is when its insert was answered, ended when its delete was sent, the
	// end of time where it has none.
	made, ended int64
	// mayEnd is ended, or when the first delete was sent that may have ended it.
	mayEnd int64
	// lastMade is the latest of made up to this life, firstEnded the earliest of mayEnd from it on.
	lastMade, firstEnded int64
}

// lives returns the fragments in the order in which they ended, if that is known, and else in which they were made.
func (c *chains) lives(heads []int32) []life {
	lives := make([]life, len(heads))
	for i, h := range heads {
		l := life{head: h, tail: c.tail(h), ended: math.MaxInt64}
		_, l.made = c.ix.opTimes(c.ix.writes[h].txn, c.ix.writes[h].op)
		if c.ix.writes[l.tail].deleted {
			l.ended = c.sent(l.tail)
		}
		l.mayEnd = min(l.ended, c.doubtfulEnd(&l))
		lives[i] = l
	}
	slices.SortFunc(lives, func(a, b life) int { return cmp.Or(cmp.Compare(a.ended, b.ended), cmp.Compare(a.made, b.made)) })
	last := int64(math.MinInt64)
	for i := range lives {
		last = max(last, lives[i].made)
		lives[i].lastMade = last
	}
	first := int64(math.MaxInt64)
	for i := len(lives) - 1; i >= 0; i-- {
		first = min(first, lives[i].mayEnd)
		lives[i].firstEnded = first
	}
	return lives
}

// doubtfulEnd returns when the first delete was sent that may have ended a life, though
// it is not known to have taken effect.
func (c *chains) doubtfulEnd(l *life) int64 {
	ix := c.ix
	if l.ended < math.MaxInt64 {
		return math.MaxInt64
	}
	if !ix.closed {
		return math.MinInt64 // its transaction may be missing
	}
	began, _ := ix.opTimes(ix.writes[l.head].txn, ix.writes[l.head].op)
	end := int64(math.MaxInt64)
	for _, w := range c.dead[ix.writes[l.head].object].writes {
		_, answered := ix.opTimes(ix.writes[w].txn, ix.writes[w].op)
		if ix.writes[w].deleted && !ix.undone(w) && (ix.mergedClocks || answered >= began) {
			end = min(end, c.seenFrom(w))
		}
	}
	return end
}

// uncertain reports whether there are versions of an object of which not enough is known to join its
// fragments: writes that do not know what they replaced, or that nobody named.
func (c *chains) uncertain(heads []int32) bool {
	object := c.ix.writes[heads[0]].object
	return slices.ContainsFunc(heads, func(h int32) bool { return c.prev[h] == unlinked }) ||
		c.hidden.lasting(c.ix, object)
}

// madeTwice notes that two transactions both made a row, where neither life of it,
// which end with the writes a and bTail, was ended by a delete that is known or could be unknown.
func (c *chains) madeTwice(aTail, b, bTail int32, heads []int32) {
	ix := c.ix
	object := ix.writes[b].object
	unknown := !ix.closed || c.uncertain(heads) || slices.ContainsFunc(c.dead[object].writes, func(w int32) bool {
		return ix.writes[w].deleted && !ix.undone(w)
	})
	if unknown || ix.writes[aTail].deleted || ix.writes[bTail].deleted {
		return
	}
	a := aTail
	for c.prev[a] >= 0 && !ix.writes[a].insert {
		a = c.prev[a]
	}
	if ix.writes[a].insert && ix.outcome[ix.writes[a].txn] == history.Committed && ix.outcome[ix.writes[b].txn] == history.Committed {
		c.forks = append(c.forks, overwrite{b, a})
	}
}

func (c *chains) tail(w int32) int32 {
	for c.next[w] >= 0 {
		w = c.next[w]
	}
	return w
}
