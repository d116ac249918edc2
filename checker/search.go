package checker

import "slices"

// search finds shortest paths in a graph. It keeps its memory from one search to the next.
type search struct {
	g *graph
	// By state, that is, by node and whether it was entered by an
	// anti-dependency: which search saw it last, and from which state by which edge.
	seen   []int32
	parent []int32
	via    []int32
	stamp  int32

	here, next []int32
	visited    int // edges looked at in all searches
}

// in makes it a search in another graph, of which nothing was visited.
func (s *search) in(g *graph) *search {
	s.g, s.visited = g, 0
	if n := 2 * g.size(); len(s.seen) < n {
		s.seen, s.parent, s.via = make([]int32, n+n/4), make([]int32, n+n/4), make([]int32, n+n/4)
	}
	return s
}

// query is what to search for.
type query struct {
	from, to int32
	mask     edgeKind
	// split forbids an anti-dependency after an anti-dependency; entered says
	// that from was entered by one, and the edge that leaves to is one.
	split, entered bool
	// position, if not nil, is a topological order of the edges of mask: nodes
	// behind to in it cannot lead there.
	position []int32
	// last, if not nil, restricts the path's last edge.
	last func(edge) bool
}

// path returns the edges of a shortest path, by their numbers in the graph; nil if there is none. Passing
// through a node that stands for edges costs nothing: one real-time edge is one step.
func (s *search) path(q query) []int32 {
	n := int32(s.g.size())
	s.stamp++
	start := q.from
	if q.entered {
		start += n
	}
	s.seen[start] = s.stamp
	s.parent[start] = -1
	s.here, s.next = append(s.here[:0], start), s.next[:0]
	for len(s.here) > 0 {
		for i := 0; i < len(s.here); i++ { //nolint:intrange // expand may add to it
			if end := s.expand(s.here[i], n, &q); end >= 0 {
				return s.trace(end)
			}
		}
		s.here, s.next = s.next, s.here[:0]
	}
	return nil
}

// expand follows the edges of one state. It returns the state that reaches q.to, if one does.
func (s *search) expand(state, n int32, q *query) int32 {
	g := s.g
	node, entered := state, false
	if state >= n {
		node, entered = state-n, true
	}
	for i := g.first[node]; i < g.first[node+1]; i++ {
		kind := g.kind[i]
		if kind&(q.mask|orders|pass) == 0 {
			continue
		}
		s.visited++
		anti := kind&antiDependencies != 0
		if q.split && anti && entered {
			continue
		}
		to := g.to[i]
		if q.position != nil && q.position[to] > q.position[q.to] {
			continue
		}
		next := to
		if anti || kind == pass && entered {
			next += n
		}
		if to == q.to {
			if q.split && q.entered && next >= n || q.last != nil && (g.ref[i] < 0 || kind == pass || !q.last(g.edges[g.ref[i]])) {
				continue
			}
		} else if s.seen[next] == s.stamp {
			continue
		}
		s.seen[next] = s.stamp
		s.parent[next], s.via[next] = state, i
		if to == q.to {
			return next
		}
		if kind == pass {
			s.here = append(s.here, next)
		} else {
			s.next = append(s.next, next)
		}
	}
	return -1
}

func (s *search) trace(state int32) []int32 {
	var path []int32
	for s.parent[state] >= 0 {
		path = append(path, s.via[state])
		state = s.parent[state]
	}
	slices.Reverse(path)
	return path
}

// cycle turns the edges of a closed path, the first of which leaves node from,
// into edges between transactions.
func (g *graph) cycle(from int32, path []int32) []edge {
	var edges []edge
	var open edge // an edge that has entered a node that stands for edges
	at := from
	for _, i := range path {
		to := g.to[i]
		inner := int(to) >= len(g.txns)
		switch {
		case g.kind[i] == pass && !inner:
			open.to = g.txns[to]
			if birth := int(at) - len(g.txns); birth < len(g.births) {
				open.write = g.births[birth].write
			}
			edges = append(edges, open)
		case g.kind[i] == pass:
		case inner:
			open = edge{kind: g.kind[i], from: g.txns[at], read: -1, scan: -1, write: -1}
			if open.kind == predicateRW {
				open.scan = g.ref[i]
			}
		case g.ref[i] >= 0:
			edges = append(edges, g.edges[g.ref[i]])
		default:
			edges = append(edges, edge{kind: g.kind[i], from: g.txns[at], to: g.txns[to], read: -1, scan: -1, write: -1})
		}
		at = to
	}
	return edges
}
