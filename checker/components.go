package checker

import "slices"

// component is a strongly connected component: its transactions, in the order in
// which they ended, and the edges that join two of them.
type component struct {
	txns  []int32
	edges []edge
}

// components returns the components of these transactions with the order asked for.
func (b *builder) components(txns []int32, edges []edge, order Order) []component {
	found := b.build(txns, edges, order).components()
	all := make([]component, len(found))
	for i, nodes := range found {
		slices.Sort(nodes)
		for j, n := range nodes {
			nodes[j] = txns[n]
			b.node[nodes[j]] = int32(i)
		}
		all[i].txns = nodes
	}
	inside := func(e edge) int32 {
		if n := b.node[e.from]; n == b.node[e.to] {
			return n
		}
		return -1
	}
	count := make([]int, len(all))
	for _, e := range edges {
		if n := inside(e); n >= 0 {
			count[n]++
		}
	}
	for i := range all {
		all[i].edges = make([]edge, 0, count[i])
	}
	for _, e := range edges {
		if n := inside(e); n >= 0 {
			all[n].edges = append(all[n].edges, e)
		}
	}
	for _, c := range all {
		for _, t := range c.txns {
			b.node[t] = -1
		}
	}
	return all
}
