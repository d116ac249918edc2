package checker

import "math/bits"

// Whether there is a cycle with exactly one anti-dependency (G-single) no plain search for
// cycles tells: the models that rule it out (consistent view; InnoDB's repeatable
// read, of which both edges at the pivot must be plain reads) need to know, for
// each transaction that an anti-dependency leaves, the pivot, whether a path of dependencies leads from that
// edge's end back to the pivot. Where the dependencies have no cycle of their own, that is
// found for 64 pivots at a time by passing a word of bits along their topological order.

// single says which cycles with one anti-dependency are meant: first restricts
// the anti-dependency, last the edge that comes back to where it left; nil takes any.
type single struct{ first, last func(edge) bool }

// at returns an edge of the graph; of one to or from a node that stands for edges, as much as is known.
func (g *graph) at(from, i int32) edge {
	to := g.to[i]
	switch {
	case g.kind[i] == predicateRW && int(to) >= len(g.txns):
		return edge{kind: predicateRW, from: g.txns[from], read: -1, scan: g.ref[i], write: -1}
	case g.ref[i] >= 0:
		return g.edges[g.ref[i]]
	}
	return edge{kind: g.kind[i], read: -1, scan: -1, write: -1}
}

// pivots returns the transactions' nodes that such a cycle goes through, at most the number
// asked for. position is a topological order of the dependencies.
func (g *graph) pivots(s single, position []int32, most int) []int32 {
	order := make([]int32, len(position))
	for v, p := range position {
		order[p] = int32(v)
	}
	var found, chunk []int32
	search := func() {
		if len(chunk) > 0 && len(found) < most {
			found = append(found, g.pivotsOf(s, chunk, order, position)...)
		}
		chunk = chunk[:0]
	}
	for _, v := range order {
		if int(v) < len(g.txns) && g.startsBack(s, v, position) {
			if chunk = append(chunk, v); len(chunk) == 64 {
				search()
			}
		}
	}
	search()
	return found[:min(len(found), most)]
}

// startsBack reports whether an anti-dependency that s takes leads from v back in the topological order.
func (g *graph) startsBack(s single, v int32, position []int32) bool {
	for i := g.first[v]; i < g.first[v+1]; i++ {
		if g.kind[i]&antiDependencies != 0 && position[g.to[i]] < position[v] && (s.first == nil || s.first(g.at(v, i))) {
			return true
		}
	}
	return false
}

// pivotsOf returns which of at most 64 pivots have such a cycle.
func (g *graph) pivotsOf(s single, pivots, order, position []int32) []int32 {
	// By node: the pivots that lead to it, and, of a pivot, itself.
	reach, bit := g.memory.bits(len(order))
	from, to := int32(len(order)), int32(-1)
	for n, v := range pivots {
		bit[v] = 1 << n
		to = max(to, position[v])
		for i := g.first[v]; i < g.first[v+1]; i++ {
			if g.kind[i]&antiDependencies != 0 && (s.first == nil || s.first(g.at(v, i))) {
				reach[g.to[i]] |= 1 << n
				from = min(from, position[g.to[i]])
			}
		}
	}
	var hit uint64
	for p := from; p < to; p++ {
		v := order[p]
		if reach[v] == 0 {
			continue
		}
		for i := g.first[v]; i < g.first[v+1]; i++ {
			if g.kind[i]&(dependencies|orders|pass) == 0 {
				continue
			}
			w := g.to[i]
			if home := bit[w] & reach[v]; home != 0 && (s.last == nil || s.last(g.at(v, i))) {
				hit |= home
			}
			if position[w] < to {
				reach[w] |= reach[v]
			}
		}
	}
	for _, v := range pivots {
		bit[v] = 0
		for i := g.first[v]; i < g.first[v+1]; i++ {
			reach[g.to[i]] = 0
		}
	}
	for p := from; p < to; p++ {
		reach[order[p]] = 0
	}
	var found []int32
	for ; hit != 0; hit &= hit - 1 {
		found = append(found, pivots[bits.TrailingZeros64(hit)])
	}
	return found
}

// plainSingle are the cycles that InnoDB's repeatable read rules out.
func (r *rules) plainSingle() single {
	return single{
		first: r.plain,
		last:  func(e edge) bool { return e.kind&(wr|predicateWR) != 0 && r.plain(e) },
	}
}

// fewPivots is how many examples are looked for where only these searches find any.
const fewPivots = 20

// pivotCycles counts cycles with one anti-dependency that the search from the backward
// edges left out: because it took another cycle through the same edge, or because its
// anti-dependency was counted as another anomaly; but not those whose pivots are counted already.
func (x *explorer) pivotCycles(s single, counted func(t int32) bool) {
	for _, v := range x.g.pivots(s, x.position, fewPivots) {
		if counted(x.g.txns[v]) {
			continue
		}
		for i := x.g.first[v]; i < x.g.first[v+1]; i++ {
			if x.g.kind[i]&antiDependencies == 0 || s.first != nil && !s.first(x.g.at(v, i)) {
				continue
			}
			q := query{from: x.g.to[i], to: v, entered: true, mask: dependencies, position: x.position, last: s.last}
			if x.try(v, i, q) {
				break
			}
		}
	}
}
