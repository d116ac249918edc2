package checker

import (
	"cmp"
	"math"
	"slices"
)

// Predicate anti-dependencies (Adya's thesis, predicate-anti-depends): a transaction evaluated a
// predicate and did not get a row which another transaction's version makes match.
//
// Which version of an absent row was seen is not recorded, but it cannot have been
// one whose write had not been sent when the answer was there. So an edge to the
// version that made the row match, its birth, is certain if every version after the birth
// that does not match was sent later than the answer: whatever was seen, it came before the birth.
//
// Departures need no predicate anti-dependencies: who had seen the row as matching has an
// item anti-dependency to whoever changed it.

// birth is a transaction's last version of a row, which matches a predicate while the one before the transaction does not.
type birth struct {
	write int32
	// began is when the birth's transaction began, departed when the first
	// version after it that does not match was sent.
	began, departed int64
}

// births returns the births of the predicate's rows, by the time when their
// transactions began.
func (c *chains) births(p *predicate, v *values) []birth {
	var births []birth
	switch q, ok := p.equation(); {
	case ok:
		births = c.solved(v).births(c, q, p, v, nil)
	case p.object >= 0:
		births = c.birthsOf(c.chain(p.object, nil), p, v, nil)
	default:
		var chain []int32
		for object := range c.first {
			if p.covers(c.ix, int32(object)) {
				chain = c.chain(int32(object), chain[:0])
				births = c.birthsOf(chain, p, v, births)
			}
		}
	}
	slices.SortFunc(births, func(a, b birth) int { return cmp.Compare(a.began, b.began) })
	return births
}

// solved returns the solutions of the equations in the predicates, which are found when they are first asked for.
func (c *chains) solved(v *values) *equations {
	if c.equations == nil {
		c.equations = c.solve(v)
	}
	return c.equations
}

// chain appends an object's versions in their order, none where that is not known.
func (c *chains) chain(object int32, chain []int32) []int32 {
	for w := c.first[object]; w >= 0; w = c.next[w] {
		chain = append(chain, w)
	}
	return chain
}

// mayBegin returns those of the objects, which are in their order, that may match a predicate as the transaction which made them left them.
func (c *chains) mayBegin(p *predicate, objects []int32, v *values) []int32 {
	q, ok := p.equation()
	if !ok {
		return objects
	}
	var found []int32
	for _, w := range c.solved(v).solutions[q] {
		object := c.ix.writes[w].object
		if c.prevByOther(w) >= 0 || len(found) > 0 && found[len(found)-1] == object {
			continue
		}
		if _, among := slices.BinarySearch(objects, object); among {
			found = append(found, object)
		}
	}
	return found
}

// firsts returns the first versions of a predicate's rows: at least those that match.
func (c *chains) firsts(p *predicate, v *values) []int32 {
	firsts := c.first
	if q, ok := p.equation(); ok {
		firsts = c.solved(v).solutions[q]
	} else if p.object >= 0 {
		firsts = c.first[p.object : p.object+1]
	}
	var found []int32
	for _, w := range firsts {
		if w >= 0 && c.prev[w] < 0 && p.covers(c.ix, c.ix.writes[w].object) {
			found = append(found, w)
		}
	}
	return found
}

// birthsOf appends the births in one object's chain, which it walks backwards so
// that it knows what is still to come.
func (c *chains) birthsOf(chain []int32, p *predicate, v *values, births []birth) []birth {
	departed := int64(math.MaxInt64)
	for i := len(chain) - 1; i >= 0; i-- {
		w := chain[i]
		if v.matches(w, p) != yes {
			departed = min(departed, c.sent(w))
			continue
		}
		if c.bears(w, p, v) {
			births = append(births, birth{write: w, began: c.ix.start[c.ix.writes[w].txn], departed: departed})
		}
	}
	return births
}

// bears reports whether a version that matches the predicate is a birth.
func (c *chains) bears(w int32, p *predicate, v *values) bool {
	before := c.prevByOther(w)
	return c.last(w) && (before >= 0 && v.matches(before, p) == no || before < 0 && c.unborn[c.root[w]])
}

// missedDirty reports whether a scan may have missed a row because it saw a version of it that
// took no effect, or that a hidden write made.
func (c *chains) missedDirty(s, object int32, v *values) bool {
	scan := &c.ix.scans[s]
	p := &c.ix.predicates[scan.predicate]
	return c.hidden.row(c.ix, object, scan.txn, scan.op) ||
		c.seenDirty(object, scan.txn, scan.op, func(w int32) bool { return v.matches(w, p) != yes }) >= 0
}

// predicateEdges returns the predicate anti-dependencies to transactions that
// began before the reader had ended. Those to later ones are left to the graph, which
// stands one node for many of them (see graph.go).
//
// It also returns the predicate dependencies on departures, and these (see departures.go), and the edges of
// scans that were rolled back.
func (c *chains) predicateEdges(v *values) (edges []edge, departures []departure) {
	byPredicate := make([][]int32, len(c.ix.predicates))
	for i, s := range c.ix.scans {
		if !s.partial && c.live[s.txn] {
			byPredicate[s.predicate] = append(byPredicate[s.predicate], int32(i))
		}
	}
	returned := fill(c.ix.objects.len(), -1)
	for n, scans := range byPredicate {
		if len(scans) == 0 {
			continue
		}
		gone := c.departures(int32(n), v)
		departures = append(departures, gone...)
		edges = c.sweep(scans, c.births(&c.ix.predicates[n], v), gone, returned, v, edges)
	}
	return c.undoneScans(v, edges), departures
}

// sweep goes through the scans of one predicate in the order of their answers,
// with the births that may matter to the scan at hand. returned says of an object which
// scan last returned, or wrote, it.
func (c *chains) sweep(scans []int32, births []birth, departures []departure, returned []int32, v *values, edges []edge) []edge {
	ix := c.ix
	answered := func(s int32) int64 {
		_, end := ix.opTimes(ix.scans[s].txn, ix.scans[s].op)
		return end
	}
	slices.SortFunc(scans, func(a, b int32) int { return cmp.Compare(answered(a), answered(b)) })
	sentFromOn := c.sentFromOn(departures)
	var active []birth
	next := 0
	for _, s := range scans {
		t := ix.scans[s].txn
		for next < len(births) && (ix.mergedClocks || births[next].began <= ix.end[t]) {
			active = append(active, births[next])
			next++
		}
		now := answered(s)
		active = slices.DeleteFunc(active, func(b birth) bool { return b.departed <= now })
		c.markReturned(s, returned)
		edges = c.departureEdges(s, departures, sentFromOn, returned, v, edges)
		for _, b := range active {
			w := &ix.writes[b.write]
			if w.txn != t && returned[w.object] != s && !c.missedDirty(s, w.object, v) {
				edges = append(edges, edge{kind: predicateRW, from: t, to: w.txn, read: -1, scan: s, write: b.write})
			}
		}
	}
	return edges
}

// markReturned marks the objects that a scan returned or wrote, and those that
// its transaction had itself written before.
func (c *chains) markReturned(s int32, returned []int32) {
	ix := c.ix
	t, op := ix.scans[s].txn, ix.scans[s].op
	for _, r := range ix.readsOf(t) {
		if r.op() == op {
			returned[r.object] = s
		}
	}
	for _, w := range ix.writesOf(t) {
		if w.op <= op {
			returned[w.object] = s
		}
	}
}
