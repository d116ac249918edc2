package register

import (
	"cmp"
	"context"
	"slices"
)

// guess is an order of all transactions, and the version order that follows from it.
type guess struct {
	rank   []int32 // by transaction
	blocks []int32 // object x's blocks in their order, where versions.byObject says
}

// guessFrom orders the blocks of every object by key, by version, of their heads, and
// leaves the initial ones first.
func (v *versions) guessFrom(rank []int32, key func(version int32) int64) *guess {
	g := &guess{rank: rank, blocks: make([]int32, len(v.blocks))}
	for b := range g.blocks {
		g.blocks[b] = int32(b)
	}
	byKey := func(a, b int32) int { return cmp.Compare(key(v.blocks[a].head), key(v.blocks[b].head)) }
	for object := range v.f.counts.Objects {
		if own := g.blocks[v.byObject[object]+1 : v.byObject[object+1]]; !slices.IsSortedFunc(own, byKey) {
			slices.SortFunc(own, byKey)
		}
	}
	return g
}

// dependencies is the dependency graph of a history for a model: serializability, or, if
// split, snapshot isolation. Transaction t commits in node t. Where the graph is split it starts in a
// node of its own: dependencies lead from commits to starts, anti-dependencies from starts to commits, so that no
// path has two anti-dependencies in a row, and every other path is there (Cerone and Gotsman, theorem 10).
type dependencies struct {
	*versions
	split   bool
	order   Order
	rt      *realTime // nil without real-time order
	line    int32     // the first of the nodes of the real-time line
	nodes   int
	demands []demand
}

// demand is that a transaction must come before another, because of what a read saw.
type demand struct{ from, to, read int32 }

func newDependencies(v *versions, base Model, order Order, rt *realTime) *dependencies {
	d := &dependencies{versions: v, split: base == SnapshotIsolation, order: order, line: int32(v.f.n)}
	if d.split {
		d.line *= 2
	}
	d.nodes = int(d.line)
	if order == RealTimeOrder {
		d.rt = rt
		d.nodes += len(rt.ended)
	}
	return d
}

func (d *dependencies) commit(t int32) int32 { return t }

func (d *dependencies) start(t int32) int32 {
	if d.split {
		return int32(d.f.n) + t
	}
	return t
}

// certain yields the edges that do not depend on the version order, as far as it is not certain.
func (d *dependencies) certain(y yield) {
	if d.split {
		for t := range int32(d.f.n) {
			y(d.start(t), t, link{from: t, to: t, kind: commitLink})
		}
	}
	follows := func(from, to int32, l link) { y(from, d.start(to), l) }
	if d.order != NoOrder {
		d.f.sessionEdges(follows)
	}
	d.f.readEdges(follows)
	if d.rt != nil {
		d.rt.each(d.line, d.commit, d.start, y)
	}
	for a, b := range d.next {
		if b >= 0 {
			d.overwrites(int32(a), b, y)
		}
	}
	for _, e := range d.demands {
		follows(e.from, e.to, link{from: e.from, to: e.to, kind: beforeLink, object: d.f.readObject[e.read], a: e.read})
	}
}

// findDemands finds the edges that causal consistency demands, which both models
// include. They follow from the others, but a search that is given them has less to guess.
func (d *dependencies) findDemands(ctx context.Context) {
	if d.order == NoOrder || !d.f.forward {
		return
	}
	err := d.f.causal(ctx, func(from, to, r int32) {
		if to >= 0 {
			d.demands = append(d.demands, demand{from, to, r})
		}
	})
	if err != nil {
		d.demands = nil // the search does without
	}
}

// overwrites yields the edges that are there because version a precedes version b.
func (d *dependencies) overwrites(a, b int32, y yield) {
	from, to := d.writer[a], d.writer[b]
	object := d.blocks[d.block[a]].object
	if from >= 0 {
		y(from, d.start(to), link{from: from, to: to, kind: wwLink, object: object, a: a, b: b})
	}
	for _, reader := range d.readers.of(a) {
		if reader != to {
			y(d.start(reader), to, link{from: reader, to: to, kind: rwLink, object: object, a: a, b: b})
		}
	}
}

// all yields the edges under a guess of the version order: of each version to the next one.
// The others follow from these.
func (d *dependencies) all(g *guess, y yield) {
	d.certain(y)
	for object := range d.f.counts.Objects {
		own := g.blocks[d.byObject[object]:d.byObject[object+1]]
		for i := 1; i < len(own); i++ {
			d.overwrites(d.blocks[own[i-1]].tail, d.blocks[own[i]].head, y)
		}
	}
}

// positions places the nodes for findCore: commits by rank, and, where the graph
// is split, every start right behind the last commit that it depends on.
func (d *dependencies) positions(rank []int32, each func(yield)) []int32 {
	position := make([]int32, d.nodes)
	for t := range int32(d.f.n) {
		position[t] = slot * (rank[t] + 1)
	}
	if d.rt != nil {
		d.rt.positions(position, d.line, d.commit)
	}
	if !d.split {
		return position
	}
	for t := range int32(d.f.n) {
		position[d.start(t)] = 2
	}
	low, high := int32(d.f.n), int32(2*d.f.n)
	each(func(from, to int32, _ link) {
		if low <= to && to < high {
			position[to] = max(position[to], position[from]/slot*slot+2)
		}
	})
	return position
}

// core returns where a guess has cycles, nil if it has none: then the model holds;
// and the positions of its nodes.
func (d *dependencies) core(g *guess) (*core, []int32) {
	each := func(y yield) { d.all(g, y) }
	position := d.positions(g.rank, each)
	return findCore(d.nodes, int(d.line), position, each), position
}
