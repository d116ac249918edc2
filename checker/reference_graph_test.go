package checker_test

import (
	"slices"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// kinds is a set of kinds of edges between two transactions, as Adya's direct serialization graph has them.
type kinds uint16

const (
	kWW kinds = 1 << iota
	kWR
	kRW
	kPredicateWR
	kPredicateRW
	kSession
	kRealTime
	// Edges that come from plain reads before their transaction's first write.
	kPlainIn  // … by which the transaction saw something
	kPlainOut // … by which it did not see something
)

const (
	kDependency = kWW | kWR | kPredicateWR
	kAnti       = kRW | kPredicateRW
)

// dsg is the direct serialization graph of one reading, and what else the definitions speak of.
type dsg struct {
	r     *reading
	n     int
	edges [][]kinds // by transaction, by transaction
	// What is wrong without any cycle: by the model that rules it out.
	pl1, pl2, fractured, cursor bool
	// unclaimed: a scan did not give a row because it saw a version that its transaction then replaced. That is G1b, by
	// a predicate, and the checker does not look for it.
	unclaimed bool
	cycles    [][]int
}

func (r *reading) graph() *dsg {
	g := &dsg{r: r, n: len(r.w.txns)}
	g.edges = make([][]kinds, g.n)
	for i := range g.edges {
		g.edges[i] = make([]kinds, g.n)
	}
	for o, order := range r.orders {
		for i := 1; i < len(order); i++ {
			g.add(order[i-1].txn, order[i].txn, kWW)
		}
		for _, v := range r.w.written[o] {
			if p := r.w.find(o, v.previous); p != nil && r.w.live[v.txn.ID()] && p.txn.Outcome == history.Aborted {
				g.pl2 = true // dirty update
			}
		}
	}
	for _, t := range r.w.txns {
		sights := g.sights(t)
		for _, s := range sights {
			g.itemEdges(t, s)
		}
		g.fractures(t, sights)
		g.cursors(t, sights)
		for i := range t.Ops {
			g.predicateEdges(t, i)
		}
	}
	for _, a := range r.w.txns {
		for _, b := range r.w.txns {
			if a.Client == b.Client && a.Number < b.Number && a.Outcome == history.Committed {
				g.add(a, b, kSession)
			}
			if a.End < b.Start && a.Outcome == history.Committed && !r.w.merged {
				g.add(a, b, kRealTime)
			}
		}
	}
	g.cycles = simpleCycles(g.edges)
	return g
}

func (g *dsg) index(t *history.Transaction) int { return slices.Index(g.r.w.txns, t) }

func (g *dsg) add(from, to *history.Transaction, k kinds) {
	if from != to {
		g.edges[g.index(from)][g.index(to)] |= k
	}
}

// sight is a row that a transaction saw: the position of the version in its object's order.
type sight struct {
	item
	at int
}

// sights returns what a transaction saw of others, and notes what is wrong with any
// single read.
func (g *dsg) sights(t *history.Transaction) []sight {
	var sights []sight
	for _, i := range g.r.w.items(t) {
		own := g.r.w.own(t, i.object, i.op)
		switch {
		case own != nil:
			if i.version != own.id && (i.version != none || !own.deleted) {
				g.pl1 = true // internal inconsistency
			}
			continue
		case i.version == none:
			switch at := g.r.seen[absence{t.ID(), i.op, i.object}]; at {
			case abortedVersion:
				g.pl2 = true
			case doubtfulVersion:
			default:
				if at >= 0 && !g.lastOf(g.r.orders[i.object][at]) {
					g.pl2 = true // G1b
				}
				sights = append(sights, sight{i, at})
			}
			continue
		case i.version == 0:
			sights = append(sights, sight{i, -1})
			continue
		}
		if at, ok := g.judgeRead(t, i); ok {
			sights = append(sights, sight{i, at})
		}
	}
	for i := range t.Ops { // a scan that does not give the transaction's own row
		for _, o := range g.r.missing(t, i) {
			if own := g.r.w.own(t, o, i); own != nil {
				if yes, _ := matches(&t.Ops[i], own); yes {
					g.pl1 = true
				}
			}
		}
	}
	return sights
}

// judgeRead looks up the version that another transaction wrote.
func (g *dsg) judgeRead(t *history.Transaction, i item) (at int, ok bool) {
	v := g.r.w.find(i.object, i.version)
	if v == nil {
		g.pl1 = true // garbage
		return 0, false
	}
	if v.deleted {
		g.pl1 = true // garbage
	}
	for _, row := range t.Ops[i.op].Rows {
		if row.Key == i.object.key && row.Values != nil && v.values != nil && !slices.Equal(row.Values, v.values) {
			g.pl1 = true // garbage
		}
	}
	if v.txn == t || !g.r.w.merged && v.sent > t.Ops[i.op].End {
		g.pl1 = true // its own write before it wrote it; a future read
	}
	if !g.r.w.live[v.txn.ID()] {
		g.pl2 = true // G1a
		return 0, false
	}
	if !g.lastOf(v) {
		g.pl2 = true // G1b
	}
	return slices.Index(g.r.orders[i.object], v), true
}

// lastOf reports whether a version is its transaction's last one of the object.
func (g *dsg) lastOf(v *version) bool {
	return !slices.ContainsFunc(g.r.w.written[v.object], func(x *version) bool { return x.txn == v.txn && x.op > v.op })
}

// plain reports whether an operation is a plain read before its transaction's first write.
func plain(t *history.Transaction, op int) bool {
	for i := range op {
		if t.Ops[i].Kind.Writes() && len(t.Ops[i].Rows) > 0 {
			return false
		}
	}
	return !t.Ops[op].Kind.Writes() && t.Ops[op].Lock == history.NoLock
}

// itemEdges: who wrote what t saw comes before t, who overwrote it after t. Of the versions that one transaction wrote in a row all
// are seen or none.
func (g *dsg) itemEdges(t *history.Transaction, s sight) {
	order := g.r.orders[s.object]
	in, out := kWR, kRW
	if plain(t, s.op) {
		in, out = in|kPlainIn, out|kPlainOut
	}
	if s.at >= 0 {
		g.add(order[s.at].txn, t, in)
	}
	for next := s.at + 1; next < len(order); next++ {
		if s.at < 0 || order[next].txn != order[s.at].txn {
			g.add(t, order[next].txn, out)
			return
		}
	}
}

// predicateEdges: who changed which rows match, up to the version that t's evaluation saw, comes before t, who
// did later, after t.
func (g *dsg) predicateEdges(t *history.Transaction, i int) {
	op := &t.Ops[i]
	if !wholeScan(op) {
		return
	}
	in, out := kPredicateWR, kPredicateRW
	if plain(t, i) {
		in, out = in|kPlainIn, out|kPlainOut
	}
	for o, order := range g.r.orders {
		if o.table != op.Table {
			continue
		}
		at, ok := g.evaluated(t, i, o)
		if !ok {
			continue
		}
		before := false
		for j, v := range order {
			if j+1 < len(order) && order[j+1].txn == v.txn {
				continue // only what a transaction leaves behind changes what matches
			}
			yes, known := matches(op, v)
			if (yes && known) != before {
				if j <= at {
					g.add(v.txn, t, in)
				} else {
					g.add(t, v.txn, out)
				}
			}
			before = yes && known
		}
	}
}

// evaluated returns the position of the version of an object in which t's predicate was evaluated. It is
// not ok if that was none that took effect.
func (g *dsg) evaluated(t *history.Transaction, i int, o object) (at int, ok bool) {
	if own := g.r.w.own(t, o, i); own != nil {
		return slices.Index(g.r.orders[o], own), true
	}
	if at, ok := g.r.seen[absence{t.ID(), i, o}]; ok {
		if at == abortedVersion {
			g.pl2 = true
		}
		if at >= 0 && !g.lastOf(g.r.orders[o][at]) {
			g.pl2, g.unclaimed = true, true
		}
		return at, at >= -1
	}
	for _, row := range t.Ops[i].Rows {
		if row.Key != o.key {
			continue
		}
		id := row.Version
		if t.Ops[i].Kind.Writes() {
			id = row.Previous
		}
		at := slices.IndexFunc(g.r.orders[o], func(v *version) bool { return v.id == id })
		return at, at >= 0
	}
	return 0, false
}

// fractures: t saw a part of what another wrote, and later missed another part (monotonic atomic view).
func (g *dsg) fractures(t *history.Transaction, sights []sight) {
	for i := range t.Ops {
		for _, o := range g.r.missing(t, i) {
			if at, ok := g.evaluated(t, i, o); ok && g.r.w.own(t, o, i) == nil {
				// Only versions that the scan would have given are missed by it.
				given := func(v *version) bool { yes, known := matches(&t.Ops[i], v); return yes && known }
				g.fracturedBy(t, sights, sight{item{op: i, object: o, locked: true}, at}, given)
			}
		}
	}
	for _, miss := range sights {
		g.fracturedBy(t, sights, miss, func(*version) bool { return true })
	}
}

func (g *dsg) fracturedBy(t *history.Transaction, sights []sight, miss sight, given func(*version) bool) {
	for _, s := range sights {
		if s.at < 0 || s.op > miss.op || s.op == miss.op && (s.locked || miss.locked || s == miss) {
			continue
		}
		from := g.r.orders[s.object][s.at].txn
		if from == t || from.Client == 0 {
			continue
		}
		for at, v := range g.r.orders[miss.object] {
			if v.txn == from && g.lastOf(v) && at > miss.at && given(v) && (miss.at < 0 || g.r.orders[miss.object][miss.at].txn != from) {
				g.fractured = true
			}
		}
	}
}

// cursors: t locked a row as it read it, and overwrote it after another had (G-cursor).
func (g *dsg) cursors(t *history.Transaction, sights []sight) {
	for _, s := range sights {
		if !s.locked || s.version == none {
			continue
		}
		other := false
		for at, v := range g.r.orders[s.object] {
			if at > s.at && v.txn != t && v.txn != g.r.orders[s.object][max(s.at, 0)].txn {
				other = true
			}
			if v.txn == t && v.op > s.op && other {
				g.cursor = true
			}
		}
	}
}

// keeps reports whether the reading keeps a model.
func (g *dsg) keeps(m checker.Model) bool {
	base, order := m.Split()
	orders := map[checker.Order]kinds{checker.SessionOrder: kSession, checker.RealTimeOrder: kSession | kRealTime}[order]
	has := func(test func(cycle []kinds) bool) bool {
		return slices.ContainsFunc(g.cycles, func(nodes []int) bool { return test(g.kindsOf(nodes, orders)) })
	}
	if g.pl1 || has(allOf(kWW)) {
		return false
	}
	if base == checker.ReadUncommitted {
		return true
	}
	if g.pl2 || has(allOf(kDependency)) {
		return false
	}
	switch base {
	case checker.MonotonicAtomicView:
		return !g.fractured
	case checker.CursorStability:
		return !g.cursor
	case checker.InnoDBRepeatableRead:
		orders = 0
		return !has(plainSingle)
	case checker.ConsistentView:
		return !has(single)
	case checker.SnapshotIsolation:
		return !has(nonadjacent)
	case checker.RepeatableRead:
		return !has(allOf(kDependency | kRW))
	case checker.Serializable:
		return !has(allOf(kDependency | kAnti))
	}
	return true
}
