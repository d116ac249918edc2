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
	search search
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
		for _, component := range c.builder.components(txns, edges, orders[len(orders)-1]) {
			c.component(component)
		}
	}
	return nil
}

// component examines one strongly connected component, with every order.
func (c *cycles) component(in component) {
	var weaker [numClasses]bool
	for _, order := range c.orders() {
		graph := c.builder.build(in.txns, in.edges, order)
		has, position := c.classes(graph, order, weaker)
		fresh := false
		for class := range numClasses {
			if has[class] {
				c.failed[orderedClass{order, class}] = true
			}
			fresh = fresh || has[class] && !weaker[class]
		}
		if fresh {
			x := &explorer{cycles: c, g: graph, search: c.search.in(graph), has: has, weaker: weaker, order: order, position: position}
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

// classes says which classes of cycles the graph has, of which it has those that it had with less
// order, and returns a topological order of the dependencies, if they have one.
func (c *cycles) classes(g *graph, order Order, weaker [numClasses]bool) (has [numClasses]bool, position []int32) {
	has[classAll] = weaker[classAll] || g.cyclic(allEdges, false)
	if !has[classAll] {
		return has, nil
	}
	has[classItem] = weaker[classItem] || g.cyclic(itemEdges, false)
	has[classSI] = weaker[classSI] || g.cyclic(allEdges, true)
	if !has[classSI] {
		return has, nil
	}
	position, acyclic := g.topological(dependencies, false)
	if !acyclic {
		has[classG1c], has[classPlain], has[classSingle] = true, true, true
		has[classG0] = weaker[classG0] || g.cyclic(ww, false)
		return has, nil
	}
	has[classSingle] = weaker[classSingle] || len(g.pivots(single{}, position, 1)) > 0
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
