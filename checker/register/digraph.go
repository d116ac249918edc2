package register

// digraph is a directed graph in compressed sparse rows.
type digraph struct {
	first []int32 // node v's edges are those from first[v] up to first[v+1]
	to    []int32
	link  []int32 // by edge: its number where it was added
}

func (g *digraph) size() int            { return len(g.first) - 1 }
func (g *digraph) of(v int32) []int32   { return g.to[g.first[v]:g.first[v+1]] }
func (g *digraph) nums(v int32) []int32 { return g.link[g.first[v]:g.first[v+1]] }

// pairs gathers the edges of a graph. Node numbers are not negative.
type pairs struct{ from, to []int32 }

func (p *pairs) add(from, to int32) { p.from, p.to = append(p.from, from), append(p.to, to) }

// graph returns the graph of n nodes that the pairs make, without edge numbers.
func (p *pairs) graph(n int) *digraph {
	g := &digraph{first: make([]int32, n+1), to: make([]int32, len(p.to))}
	for _, from := range p.from {
		g.first[from]++
	}
	g.sum()
	for i := len(p.from) - 1; i >= 0; i-- {
		from := p.from[i]
		g.first[from]--
		g.to[g.first[from]] = p.to[i]
	}
	return g
}

// numbered is graph, with the number of each pair.
func (p *pairs) numbered(n int) *digraph {
	g := p.graph(n)
	g.link = make([]int32, len(p.to))
	at := append([]int32(nil), g.first...)
	for i, from := range p.from {
		g.link[at[from]] = int32(i)
		at[from]++
	}
	return g
}

// sum turns counts by node into the ends of the nodes' ranges.
func (g *digraph) sum() {
	total := int32(0)
	for v, count := range g.first {
		total += count
		g.first[v] = total
	}
}

// keyHeap is a binary heap of nodes with the lowest key on top.
type keyHeap struct {
	key   []int64 // by node
	items []int32
}

func (h *keyHeap) push(v int32) {
	h.items = append(h.items, v)
	i := len(h.items) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if h.key[h.items[parent]] <= h.key[v] {
			break
		}
		h.items[i] = h.items[parent]
		i = parent
	}
	h.items[i] = v
}

func (h *keyHeap) pop() int32 {
	top, last := h.items[0], len(h.items)-1
	v := h.items[last]
	h.items = h.items[:last]
	i := 0
	for 2*i+1 < last {
		child := 2*i + 1
		if child+1 < last && h.key[h.items[child+1]] < h.key[h.items[child]] {
			child++
		}
		if h.key[v] <= h.key[h.items[child]] {
			break
		}
		h.items[i] = h.items[child]
		i = child
	}
	if last > 0 {
		h.items[i] = v
	}
	return top
}
