package checker

import (
	"cmp"
	"math"
	"slices"
)

// Predicate dependencies (Adya's thesis, predicate-read-depends): a transaction
// evaluated a predicate and did not get a row, because another had taken it out.
//
// That is certain where the row matched from the start, as the setup made it: whatever
// version that does not match was seen, the first one came before it, or was it.

// departure is the first version of a row that does not match a predicate, where the row did match
// as the setup made it.
type departure struct {
	predicate int32
	write     int32
	// ended is when its transaction ended, sent when the earliest of it and the later versions that do not match was sent: who
	// cannot have seen the departure may have seen one of these.
	ended, sent int64
}

// departures returns the departures of a predicate's rows, by when their transactions ended.
func (c *chains) departures(n int32, v *values) []departure {
	p := &c.ix.predicates[n]
	var found []departure
	for _, first := range c.firsts(p, v) {
		if !c.unborn[first] || !c.ix.isSetup(c.ix.writes[first].txn) || v.matches(first, p) != yes {
			continue
		}
		w := first
		for w >= 0 && v.matches(w, p) == yes {
			w = c.next[w]
		}
		for w >= 0 && !c.last(w) {
			w = c.next[w]
		}
		if w >= 0 && v.matches(w, p) == no {
			found = append(found, departure{predicate: n, write: w, ended: c.ix.end[c.ix.writes[w].txn], sent: c.sentOut(w, p, v)})
		}
	}
	slices.SortFunc(found, func(a, b departure) int { return cmp.Compare(a.ended, b.ended) })
	return found
}

// sentOut returns when the first of a version and those after it that do not match was sent.
func (c *chains) sentOut(w int32, p *predicate, v *values) int64 {
	sent := int64(math.MaxInt64)
	for ; w >= 0; w = c.next[w] {
		if v.matches(w, p) != yes {
			sent = min(sent, c.sent(w))
		}
	}
	return sent
}

// departureEdges appends the predicate dependencies of scans of one predicate on
// those departures whose transactions had not ended when the scan's began. The others lead
// forward in time, and are added where they can matter (dependencyGraph.edgesIn).
// markReturned must have been told what is returned.
func (c *chains) departureEdges(s int32, departures []departure, sentFromOn []int64, returned []int32, v *values, edges []edge) []edge {
	ix := c.ix
	scan := &ix.scans[s]
	_, answered := ix.opTimes(scan.txn, scan.op)
	i := 0
	if !ix.mergedClocks {
		i, _ = slices.BinarySearchFunc(departures, ix.start[scan.txn], func(d departure, at int64) int { return cmp.Compare(d.ended, at) })
	}
	for ; i < len(departures) && sentFromOn[i] <= answered; i++ {
		d := &departures[i]
		if e, ok := c.departed(s, d, v); ok && returned[ix.writes[d.write].object] != s {
			edges = append(edges, e)
		}
	}
	return edges
}

// departed returns the dependency of a scan, which did not return the row, on its departure.
func (c *chains) departed(s int32, d *departure, v *values) (edge, bool) {
	ix := c.ix
	t, from := ix.scans[s].txn, ix.writes[d.write].txn
	_, answered := ix.opTimes(t, ix.scans[s].op)
	return edge{kind: predicateWR, from: from, to: t, read: -1, scan: s, write: d.write},
		from != t && d.sent <= answered && !c.missedDirty(s, ix.writes[d.write].object, v)
}

// sentFromOn returns, for each departure, when the earliest of it and those after it was sent.
func (c *chains) sentFromOn(departures []departure) []int64 {
	sent := make([]int64, len(departures))
	least := int64(math.MaxInt64)
	for i := len(departures) - 1; i >= 0; i-- {
		least = min(least, departures[i].sent)
		sent[i] = least
	}
	return sent
}

// departuresIn appends the predicate dependencies on departures whose transactions had
// ended when the scan's began, as far as both are in a window.
func (g *dependencyGraph) departuresIn(w window, edges []edge) []edge {
	ix := g.ix
	byPredicate := map[int32][]departure{}
	for _, d := range g.departures {
		if r := g.rank[ix.writes[d.write].txn]; r >= w.low && r <= w.high {
			byPredicate[d.predicate] = append(byPredicate[d.predicate], d)
		}
	}
	if len(byPredicate) == 0 {
		return edges
	}
	for _, t := range g.ranked[w.low : w.high+1] {
		for s := ix.scanFrom[t]; s < ix.scanFrom[t+1]; s++ {
			scan := &ix.scans[s]
			if scan.partial {
				continue
			}
			for _, d := range byPredicate[scan.predicate] {
				if ix.mergedClocks || d.ended >= ix.start[t] {
					continue // departureEdges has it
				}
				if e, ok := g.chains.departed(s, &d, g.values); ok && !ix.gave(t, ix.writes[d.write].object, scan.op) {
					edges = append(edges, e)
				}
			}
		}
	}
	return edges
}

// gave reports whether an operation of t returned or wrote the object, or t had written it before.
func (ix *index) gave(t, object, op int32) bool {
	if ix.ownWrite(t, object, op+1) >= 0 {
		return true
	}
	return slices.ContainsFunc(ix.readsOf(t), func(r read) bool { return r.op() == op && r.object == object })
}
