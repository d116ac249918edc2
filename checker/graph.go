package checker

import (
	"cmp"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// graph is the dependency graph of some transactions in compressed sparse rows.
// The first nodes are the transactions, in the order in which they ended. After
// them come nodes that stand for many edges at once: a transaction that
// ended points to the first node of a line of later ones, each of which points to
// the next and to one transaction. So real-time order, which relates nearly every
// two transactions, costs two nodes' worth of edges for each.
type graph struct {
	txns  []int32 // by node, of transactions
	first []int32 // node n's edges are those from first[n] up to first[n+1]
	to    []int32
	kind  []edgeKind
	ref   []int32 // index into edges; -1 for session and real-time edges and for pass
	edges []edge
	// births are, by node from len(txns) on, the births that nodes stand for; of
	// nodes for real-time order there are none.
	births []birthNode
	memory *graphMemory
}

// birthNode is a node that a scan points to in order to say: this birth, and every
// later one, came after the scan's transaction.
type birthNode struct {
	write int32
	scan  int32 // filled in while a path is read off
}

// size returns the number of nodes.
func (g *graph) size() int { return len(g.first) - 1 }

// link is an edge between nodes while a graph is built.
type link struct {
	from, to int32
	ref      int32
	kind     edgeKind
}

// graphMemory is what graphs, and searches in them, lie in: there may be a graph for every few
// transactions of a history, one after the other.
type graphMemory struct {
	links        []link
	first, at    []int32
	to, ref      []int32
	kind         []edgeKind
	number, low  []int32 // of components
	onStack      []bool
	next         []int32
	in, position []int32 // of topological
	ready        []int32
	reach, own   []uint64 // of pivotsOf
	stack, path  []int32
}

// sized returns a slice of n elements, of which it is open what they are, in memory that is used again.
func sized[T any](memory *[]T, n int) []T {
	if cap(*memory) < n {
		*memory = make([]T, n+n/4)
	}
	return (*memory)[:n]
}

// zeros returns a slice of n zeros in memory that is used again.
func zeros[T any](memory *[]T, n int) []T {
	s := sized(memory, n)
	clear(s)
	return s
}

// bits returns two words of bits for each of n nodes, all zero, which must be zero again afterwards.
func (m *graphMemory) bits(n int) (reach, own []uint64) {
	if len(m.reach) < n {
		m.reach, m.own = make([]uint64, n+n/4), make([]uint64, n+n/4)
	}
	return m.reach, m.own
}

// newGraph builds a graph of n nodes from its links. It takes the place of the graph that
// was in the memory before.
func newGraph(m *graphMemory, txns []int32, nodes int, links []link, edges []edge, births []birthNode) *graph {
	m.links = links
	g := &graph{
		txns: txns, first: zeros(&m.first, nodes+1), edges: edges, births: births,
		to: sized(&m.to, len(links)), kind: sized(&m.kind, len(links)), ref: sized(&m.ref, len(links)), memory: m,
	}
	for _, l := range links {
		g.first[l.from+1]++
	}
	for i := range nodes {
		g.first[i+1] += g.first[i]
	}
	at := sized(&m.at, nodes+1)
	copy(at, g.first)
	for _, l := range links {
		i := at[l.from]
		at[l.from]++
		g.to[i], g.kind[i], g.ref[i] = l.to, l.kind, l.ref
	}
	return g
}

// builder makes graphs of chosen transactions.
type builder struct {
	ix *index
	// node is, by transaction, its node in the graph being built, -1 if it is not in it.
	node []int32
	// birthsOf are the births of every predicate, in the order of transactions.
	births []predicateBirth
	from   []int32 // births of transaction t: births[from[t]:from[t+1]]

	memory graphMemory
	last   []int32 // by client, while sessions are added: its last transaction's node plus one
}

type predicateBirth struct {
	predicate int32
	birth
}

// build returns the graph of these transactions, given in the order in which they
// ended, with those of the edges that join two of them, and the order asked for. It is valid
// until the next is built.
func (b *builder) build(txns []int32, edges []edge, order Order) *graph {
	for i, t := range txns {
		b.node[t] = int32(i)
	}
	links := b.memory.links[:0]
	for i, e := range edges {
		if b.node[e.from] >= 0 && b.node[e.to] >= 0 {
			links = append(links, link{from: b.node[e.from], to: b.node[e.to], ref: int32(i), kind: e.kind})
		}
	}
	nodes := int32(len(txns))
	links, births := b.addBirths(txns, links)
	nodes += int32(len(births))
	if order != NoOrder {
		links = b.addSessions(txns, links)
	}
	if order == RealTimeOrder {
		links = b.addRealTime(txns, nodes, links)
		nodes += int32(len(txns))
	}
	for _, t := range txns {
		b.node[t] = -1
	}
	return newGraph(&b.memory, txns, int(nodes), links, edges, births)
}

// addBirths adds predicate anti-dependencies from each scan to the births of
// transactions that began after the scan's transaction had ended.
func (b *builder) addBirths(txns []int32, links []link) ([]link, []birthNode) {
	var lines []predicateBirth
	for _, t := range txns {
		if len(b.from) > 0 && !b.ix.mergedClocks {
			lines = append(lines, b.births[b.from[t]:b.from[t+1]]...)
		}
	}
	if len(lines) == 0 {
		return links, nil
	}
	slices.SortFunc(lines, func(x, y predicateBirth) int {
		if d := cmp.Compare(x.predicate, y.predicate); d != 0 {
			return d
		}
		return cmp.Compare(x.began, y.began)
	})
	nodes := make([]birthNode, len(lines))
	for i, l := range lines {
		n := int32(len(txns) + i)
		nodes[i] = birthNode{write: l.write, scan: -1}
		links = append(links, link{from: n, to: b.node[b.ix.writes[l.write].txn], ref: -1, kind: pass})
		if i+1 < len(lines) && lines[i+1].predicate == l.predicate {
			links = append(links, link{from: n, to: n + 1, ref: -1, kind: pass})
		}
	}
	for i, t := range txns {
		for s := b.ix.scanFrom[t]; s < b.ix.scanFrom[t+1]; s++ {
			if b.ix.scans[s].partial {
				continue
			}
			p := b.ix.scans[s].predicate
			at, _ := slices.BinarySearchFunc(lines, 0, func(l predicateBirth, _ int) int {
				if d := cmp.Compare(l.predicate, p); d != 0 {
					return d
				}
				if l.began > b.ix.end[t] {
					return 1
				}
				return -1
			})
			if at < len(lines) && lines[at].predicate == p {
				links = append(links, link{from: int32(i), to: int32(len(txns) + at), ref: s, kind: predicateRW})
			}
		}
	}
	return links, nodes
}

// addSessions adds an edge from each transaction to the client's next one.
func (b *builder) addSessions(txns []int32, links []link) []link {
	if added, ok := b.addSessionsInOrder(txns, links); ok {
		return added
	}
	bySession := make([]int32, len(txns))
	for i := range bySession {
		bySession[i] = int32(i)
	}
	slices.SortFunc(bySession, func(x, y int32) int { return cmp.Compare(b.ix.ids[txns[x]], b.ix.ids[txns[y]]) })
	last := int32(-1) // the client's last transaction that is known to have ended
	for _, y := range bySession {
		if last >= 0 && b.ix.ids[txns[last]].Client() == b.ix.ids[txns[y]].Client() {
			links = append(links, link{from: last, to: y, ref: -1, kind: session})
		}
		if b.known(txns[y]) {
			last = y
		}
	}
	return links
}

// addSessionsInOrder is addSessions where each client's transactions come in its own order, as
// they do unless their times say something else.
func (b *builder) addSessionsInOrder(txns []int32, links []link) ([]link, bool) {
	for len(b.last) < len(b.ix.byNumber) {
		b.last = append(b.last, 0)
	}
	inOrder := true
	for y, t := range txns {
		last := &b.last[b.ix.ids[t].Client()]
		if *last > 0 {
			x := *last - 1
			inOrder = inOrder && b.ix.ids[txns[x]] < b.ix.ids[t]
			links = append(links, link{from: x, to: int32(y), ref: -1, kind: session})
		}
		if b.known(t) {
			*last = int32(y) + 1
		}
	}
	for _, t := range txns {
		b.last[b.ix.ids[t].Client()] = 0
	}
	return links, inOrder
}

// known reports whether it is known when a transaction had ended. One whose commit was
// never answered may have taken effect at any later time.
func (b *builder) known(t int32) bool { return b.ix.outcome[t] == history.Committed }

// addRealTime adds a line of nodes, one for each transaction, in the order in
// which the transactions began.
func (b *builder) addRealTime(txns []int32, nodes int32, links []link) []link {
	byStart := make([]int32, len(txns))
	for i := range byStart {
		byStart[i] = int32(i)
	}
	start := func(i int32) int64 { return b.ix.start[txns[i]] }
	slices.SortFunc(byStart, func(x, y int32) int { return cmp.Compare(start(x), start(y)) })
	for i, n := range byStart {
		links = append(links, link{from: nodes + int32(i), to: n, ref: -1, kind: pass})
		if i > 0 {
			links = append(links, link{from: nodes + int32(i) - 1, to: nodes + int32(i), ref: -1, kind: pass})
		}
	}
	for i, t := range txns { // in the order of their ends, so one pass through byStart serves all
		at, _ := slices.BinarySearchFunc(byStart, b.ix.end[t]+1, func(n int32, end int64) int { return cmp.Compare(start(n), end) })
		if at < len(byStart) && b.known(t) {
			links = append(links, link{from: int32(i), to: nodes + int32(at), ref: -1, kind: realTime})
		}
	}
	return links
}
