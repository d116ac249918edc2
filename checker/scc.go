package checker

// components returns the strongly connected components of more than one node,
// each by its transactions only, in the order of the nodes. It is Tarjan's
// algorithm (Depth-first search and linear graph algorithms, 1972) with its own
// stack: a history can hold paths of millions of transactions.
func (g *graph) components() [][]int32 {
	n, m := g.size(), g.memory
	number := zeros(&m.number, n) // 0: not visited
	low := sized(&m.low, n)
	onStack := zeros(&m.onStack, n)
	next := sized(&m.next, n) // the node's next edge to follow
	copy(next, g.first[:n])
	stack, path := m.stack[:0], m.path[:0]
	var found [][]int32
	count := int32(0)
	visit := func(v int32) {
		count++
		number[v], low[v] = count, count
		onStack[v] = true
		stack = append(stack, v)
		path = append(path, v)
	}
	for root := range int32(n) {
		if number[root] != 0 {
			continue
		}
		visit(root)
		for len(path) > 0 {
			v := path[len(path)-1]
			if next[v] < g.first[v+1] {
				w := g.to[next[v]]
				next[v]++
				if number[w] == 0 {
					visit(w)
				} else if onStack[w] {
					low[v] = min(low[v], number[w])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				u := path[len(path)-1]
				low[u] = min(low[u], low[v])
			}
			if low[v] == number[v] {
				var component []int32
				stack, component = g.pop(stack, v, onStack)
				if len(component) > 1 {
					found = append(found, component)
				}
			}
		}
	}
	m.stack, m.path = stack, path
	return found
}

// pop takes a component, whose first visited node is v, from Tarjan's stack and
// returns its transaction nodes.
func (g *graph) pop(stack []int32, v int32, onStack []bool) (rest, component []int32) {
	for {
		w := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		onStack[w] = false
		if int(w) < len(g.txns) {
			component = append(component, w)
		}
		if w == v {
			return stack, component
		}
	}
}

// cyclic reports whether the edges of these kinds (and session, real-time and pass
// edges) form a cycle. If split, an anti-dependency may not follow an
// anti-dependency: the cycles that snapshot isolation rules out (Cerone and
// Gotsman, Analysing Snapshot Isolation, 2016, theorem 10).
func (g *graph) cyclic(mask edgeKind, split bool) bool {
	_, acyclic := g.topological(mask, split)
	return !acyclic
}

// topological returns a position for each node such that edges of these kinds
// lead to higher positions, valid until it is called again, and whether there is such an order. Split doubles
// each node: v+size is node v as entered by an anti-dependency.
func (g *graph) topological(mask edgeKind, split bool) (position []int32, acyclic bool) {
	n := g.size()
	nodes := n
	if split {
		nodes = 2 * n
	}
	in := zeros(&g.memory.in, nodes)
	g.each(nodes, mask, split, func(_, to int32) { in[to]++ })
	position, ready := zeros(&g.memory.position, nodes), g.memory.ready[:0]
	for v := nodes - 1; v >= 0; v-- {
		if in[v] == 0 {
			ready = append(ready, int32(v))
		}
	}
	done := 0
	for len(ready) > 0 {
		v := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		position[v] = int32(done)
		done++
		g.eachOf(v, mask, split, func(_, to int32) {
			if in[to]--; in[to] == 0 {
				ready = append(ready, to)
			}
		})
	}
	g.memory.ready = ready
	return position, done == nodes
}

func (g *graph) each(nodes int, mask edgeKind, split bool, f func(from, to int32)) {
	for v := range int32(nodes) {
		g.eachOf(v, mask, split, f)
	}
}

// eachOf calls f for the edges of one (split) node.
func (g *graph) eachOf(v int32, mask edgeKind, split bool, f func(from, to int32)) {
	n := int32(g.size())
	node, entered := v, false
	if v >= n {
		node, entered = v-n, true
	}
	for i := g.first[node]; i < g.first[node+1]; i++ {
		kind := g.kind[i]
		if kind&(mask|orders|pass) == 0 {
			continue
		}
		anti := kind&antiDependencies != 0
		switch {
		case !split:
			f(v, g.to[i])
		case anti && entered: // two in a row
		case anti || kind == pass && entered:
			f(v, g.to[i]+n)
		default:
			f(v, g.to[i])
		}
	}
}
