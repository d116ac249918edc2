package register

import "slices"

// pathfinder finds short cycles in a core. It keeps its memory from one search to the next.
type pathfinder struct {
	core    *core
	stamp   int32
	seen    []int32 // by node: the search that saw it last
	via     []int32 // by node: the edge by which that search came there
	cost    []int32
	levels  [][]int32
	visited int // edges looked at in all searches
}

func newPathfinder(c *core) *pathfinder {
	n := c.graph.size()
	return &pathfinder{core: c, seen: make([]int32, n), via: make([]int32, n), cost: make([]int32, n)}
}

// cycle returns the edges, by number, of a cheapest cycle that has edge e, where
// price is what an edge costs: from 0 up to a few. If position is not nil, the cycle may not go to
// positions behind that from which e leads back; then there may be none. It is Dial's algorithm (Shortest-path forest with topological
// ordering, 1969).
func (p *pathfinder) cycle(e int32, position []int32, price func(link) int32) []int32 {
	from, to := p.core.from[e], p.core.target[e]
	g := p.core.graph
	p.stamp++
	for i := range p.levels {
		p.levels[i] = p.levels[i][:0]
	}
	p.reach(to, -1, 0)
	for level := int32(0); int(level) < len(p.levels); level++ {
		at := 0
		for at < len(p.levels[level]) { // it grows on the way
			v := p.levels[level][at]
			at++
			if p.cost[v] != level {
				continue // it was reached more cheaply
			}
			if v == from {
				return p.trace(e, from, to)
			}
			for j := g.first[v]; j < g.first[v+1]; j++ {
				p.visited++
				w := g.to[j]
				if position != nil && position[w] > position[from] {
					continue
				}
				if cost := level + price(p.core.links[g.link[j]]); p.seen[w] != p.stamp || cost < p.cost[w] {
					p.reach(w, g.link[j], cost)
				}
			}
		}
	}
	return nil
}

func (p *pathfinder) reach(v, via, cost int32) {
	p.seen[v], p.via[v], p.cost[v] = p.stamp, via, cost
	for int(cost) >= len(p.levels) {
		p.levels = append(p.levels, nil)
	}
	p.levels[cost] = append(p.levels[cost], v)
}

// trace reads the cycle off that ends with edge e.
func (p *pathfinder) trace(e, from, to int32) []int32 {
	path := []int32{e}
	for v := from; v != to; {
		path = append(path, p.via[v])
		v = p.core.from[p.via[v]]
	}
	slices.Reverse(path)
	return path
}

// transactions turns the edges of a cycle into those between transactions: nodes
// of the real-time line, and steps from a start to a commit, disappear.
func (c *core) transactions(path []int32) []link {
	var out []link
	var open *link
	// Begin with a whole edge, so that no real-time edge is cut in two.
	for i, e := range path {
		if c.links[e].kind != passLink {
			path = append(slices.Clone(path[i:]), path[:i]...)
			break
		}
	}
	for _, e := range path {
		l := c.links[e]
		switch {
		case l.kind == commitLink:
		case l.kind == realTimeLink:
			open = &link{from: l.from, kind: realTimeLink}
		case l.kind == passLink && open != nil && c.leavesLine(e):
			open.to = l.to
			out = append(out, *open)
			open = nil
		case l.kind == passLink:
		default:
			out = append(out, l)
		}
	}
	return out
}

// leavesLine reports whether a pass link ends at a transaction.
func (c *core) leavesLine(e int32) bool { return c.target[e] < c.line }

// shortest returns a short cycle of the core as edges between transactions: the
// shortest of those through any of a bounded number of edges.
func (c *core) shortest() []link {
	p := newPathfinder(c)
	var best []int32
	small := slices.MinFunc(c.components, func(a, b []int32) int { return len(a) - len(b) })
	const budget = 20_000_000
	for _, v := range small {
		for _, e := range c.graph.nums(v) {
			if p.visited > budget && best != nil {
				break
			}
			if found := p.cycle(e, nil, step); found != nil && (best == nil || len(found) < len(best)) {
				best = found
			}
		}
	}
	return c.transactions(best)
}

// step prices an edge by whether it is one between transactions.
func step(l link) int32 {
	if l.kind == passLink || l.kind == commitLink {
		return 0
	}
	return 1
}
