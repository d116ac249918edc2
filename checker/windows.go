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

	// reach is, by rank, the highest rank that has an edge back to it, -1 where there is none.
	reach []int32
	edges []edge // scratch
}

// window is a range of ranks, both ends included.
type window struct{ low, high int32 }

// newDependencyGraph ranks the transactions. Edges are added then, and windows found when all are there.
func newDependencyGraph(ix *index, c *chains, v *values) *dependencyGraph {
	g := &dependencyGraph{ix: ix, chains: c, values: v, rank: fill(ix.len(), -1), ranked: make([]int32, 0, ix.len())}
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
	g.reach = fill(len(g.ranked), -1)
	return g
}

// addTransaction adds the edges that a transaction's own reads and writes make.
func (g *dependencyGraph) addTransaction(t int32) {
	g.edges = g.chains.edgesOf(t, g.edges[:0])
	for i := range g.edges {
		g.see(g.edges[i].from, g.edges[i].to)
	}
}

// addPredicates adds the predicate edges.
func (g *dependencyGraph) addPredicates() {
	g.predicate, g.departures = g.chains.predicateEdges(g.values)
	for i := range g.predicate {
		g.see(g.predicate[i].from, g.predicate[i].to)
	}
}

// see takes in one edge.
func (g *dependencyGraph) see(from, to int32) {
	g.count++
	if g.overlap(from, to) {
		g.contended++
	}
	if from, to := g.rank[from], g.rank[to]; from > to {
		g.reach[to] = max(g.reach[to], from)
	}
}

// findWindows merges the ranges of the backward edges.
func (g *dependencyGraph) findWindows() {
	reach := g.reach
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
	by := make([][]edge, len(g.windows))
	if len(g.predicate) == 0 {
		return by
	}
	of := fill(len(g.ranked), -1)
	for i, w := range g.windows {
		for r := w.low; r <= w.high; r++ {
			of[r] = int32(i)
		}
	}
	for _, e := range g.predicate {
		if w := of[g.rank[e.from]]; w >= 0 && w == of[g.rank[e.to]] {
			by[w] = append(by[w], e)
		}
	}
	return by
}

// edgesIn appends the edges that join two transactions of a window, apart from g.predicate.
func (g *dependencyGraph) edgesIn(w window, edges []edge) []edge {
	inside := func(t int32) bool { return g.rank[t] >= w.low && g.rank[t] <= w.high }
	for _, t := range g.ranked[w.low : w.high+1] {
		kept := len(edges)
		edges = g.chains.edgesOf(t, edges)
		for i := kept; i < len(edges); i++ {
			if inside(edges[i].from) && inside(edges[i].to) {
				edges[kept] = edges[i]
				kept++
			}
		}
		edges = edges[:kept]
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
