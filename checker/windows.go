package checker

import (
	"cmp"
	"slices"
)

// dependencyGraph is the whole history's dependency graph, as far as it is ever
// laid out. Transactions are ranked by when they ended, so that almost every edge
// leads to a higher rank. A cycle has at least one edge that leads back, and lies inside a
// maximal run of overlapping backward edges: a window. Only windows are
// searched; a history without backward edges costs one scan.
type dependencyGraph struct {
	ix     *index
	chains *chains
	values *values
	ranked []int32 // the transactions that took effect, by rank
	rank   []int32 // by transaction; -1 for those without effect
	// predicate are the predicate edges, which are not found again as cheaply as the others.
	predicate  []edge
	departures []departure

	count, contended int
	windows          []window
}

// window is a range of ranks, both ends included.
type window struct{ low, high int32 }

func newDependencyGraph(ix *index, c *chains, v *values, predicateEdges []edge, departures []departure) *dependencyGraph {
	g := &dependencyGraph{ix: ix, chains: c, values: v, rank: fill(ix.len(), -1), predicate: predicateEdges, departures: departures}
	for t, live := range c.live {
		if live {
			g.ranked = append(g.ranked, int32(t))
		}
	}
	slices.SortStableFunc(g.ranked, func(a, b int32) int {
		if d := cmp.Compare(ix.end[a], ix.end[b]); d != 0 {
			return d
		}
		return cmp.Compare(ix.start[a], ix.start[b])
	})
	for r, t := range g.ranked {
		g.rank[t] = int32(r)
	}
	g.findWindows()
	return g
}

// findWindows goes through all edges once and merges the ranges of the backward ones.
func (g *dependencyGraph) findWindows() {
	reach := fill(len(g.ranked), -1) // by rank: the highest rank that has an edge back to it
	see := func(e edge) {
		g.count++
		if g.overlap(e.from, e.to) {
			g.contended++
		}
		if from, to := g.rank[e.from], g.rank[e.to]; from > to {
			reach[to] = max(reach[to], from)
		}
	}
	var edges []edge
	for _, t := range g.ranked {
		edges = g.chains.edgesOf(t, edges[:0])
		for _, e := range edges {
			see(e)
		}
	}
	for _, e := range g.predicate {
		see(e)
	}
	for low := int32(0); int(low) < len(reach); low++ {
		high := reach[low]
		for r := low; r <= high; r++ {
			high = max(high, reach[r])
		}
		if high > low {
			g.windows = append(g.windows, window{low, high})
			low = high
		}
	}
}

// overlap reports whether two clients' transactions ran at the same time, as far
// as the history has times.
func (g *dependencyGraph) overlap(a, b int32) bool {
	if g.ix.timeless {
		return g.ix.ids[a].Client() != g.ix.ids[b].Client()
	}
	return g.ix.start[a] < g.ix.end[b] && g.ix.start[b] < g.ix.end[a] && !g.ix.isSetup(a) && !g.ix.isSetup(b)
}

// predicateEdgesByWindow returns, by window, the predicate edges that join two of its transactions.
func (g *dependencyGraph) predicateEdgesByWindow() [][]edge {
	of := fill(len(g.ranked), -1)
	for i, w := range g.windows {
		for r := w.low; r <= w.high; r++ {
			of[r] = int32(i)
		}
	}
	by := make([][]edge, len(g.windows))
	for _, e := range g.predicate {
		if w := of[g.rank[e.from]]; w >= 0 && w == of[g.rank[e.to]] {
			by[w] = append(by[w], e)
		}
	}
	return by
}

// edgesIn appends the edges that join two transactions of a window, apart from g.predicate.
func (g *dependencyGraph) edgesIn(w window, edges []edge) []edge {
	var all []edge
	for _, t := range g.ranked[w.low : w.high+1] {
		all = g.chains.edgesOf(t, all[:0])
		for _, e := range all {
			if r := g.rank[e.from]; r < w.low || r > w.high {
				continue
			}
			if r := g.rank[e.to]; r < w.low || r > w.high {
				continue
			}
			edges = append(edges, e)
		}
	}
	return g.departuresIn(w, edges)
}

// groupBirths lays the births of all predicates out by transaction.
func groupBirths(ix *index, c *chains, v *values) (births []predicateBirth, from []int32) {
	if len(ix.scans) == 0 {
		return nil, nil
	}
	for p := range ix.predicates {
		for _, b := range c.births(&ix.predicates[p], v) {
			births = append(births, predicateBirth{predicate: int32(p), birth: b})
		}
	}
	slices.SortStableFunc(births, func(a, b predicateBirth) int {
		return cmp.Compare(ix.writes[a.write].txn, ix.writes[b.write].txn)
	})
	from = make([]int32, ix.len()+1)
	for _, b := range births {
		from[ix.writes[b.write].txn+1]++
	}
	for t := range ix.len() {
		from[t+1] += from[t]
	}
	return births, from
}
