package checker_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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

// dsg is the direct serialization graph of one reading, and what else the definitions speak of, as sets of facts, so that
// what several readings have in common can be told.
type dsg struct {
	r     *reading
	edges map[edgeFact]bool
	flaws map[flawFact]bool

	txns   []history.TxnID // of the matrix
	matrix [][]kinds       // by transaction, by transaction
	cycles [][]int
}

// edgeFact is an edge, and what makes it: an operation and an object.
type edgeFact struct {
	from, to history.TxnID
	kind     kinds
	op       int
	object   object
}

// flaw is something wrong without any cycle.
type flaw int

const (
	flawPL1         flaw = iota // what read uncommitted rules out
	flawAborted                 // G1a
	flawMiddle                  // G1b
	flawDirtyUpdate             // an aborted version was overwritten
	flawFractured
	flawCursor
)

// flawFact is a flaw of what a transaction saw of an object by an operation, and what else it takes.
type flawFact struct {
	flaw   flaw
	txn    history.TxnID
	op     int
	object object
	// sight is, of a fractured read, what was seen of the other transaction.
	sight   history.TxnID
	sightOp int
}

func (r *reading) graph() *dsg {
	g := &dsg{r: r, edges: map[edgeFact]bool{}, flaws: map[flawFact]bool{}}
	for _, t := range r.w.txns {
		g.txns = append(g.txns, t.ID())
	}
	for o, order := range r.orders {
		for i := 1; i < len(order); i++ {
			g.add(order[i-1].txn, order[i].txn, kWW, order[i].op, o)
		}
		for _, v := range r.w.written[o] {
			if p := r.w.find(o, v.previous); p != nil && r.w.takes(v) && !r.w.takes(p) {
				g.flaw(flawDirtyUpdate, v.txn, v.op, o)
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
				g.add(a, b, kSession, -1, object{})
			}
			if a.End < b.Start && a.Outcome == history.Committed && !r.w.merged {
				g.add(a, b, kRealTime, -1, object{})
			}
		}
	}
	return g
}

func (g *dsg) add(from, to *history.Transaction, k kinds, op int, o object) {
	if from != to {
		g.edges[edgeFact{from.ID(), to.ID(), k, op, o}] = true
	}
}

func (g *dsg) flaw(f flaw, t *history.Transaction, op int, o object) {
	g.flaws[flawFact{flaw: f, txn: t.ID(), op: op, object: o}] = true
}

// has reports whether there is a flaw of one of the kinds.
func (g *dsg) has(kinds ...flaw) bool {
	for is := range g.flaws {
		if slices.Contains(kinds, is.flaw) {
			return true
		}
	}
	return false
}

// dirty reports whether something was seen, or overwritten, that transactions do not leave behind.
func (g *dsg) dirty() bool { return g.has(flawAborted, flawMiddle, flawDirtyUpdate) }

// clone returns a graph of the same facts, for intersect.
func (g *dsg) clone() *dsg {
	return &dsg{txns: g.txns, edges: maps.Clone(g.edges), flaws: maps.Clone(g.flaws)}
}

// intersect leaves out what the other has not.
func (g *dsg) intersect(other *dsg) {
	maps.DeleteFunc(g.edges, func(e edgeFact, _ bool) bool { return !other.edges[e] })
	maps.DeleteFunc(g.flaws, func(f flawFact, _ bool) bool { return !other.flaws[f] })
}

func (g *dsg) String() string {
	var lines []string
	for e := range g.edges {
		if e.op >= 0 {
			lines = append(lines, fmt.Sprintf("%s -> %s kinds %b, by operation %d on %d", e.from, e.to, e.kind, e.op, e.object.key))
		}
	}
	for f := range g.flaws {
		lines = append(lines, fmt.Sprintf("flaw %d of %s, by operation %d on %d %v", f.flaw, f.txn, f.op, f.object.key, f))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// lay makes the matrix, and finds the cycles.
func (g *dsg) lay() {
	if g.matrix != nil {
		return
	}
	g.matrix = make([][]kinds, len(g.txns))
	for i := range g.matrix {
		g.matrix[i] = make([]kinds, len(g.txns))
	}
	for e := range g.edges {
		g.matrix[slices.Index(g.txns, e.from)][slices.Index(g.txns, e.to)] |= e.kind
	}
	g.cycles = simpleCycles(g.matrix)
}

// plain reports whether an operation is a plain read before its transaction's first write.
func plain(t *history.Transaction, op int) bool {
	for i := range op {
		if t.Ops[i].Kind.Writes() && (len(t.Ops[i].Rows) > 0 || t.Ops[i].Kind == history.Append) {
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
		g.add(order[s.at].txn, t, in, s.op, s.object)
	}
	for next := s.at + 1; next < len(order); next++ {
		if s.at < 0 || order[next].txn != order[s.at].txn {
			g.add(t, order[next].txn, out, s.op, s.object)
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
		if o.table != op.Table || !op.Kind.ByPredicate() && o.key != op.Key {
			continue
		}
		at, ok := g.evaluated(t, i, o)
		if !ok {
			continue
		}
		for at >= 0 && order[at].txn != t && at+1 < len(order) && order[at+1].txn == order[at].txn {
			at++ // of what one transaction wrote all is seen or none, here too
		}
		before := false
		for j, v := range order {
			if j+1 < len(order) && order[j+1].txn == v.txn {
				continue // only what a transaction leaves behind changes what matches
			}
			yes, known := matches(op, v)
			if (yes && known) != before {
				switch {
				case j <= at && v.txn == t && v.op >= i:
					g.flaw(flawPL1, t, i, o) // internal inconsistency: it saw what came of its own write before it wrote it
				case j <= at:
					g.add(v.txn, t, in, i, o)
				default:
					g.add(t, v.txn, out, i, o)
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
		at := slices.Index(g.r.orders[o], own)
		return at, at >= 0 // it may roll it back yet
	}
	if at, ok := g.r.seen[absence{t.ID(), i, o}]; ok {
		if at == abortedVersion {
			g.flaw(flawAborted, t, i, o)
		}
		if at >= 0 && !g.lastOf(g.r.orders[o][at]) {
			g.flaw(flawMiddle, t, i, o)
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

// keeps reports whether the reading keeps a model.
func (g *dsg) keeps(m checker.Model) bool {
	g.lay()
	base, order := m.Split()
	orders := map[checker.Order]kinds{checker.SessionOrder: kSession, checker.RealTimeOrder: kSession | kRealTime}[order]
	has := func(test func(cycle []kinds) bool) bool {
		return slices.ContainsFunc(g.cycles, func(nodes []int) bool { return test(g.kindsOf(nodes, orders)) })
	}
	if g.has(flawPL1) || has(allOf(kWW)) {
		return false
	}
	if base == checker.ReadUncommitted {
		return true
	}
	if g.dirty() || has(allOf(kDependency)) {
		return false
	}
	switch base {
	case checker.MonotonicAtomicView:
		return !g.has(flawFractured)
	case checker.CursorStability:
		return !g.has(flawCursor)
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
