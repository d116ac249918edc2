package checker

import (
	"cmp"
	"math"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// chains is the version order of every object, as the database told it: each
// write of a transaction that took effect names the version that it replaced.
//
// A version order may come in several fragments: after a delete, the next insert
// does not learn which tombstone it follows, and some writes never learn what
// they replaced. Fragments are joined where only one order of them is possible
// (joinFragments); else there is a gap between them, and what would need the
// missing link is left out.
type chains struct {
	ix *index
	// live says of a transaction that it took effect: it committed, or its
	// outcome is indeterminate and somebody who committed saw or overwrote it.
	live []bool
	// took has the writes that took effect.
	took bitSet
	// By write, for live ones: the write that it replaced and the one that
	// replaced it (-1: none known), its position in its fragment and the
	// fragment's first write (-1 for writes that are not live).
	prev, next, pos, root []int32
	// By object: the first write of its only fragment, -1 where there is none
	// or more than one.
	first []int32
	// joined has the writes whose prev is not the version that they name: the first of a fragment
	// that was joined to another, and those that replaced versions without effect.
	joined bitSet
	// starts says of a fragment's first write that the object was unborn
	// before it, so that nothing precedes it.
	unborn []bool
	// tombs are the live deletes of each object that has any, and whose version order is known.
	tombs map[int32]tombs
	// dead are, by object, the writes that took no effect.
	dead   []dead
	hidden hidden

	// undone are the indeterminate transactions that a crash undid.
	undone map[int32]bool
	// equations are filled in when they are first asked for.
	equations *equations

	gaps  int
	dirty []overwrite // live writes that replaced an aborted version
	forks []overwrite // live writes that replaced the same version as another
}

// overwrite is a write and the one that it should not have met.
type overwrite struct{ write, other int32 }

// unlinked marks, while chains are built, a write whose previous version is not known.
const unlinked int32 = -2

func buildChains(ix *index) *chains {
	n := len(ix.writes)
	c := &chains{
		ix: ix, live: make([]bool, ix.len()),
		prev: fill(n, unlinked), next: fill(n, -1), pos: fill(n, -1), root: fill(n, -1),
		first: fill(ix.objects.len(), -1), unborn: make([]bool, n), tombs: map[int32]tombs{},
	}
	ix.strangers = 0
	c.findSources()
	c.hidden = findHidden(ix)
	c.settle()
	c.take()
	found := c.linkAll()
	c.buryDead(found.dead)
	c.number(found.heads)
	c.buryTombs(found.deletes)
	return c
}

// findSources finds the writes that reads saw, as far as they were not at hand when the reads came.
func (c *chains) findSources() {
	ix := c.ix
	if ix.lists != nil {
		return // they were found with the versions
	}
	for i := range ix.reads {
		r := &ix.reads[i]
		if r.source >= 0 || r.version <= 0 {
			continue
		}
		r.source = ix.find(r.object, r.version)
		if r.source < 0 && ix.strange(r.version) {
			ix.strangers++
		}
	}
}

// linked are the writes that are of some kind, as one pass over all writes finds them.
type linked struct {
	heads   []int32           // those that begin a fragment
	dead    []int32           // those that took no effect
	deletes map[int32][]int32 // live deletes by object
}

// linkAll links the live writes.
func (c *chains) linkAll() linked {
	ix, found := c.ix, linked{deletes: map[int32][]int32{}}
	for w := range int32(len(ix.writes)) {
		write := &ix.writes[w]
		if c.takes(w) {
			c.link(w)
			if write.deleted {
				found.deletes[write.object] = append(found.deletes[write.object], w)
			}
			if c.prev[w] < 0 && write.previous != unplaced {
				found.heads = append(found.heads, w)
			}
		} else {
			found.dead = append(found.dead, w)
		}
		if c.prev[w] < 0 && ix.strange(write.previous) {
			ix.strangers++
		}
	}
	return found
}

func fill(n int, value int32) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = value
	}
	return s
}

// settle finds out which transactions took effect. What a committed transaction
// read or overwrote took effect even if its own client never heard so, and so did
// what that one overwrote.
func (c *chains) settle() {
	for t := range c.live {
		c.live[t] = c.ix.outcome[t] == history.Committed
	}
	c.undone = c.undoneByCrash()
	if c.ix.exercised.indeterminate == 0 {
		return
	}
	var todo []int32
	mark := func(w int32) {
		if w < 0 || c.ix.writes[w].undone > 0 || c.undone[c.ix.writes[w].txn] {
			return
		}
		if t := c.ix.writes[w].txn; !c.live[t] && c.ix.outcome[t] == history.Indeterminate {
			c.live[t] = true
			todo = append(todo, t)
		}
	}
	for t, live := range c.live {
		if live {
			todo = append(todo, int32(t))
		}
	}
	if lists := c.ix.lists; lists != nil {
		for object := range lists.longest {
			mark(lists.tail(int32(object))) // no read may have it as its last: elements without effect may follow
		}
	}
	for len(todo) > 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, r := range c.ix.readsOf(t) {
			mark(r.source)
		}
		for _, w := range c.ix.writesOf(t) {
			mark(c.ix.find(w.object, w.previous))
		}
	}
}

// take notes the writes that took effect: those of live transactions that were not rolled back.
func (c *chains) take() {
	ix := c.ix
	c.took = make(bitSet, len(ix.writes)/64+1)
	for t, live := range c.live {
		for w := ix.writeFrom[t]; live && w < ix.writeFrom[t+1]; w++ {
			if !ix.rolledBack || ix.writes[w].undone == 0 {
				c.took.add(w)
			}
		}
	}
}

// link finds the live write that a live write replaced.
func (c *chains) link(w int32) {
	ix := c.ix
	q := w
	for steps := range 1000 { // a broken file may name a circle of aborted versions
		v := ix.writes[q].previous
		if v == unplaced {
			return
		}
		if v == 0 {
			if own := ix.ownWrite(ix.writes[w].txn, ix.writes[w].object, ix.writes[w].op); q == w && own >= 0 && ix.writes[own].deleted && c.next[own] < 0 {
				c.prev[w], c.next[own] = own, w // it deleted the row, and made it again
				c.joined.add(w)
				return
			}
			c.prev[w] = -1
			c.unborn[w] = true
			return
		}
		q = ix.find(ix.writes[w].object, v)
		switch {
		case q < 0 || q == w:
			c.gaps++
			return
		case !c.takes(q):
			if ix.undone(q) && steps == 0 {
				c.dirty = append(c.dirty, overwrite{w, q})
			}
		case c.next[q] >= 0:
			// Of one whose outcome is not known, somebody may have seen a version
			// that was then rolled back.
			if ix.outcome[ix.writes[w].txn] == history.Committed && ix.outcome[ix.writes[c.next[q]].txn] == history.Committed {
				c.forks = append(c.forks, overwrite{w, c.next[q]})
			}
			c.gaps++
			return
		default:
			c.prev[w], c.next[q] = q, w
			if steps > 0 {
				c.joined.add(w)
			}
			return
		}
	}
	c.gaps++
}

// number joins the fragments of each object, of which the first writes are given, and gives every write its position.
func (c *chains) number(heads []int32) {
	slices.SortFunc(heads, func(a, b int32) int {
		if d := cmp.Compare(c.ix.writes[a].object, c.ix.writes[b].object); d != 0 {
			return d
		}
		return cmp.Compare(c.startOf(a), c.startOf(b))
	})
	for i := 0; i < len(heads); {
		j := i + 1
		for j < len(heads) && c.ix.writes[heads[j]].object == c.ix.writes[heads[i]].object {
			j++
		}
		if first, left := c.joinFragments(heads[i:j]); left == 1 {
			c.first[c.ix.writes[heads[i]].object] = first
		}
		i = j
	}
	for _, h := range heads {
		if c.prev[h] < 0 { // else it was joined to the fragment before it
			c.prev[h] = -1
			c.root[h], c.pos[h] = h, 0
		}
	}
	// Most writes come after the one that they replaced. So one pass in the order of
	// the file, in which neighbours are near, numbers nearly all.
	for w, p := range c.prev {
		if p >= 0 && c.root[p] >= 0 && c.root[w] < 0 {
			c.numberFrom(int32(w), p)
		}
	}
}

// numberFrom numbers write w, which follows write p, and those after it that came before it in the file.
func (c *chains) numberFrom(w, p int32) {
	for at := w; w >= 0 && w <= at && c.root[w] < 0; w = c.next[w] {
		c.root[w], c.pos[w] = c.root[p], c.pos[p]+1
		p = w
	}
}

// startOf returns when the write was sent.
func (c *chains) startOf(w int32) int64 {
	start, _ := c.ix.opTimes(c.ix.writes[w].txn, c.ix.writes[w].op)
	return start
}

// sent returns when the write was sent as far as a reader's clock can tell: of
// histories put together from several processes, it may have been at any time.
func (c *chains) sent(w int32) int64 {
	if c.ix.mergedClocks {
		return math.MinInt64
	}
	return c.startOf(w)
}

// base returns the version upon which a write was made, -1 if there was none or it
// is not known. It may be one that took no effect.
func (c *chains) base(w int32) int32 {
	write := &c.ix.writes[w]
	switch p := c.prev[w]; {
	case write.insert:
		return -1
	case p >= 0 && !c.joined.has(w):
		return p
	}
	return c.ix.find(write.object, write.previous)
}

// before reports whether version a of an object is known to precede version b of it.
func (c *chains) before(a, b int32) bool {
	return c.root[a] >= 0 && c.root[a] == c.root[b] && c.pos[a] < c.pos[b]
}

// nextByOther returns the first write after w that another transaction than w's
// made, -1 if there is none.
func (c *chains) nextByOther(w int32) int32 {
	t := c.ix.writes[w].txn
	n := c.next[w]
	for n >= 0 && c.ix.writes[n].txn == t {
		n = c.next[n]
	}
	return n
}

// prevByOther returns the last write before w that another transaction than w's
// made, -1 if there is none.
func (c *chains) prevByOther(w int32) int32 {
	t := c.ix.writes[w].txn
	for w >= 0 && c.ix.writes[w].txn == t {
		w = c.prev[w]
	}
	return w
}

// last reports whether w is its transaction's last write of the object.
func (c *chains) last(w int32) bool {
	n := c.next[w]
	return n < 0 || c.ix.writes[n].txn != c.ix.writes[w].txn
}
