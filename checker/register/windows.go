package register

import (
	"math"
	"slices"
)

// core is the part of a graph in which all its cycles lie: strongly connected
// components of more than one node, with what their edges stand for.
type core struct {
	graph        *digraph
	links        []link // by edge number
	from, target []int32
	line         int32 // the first node that stands for real-time edges
	component    []int32
	components   [][]int32
	// impossible is a constraint that nothing can fulfil; then the rest is empty.
	impossible *link
}

// findCore returns the core of the graph whose edges each yields, nil if it has
// no cycle. Nodes from line on stand for real-time edges. Position says where the nodes lie, such that most edges lead to higher
// positions. Every cycle has an edge that leads back, and lies inside a maximal
// run of overlapping backward edges; only those are laid out, and where there is none that is the
// proof. Each is called up to three times and must yield the same edges.
func findCore(nodes, line int, position []int32, each func(yield)) *core {
	w := findWindows(nodes, position, each)
	if w.impossible != nil {
		return &core{impossible: w.impossible}
	}
	if w.count == 0 {
		return nil
	}
	var inside pairs
	each(func(from, to int32, _ link) {
		if w.of[from] == w.of[to] && w.of[from] != 0 {
			inside.add(from, to)
		}
	})
	component, components := inside.graph(nodes).components()
	if len(components) == 0 {
		return nil
	}
	c := &core{line: int32(line), component: component, components: components}
	inside.from, inside.to = inside.from[:0], inside.to[:0]
	each(func(from, to int32, l link) {
		if component[from] == component[to] && component[from] != 0 {
			inside.add(from, to)
			c.links = append(c.links, l)
		}
	})
	c.graph = inside.numbered(nodes)
	c.from, c.target = inside.from, inside.to
	return c
}

// slot is how many positions belong to one transaction: see positions.
const slot = 4

// windows are ranges of positions that overlapping backward edges cover.
type windows struct {
	of         []int32 // by node: the number of its window, 0 if it lies in none
	count      int32
	impossible *link
}

func findWindows(nodes int, position []int32, each func(yield)) *windows {
	w := &windows{}
	var reach []int32 // by slot: the highest slot that has an edge back to it
	each(func(from, to int32, l link) {
		if to < 0 {
			if w.impossible == nil {
				w.impossible = &l
			}
			return
		}
		if position[from] <= position[to] {
			return
		}
		if reach == nil {
			reach = make([]int32, slices.Max(position)/slot+1)
		}
		low := position[to] / slot
		reach[low] = max(reach[low], position[from]/slot+1)
	})
	window := make([]int32, len(reach)) // by slot
	for low := 0; low < len(reach); low++ {
		if reach[low] == 0 {
			continue
		}
		w.count++
		for high := int(reach[low]); low < high; low++ {
			high = max(high, int(reach[low]))
			window[low] = w.count
		}
		low--
	}
	if w.count > 0 {
		w.of = make([]int32, nodes)
		for v := range w.of {
			w.of[v] = window[position[v]/slot]
		}
	}
	return w
}

// components returns the strongly connected components of more than one node,
// and by node the number of its component, from 1, or 0. It is Tarjan's algorithm (Depth-first
// search and linear graph algorithms, 1972) with a stack of its own: histories can
// hold paths of millions of transactions.
func (g *digraph) components() (of []int32, all [][]int32) {
	n := g.size()
	of = make([]int32, n)
	const done = math.MaxInt32
	low := make([]int32, n) // 0: not visited; done: its component is complete
	next := slices.Clone(g.first[:n])
	number := make([]int32, n)
	var stack, path []int32
	count := int32(0)
	visit := func(v int32) {
		count++
		number[v], low[v] = count, count
		stack, path = append(stack, v), append(path, v)
	}
	for root := range int32(n) {
		if low[root] != 0 || g.first[root] == g.first[root+1] {
			continue
		}
		visit(root)
		for len(path) > 0 {
			v := path[len(path)-1]
			if next[v] < g.first[v+1] {
				w := g.to[next[v]]
				next[v]++
				if low[w] == 0 {
					visit(w)
				} else {
					low[v] = min(low[v], low[w])
				}
				continue
			}
			path = path[:len(path)-1]
			if low[v] == number[v] {
				i := len(stack) - 1
				for stack[i] != v {
					i--
				}
				for _, w := range stack[i:] {
					low[w] = done
				}
				if i < len(stack)-1 {
					all = append(all, slices.Clone(stack[i:]))
					for _, w := range stack[i:] {
						of[w] = int32(len(all))
					}
				}
				stack = stack[:i]
				continue
			}
			if len(path) > 0 {
				u := path[len(path)-1]
				low[u] = min(low[u], low[v])
			}
		}
	}
	return of, all
}
