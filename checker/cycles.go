package checker

import (
	"context"
	"slices"
)

// cycles finds the anomalies that are cycles of dependencies, and names each.
type cycles struct {
	ix      *index
	graph   *dependencyGraph
	rules   *rules
	found   *tallies
	builder *builder
	// explained says of a read that its anti-dependency is already counted,
	// missedRows of a scan and a write that their predicate anti-dependency is.
	explained  []bool
	missedRows map[scannedBirth]struct{}
	// pivots has the transactions of which a cycle with one anti-dependency is
	// counted already, and whether one between plain reads is.
	pivots map[int32]bool
	// reported are the cycles already counted, by a hash of what they are.
	reported map[uint64]struct{}
	// failed says of a class of cycles, with each order, that there is one.
	failed map[orderedClass]bool
	budget int
}

// class is a class of cycles, each including those before it.
type class uint8

const (
	classG0     class = iota // write dependencies only
	classG1c                 // dependencies only
	classPlain               // one anti-dependency, between plain reads (InnoDB's repeatable read)
	classSingle              // one anti-dependency: G-single
	classSI                  // no two anti-dependencies in a row: G-single, G-nonadjacent
	classItem                // item edges only
	classAll                 // any
	numClasses
)

type orderedClass struct {
	order Order
	class class
}

// searchBudget is how many edges all searches for witnesses may look at
// together. Which models fail does not depend on it, only how many examples are counted.
const searchBudget = 100_000_000

// fewVariants is how many cycles with session or real-time order are looked for in
// one component: nobody is promised these, so examples are enough.
const fewVariants = 20

func (c *cycles) run(ctx context.Context) error {
	predicate := c.graph.predicateEdgesByWindow()
	var edges []edge
	for i, w := range c.graph.windows {
		if err := ctx.Err(); err != nil {
			return err
		}
		edges = append(c.graph.edgesIn(w, edges[:0]), predicate[i]...)
		txns := c.graph.ranked[w.low : w.high+1]
		orders := c.orders()
		g := c.builder.build(txns, edges, orders[len(orders)-1])
		for _, component := range g.components() {
			c.component(g, component, edges)
		}
	}
	return nil
}

// component examines one strongly connected component, with every order.
func (c *cycles) component(g *graph, nodes []int32, edges []edge) {
	slices.Sort(nodes)
	txns := make([]int32, len(nodes))
	for i, n := range nodes {
		txns[i] = g.txns[n]
	}
	edges = c.inner(txns, edges)
	var weaker [numClasses]bool
	for _, order := range c.orders() {
		graph := c.builder.build(txns, edges, order)
		has, position := c.classes(graph, order)
		fresh := false
		for class := range numClasses {
			if has[class] {
				c.failed[orderedClass{order, class}] = true
			}
			fresh = fresh || has[class] && !weaker[class]
		}
		if fresh {
			x := &explorer{cycles: c, g: graph, search: newSearch(graph), has: has, weaker: weaker, order: order, position: position}
			x.run()
		}
		weaker = has
	}
}

// orders returns the orders that the history can show, weakest first.
func (c *cycles) orders() []Order {
	if c.ix.mergedClocks {
		return []Order{NoOrder, SessionOrder}
	}
	return []Order{NoOrder, SessionOrder, RealTimeOrder}
}

// inner returns the edges that join two of the transactions.
func (c *cycles) inner(txns []int32, edges []edge) []edge {
	for _, t := range txns {
		c.builder.node[t] = 0
	}
	var in []edge
	for _, e := range edges {
		if c.builder.node[e.from] >= 0 && c.builder.node[e.to] >= 0 {
			in = append(in, e)
		}
	}
	for _, t := range txns {
		c.builder.node[t] = -1
	}
	return in
}

// classes says which classes of cycles the graph has, and returns a topological order of the
// dependencies, if they have one.
func (c *cycles) classes(g *graph, order Order) (has [numClasses]bool, position []int32) {
	has[classAll] = g.cyclic(allEdges, false)
	if !has[classAll] {
		return has, nil
	}
	has[classItem] = g.cyclic(itemEdges, false)
	has[classSI] = g.cyclic(allEdges, true)
	if !has[classSI] {
		return has, nil
	}
	position, acyclic := g.topological(dependencies, false)
	if !acyclic {
		has[classG1c], has[classPlain], has[classSingle] = true, true, true
		has[classG0] = g.cyclic(ww, false)
		return has, nil
	}
	has[classSingle] = len(g.pivots(single{}, position, 1)) > 0
	// MySQL promises a snapshot within a transaction, and no order of transactions.
	has[classPlain] = has[classSingle] && order == NoOrder && len(g.pivots(c.rules.plainSingle(), position, 1)) > 0
	return has, position
}

// explorer looks for short cycles in one component's graph.
type explorer struct {
	*cycles
	g      *graph
	search *search
	// has and weaker are the classes of cycles in this graph and in the one with less order.
	has, weaker [numClasses]bool
	order       Order
	position    []int32 // a topological order of the dependencies, if they have one
	hits        int
	// singles and plain are how many cycles with one anti-dependency were counted, and how many of
	// them between plain reads.
	singles, plain int
}

// run starts from every edge that leads back in rank: each cycle has one.
func (x *explorer) run() {
	defer x.leftOut()
	spent := x.budget - x.search.visited
	for v := range int32(len(x.g.txns)) {
		for i := x.g.first[v]; i < x.g.first[v+1]; i++ {
			if int(x.g.to[i]) >= len(x.g.txns) || x.g.to[i] > v || x.g.ref[i] < 0 {
				continue
			}
			if x.search.visited > spent || x.order != NoOrder && x.hits >= fewVariants {
				x.incomplete()
				x.budget -= x.search.visited
				return
			}
			x.anchor(v, i)
		}
	}
	x.budget -= x.search.visited
}

// leftOut looks for cycles with one anti-dependency where the graph has some and
// none was found.
func (x *explorer) leftOut() {
	if x.position == nil {
		return
	}
	if x.has[classPlain] && !x.weaker[classPlain] && x.plain == 0 {
		x.pivotCycles(x.rules.plainSingle(), func(t int32) bool { return x.pivots[t] })
	}
	if x.has[classSingle] && !x.weaker[classSingle] && x.singles == 0 {
		x.pivotCycles(single{}, func(t int32) bool {
			_, counted := x.pivots[t]
			return counted && x.order == NoOrder
		})
	}
}

// incomplete marks that there may be more cycles than were counted.
func (x *explorer) incomplete() {
	for _, id := range cyclic() {
		if t := x.found.by[variantOf(id, x.order)]; t != nil {
			t.atLeast = true
		}
	}
}

// anchor looks for the worst short cycle through one edge from node v.
func (x *explorer) anchor(v, i int32) {
	e := x.g.edges[x.g.ref[i]]
	if x.order == NoOrder && x.counted(e) {
		return
	}
	anti := e.kind&antiDependencies != 0
	q := query{from: x.g.to[i], to: v, entered: anti}
	for class := range numClasses {
		if !x.has[class] || x.weaker[class] && x.order != NoOrder {
			continue
		}
		switch class {
		case classG0:
			q.mask = ww
			if e.kind != ww {
				continue
			}
		case classG1c:
			q.mask = dependencies
			if anti {
				continue
			}
		case classPlain: // is part of classSingle here
			continue
		case classSingle:
			if anti && x.single(v, i, q) {
				return
			}
			continue
		case classSI:
			q.mask, q.split = allEdges, true
		case classItem:
			q.mask, q.split = itemEdges, false
			if e.kind == predicateRW {
				continue
			}
		case classAll:
			q.mask, q.split = allEdges, false
		}
		if x.try(v, i, q) {
			return
		}
	}
}

// counted reports whether an anti-dependency is part of an anomaly that is counted already.
func (x *explorer) counted(e edge) bool {
	switch e.kind {
	case rw:
		return x.explained[e.read]
	case predicateRW:
		_, ok := x.missedRows[scannedBirth{e.scan, e.write}]
		return ok
	}
	return false
}

// single looks for a cycle in which the anchor is the only anti-dependency. If the
// anchor comes from a plain read, one that also ends in a plain read is
// preferred: that is what InnoDB's repeatable read rules out.
func (x *explorer) single(v, i int32, q query) bool {
	q.mask, q.split, q.position = dependencies, false, x.position
	if plain := x.rules.plainSingle(); x.has[classPlain] && plain.first(x.g.edges[x.g.ref[i]]) {
		strict := q
		strict.last = plain.last
		if x.try(v, i, strict) {
			return true
		}
	}
	return x.try(v, i, q)
}

// try searches once and counts what it finds.
func (x *explorer) try(v, i int32, q query) bool {
	path := x.search.path(q)
	if path == nil {
		return false
	}
	x.hits++
	in := instance{edges: rotate(shorten(x.g.cycle(v, append([]int32{i}, path...))))}
	if singleAntiDependency(&in) {
		x.singles++
		if x.rules.plainPivot(&in) {
			x.plain++
		}
	}
	in.id = variantOf(nameCycle(x.ix, in.edges), x.order)
	for _, e := range in.edges {
		in.at = max(in.at, x.ix.end[e.from])
	}
	key := in.key()
	if _, ok := x.reported[key]; ok {
		return true
	}
	x.reported[key] = struct{}{}
	x.found.add(in)
	return true
}

// shorten makes a cycle that comes through a transaction twice one that does not.
// Only cycles without two adjacent anti-dependencies do that; one of the two that
// they consist of has none either: at the transaction where they part, one of the ways in
// is a dependency.
func shorten(edges []edge) []edge {
	for i := range edges {
		for j := len(edges) - 1; j > i; j-- {
			if edges[j].from != edges[i].from {
				continue
			}
			loop, rest := edges[i:j], append(slices.Clone(edges[j:]), edges[:i]...)
			if adjacentAntiDependencies(loop) {
				return shorten(rest)
			}
			return shorten(loop)
		}
	}
	return edges
}

// adjacentAntiDependencies reports whether two anti-dependencies follow each other in a cycle.
func adjacentAntiDependencies(edges []edge) bool {
	for i, e := range edges {
		if e.kind&antiDependencies != 0 && edges[(i+1)%len(edges)].kind&antiDependencies != 0 {
			return true
		}
	}
	return false
}

// rotate makes an anti-dependency the first edge of a cycle that has one.
func rotate(edges []edge) []edge {
	at := slices.IndexFunc(edges, func(e edge) bool { return e.kind&antiDependencies != 0 })
	if at <= 0 {
		return edges
	}
	return append(slices.Clone(edges[at:]), edges[:at]...)
}

// key returns a number that is the same for two instances of one anomaly between
// the same transactions.
func (in *instance) key() uint64 {
	var sum uint64
	for _, e := range in.edges {
		sum += mix(uint64(e.from))
	}
	for _, c := range []byte(in.id) {
		sum = mix(sum ^ uint64(c))
	}
	return sum
}

// nameCycle returns what a cycle of dependencies is called. The class follows from
// its anti-dependencies (Adya's thesis): none is G0 or G1c, one is G-single, two or more of
// which no two adjacent are G-nonadjacent, others are G2-item or, with a predicate, G2.
func nameCycle(ix *index, edges []edge) AnomalyID {
	anti, adjacent, predicate, onlyWW := 0, false, false, true
	for i, e := range edges {
		predicate = predicate || e.kind&(predicateRW|predicateWR) != 0
		onlyWW = onlyWW && e.kind&(ww|orders) != 0
		if e.kind&antiDependencies != 0 {
			anti++
			adjacent = adjacent || len(edges) > 1 && edges[(i+1)%len(edges)].kind&antiDependencies != 0
		}
	}
	ordered := slices.ContainsFunc(edges, func(e edge) bool { return e.kind&orders != 0 })
	switch {
	case anti == 0 && onlyWW:
		return DirtyWrite
	case anti == 0:
		return CircularFlow
	case anti == 1 && ordered:
		return ReadSkew
	case anti == 1:
		return nameSingle(ix, edges, predicate)
	case !adjacent:
		return LongFork
	case slices.ContainsFunc(edges, func(e edge) bool { return e.kind == predicateRW }):
		return PredicateWriteSkew
	}
	return WriteSkew
}

// nameSingle names a cycle with one anti-dependency by the objects that it goes over.
func nameSingle(ix *index, edges []edge, predicate bool) AnomalyID {
	if predicate {
		return Phantom
	}
	object, reads := ix.writes[edges[0].write].object, 0
	for _, e := range edges {
		if e.write < 0 || ix.writes[e.write].object != object {
			return ReadSkew
		}
		if e.kind == wr {
			reads++
		}
	}
	last := edges[len(edges)-1].kind
	switch {
	case edges[0].kind != rw:
		return ReadSkew
	case reads == 0:
		return nameLostUpdate(&ix.reads[edges[0].read])
	case reads == 1 && last == wr:
		return NonRepeatableRead
	}
	return ReadSkew
}
