package checker

import "github.com/isocheck/isocheck/history"

// edgeKind is one kind of dependency, as a bit, so that a set of kinds is a mask.
type edgeKind uint8

const (
	ww edgeKind = 1 << iota
	wr
	rw
	predicateWR
	predicateRW
	session
	realTime
	// pass leads through a node that stands for a set of edges, not for a
	// transaction; it continues the edge that entered the node.
	pass
)

const (
	dependencies     = ww | wr | predicateWR
	antiDependencies = rw | predicateRW
	itemEdges        = dependencies | rw
	allEdges         = dependencies | antiDependencies
	orders           = session | realTime
)

// exported returns the kind as the findings name it.
func (k edgeKind) exported() EdgeKind {
	switch k {
	case ww:
		return WW
	case wr:
		return WR
	case rw:
		return RW
	case predicateWR:
		return PredicateWR
	case predicateRW:
		return PredicateRW
	case session:
		return Session
	default:
		return RealTime
	}
}

// edge is one dependency, with the events that make it.
type edge struct {
	from, to int32 // transactions
	// read is the read by from (of an rw edge) or by to (of a wr edge), -1 if none.
	read int32
	// scan is, of a predicate edge, the evaluation of the predicate, -1 if none.
	scan int32
	// write is what was read (wr), or what overwrote (ww, rw), or what changed the matches.
	write int32
	kind  edgeKind
}

// edgesOf appends the item dependencies that transaction t's own reads and
// writes make: ww and wr edges into t, rw edges out of it (Adya's thesis).
func (c *chains) edgesOf(t int32, edges []edge) []edge {
	ix := c.ix
	for w := ix.writeFrom[t]; w < ix.writeFrom[t+1]; w++ {
		if p := c.prev[w]; p >= 0 && ix.writes[p].txn != t {
			edges = append(edges, edge{kind: ww, from: ix.writes[p].txn, to: t, read: -1, scan: -1, write: w})
		} else if ix.lists != nil && ix.writes[w].previous == unplaced {
			edges = c.afterTail(w, edges)
		}
	}
	for r := ix.readFrom[t]; r < ix.readFrom[t+1]; r++ {
		least, most, ok := c.seen(r)
		if !ok {
			edges = c.unplacedEdge(t, r, edges)
			continue
		}
		if least >= 0 {
			if from := ix.writes[least].txn; from != t {
				edges = append(edges, edge{kind: wr, from: from, to: t, read: r, scan: -1, write: least})
			} else {
				continue
			}
		}
		n := c.after(r, most)
		if n < 0 && ix.lists != nil {
			edges = c.beforeUnobserved(t, r, edges)
		}
		if n >= 0 && ix.writes[n].txn != t {
			edges = append(edges, edge{kind: rw, from: t, to: ix.writes[n].txn, read: r, scan: -1, write: n})
		}
	}
	return edges
}

// unplacedEdge appends the dependency of a read on an element that took effect, and whose place in the list is not
// known: only transactions that nobody heard of saw it.
func (c *chains) unplacedEdge(t, r int32, edges []edge) []edge {
	w := c.ix.reads[r].source
	if c.ix.lists == nil || w < 0 || !c.takes(w) || c.ix.writes[w].txn == t {
		return edges
	}
	return append(edges, edge{kind: wr, from: c.ix.writes[w].txn, to: t, read: r, scan: -1, write: w})
}

// afterTail appends the dependency of a committed append that no read returned on the last
// one that a read did.
func (c *chains) afterTail(w int32, edges []edge) []edge {
	tail := c.follows(w)
	if tail < 0 || c.ix.writes[tail].txn == c.ix.writes[w].txn {
		return edges
	}
	return append(edges, edge{kind: ww, from: c.ix.writes[tail].txn, to: c.ix.writes[w].txn, read: -1, scan: -1, write: w})
}

// unobserved reports whether a write is a committed append that no read returned, so that it follows those that one did, in an
// order that is not known.
func (c *chains) unobserved(w int32) bool {
	ix := c.ix
	write := &ix.writes[w]
	// Of a transaction that may have aborted somebody who did may have read it.
	return ix.lists != nil && write.previous == unplaced && ix.outcome[write.txn] == history.Committed && !ix.lists.contested[write.object]
}

// follows returns a write that another one follows: the one that it replaced, or, of a committed append that no read
// returned, the last one that a read did. -1 if none is known.
func (c *chains) follows(w int32) int32 {
	if c.unobserved(w) {
		if tail := c.ix.lists.tail(c.ix.writes[w].object); tail >= 0 && c.takes(tail) {
			return tail
		}
	}
	return c.prev[w]
}

// beforeUnobserved appends the anti-dependencies of a read, which saw the last
// version that any read saw, to all the appends that no read returned. Of the versions that
// one transaction wrote, all are seen or none is, here too.
func (c *chains) beforeUnobserved(t, r int32, edges []edge) []edge {
	for _, w := range c.ix.lists.unobserved[c.ix.reads[r].object] {
		by, saw := c.ix.writes[w].txn, c.ix.reads[r].source
		if by != t && (saw < 0 || c.ix.writes[saw].txn != by) {
			edges = append(edges, edge{kind: rw, from: t, to: by, read: r, scan: -1, write: w})
		}
	}
	return edges
}

// seen returns the earliest and the latest version that a read can have seen;
// -1 is the unborn one. They differ only for reads that found no row, where the
// object has died. Not ok says that nothing is known: the version is of a
// transaction that had no effect, or of a fragment that is not placed.
func (c *chains) seen(r int32) (least, most int32, ok bool) {
	read := &c.ix.reads[r]
	switch {
	case read.version == absent:
		return c.seenAbsent(r)
	case read.version == 0:
		return -1, -1, true
	case read.source < 0 || c.root[read.source] < 0:
		return 0, 0, false
	}
	return read.source, read.source, true
}

// after returns the write that overwrote what a read saw, -1 if there is none.
// Of the versions that one transaction wrote in a row, all are seen or none is
// (reading one in the middle is an anomaly of its own: G1b).
func (c *chains) after(r, seen int32) int32 {
	if seen >= 0 {
		return c.nextByOther(seen)
	}
	return c.first[c.ix.reads[r].object]
}

// readerOf returns the transaction that made read r.
func (c *chains) readerOf(r int32) int32 { return owner(c.ix.readFrom, r) }

// owner returns in which of the ranges that begin at from[0], from[1] … i lies.
func owner(from []int32, i int32) int32 {
	low, high := 0, len(from)-1
	for low+1 < high {
		mid := (low + high) / 2
		if from[mid] <= i {
			low = mid
		} else {
			high = mid
		}
	}
	// Empty ranges share their start with the next one: the last is the owner.
	return int32(low)
}
