package checker_test

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

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
		list, _ := listRead(&t.Ops[i.op])
		if g.r.w.lists != nil && t.Outcome == history.Committed && g.r.w.neverThere(i.object, list) {
			g.flaw(flawPL1, t, i.op, i.object) // garbage
		}
		own := g.r.w.own(t, i.object, i.op)
		switch {
		case own != nil:
			if i.version != own.id && (i.version != none || !own.deleted) {
				g.flaw(flawPL1, t, i.op, i.object) // internal inconsistency
			}
			if t.Outcome == history.Committed && slices.ContainsFunc(list, func(e string) bool { return g.r.w.aborted(element{i.object, e}) }) {
				g.flaw(flawAborted, t, i.op, i.object) // its own element upon one of a transaction that aborted
			}
			continue
		case i.version == none:
			at := g.r.seen[absence{t.ID(), i.op, i.object}]
			if at == abortedVersion {
				g.flaw(flawAborted, t, i.op, i.object)
				continue
			}
			if at >= 0 && !g.lastOf(g.r.orders[i.object][at]) {
				g.flaw(flawMiddle, t, i.op, i.object)
			}
			sights = append(sights, sight{i, at})
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
					g.flaw(flawPL1, t, i, o) // internal inconsistency
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
		g.flaw(flawPL1, t, i.op, i.object) // garbage
		return 0, false
	}
	if v.deleted {
		g.flaw(flawPL1, t, i.op, i.object) // garbage
	}
	for _, row := range t.Ops[i.op].Rows {
		if row.Key == i.object.key && row.Values != nil && v.values != nil && !slices.Equal(row.Values, v.values) {
			g.flaw(flawPL1, t, i.op, i.object) // garbage
		}
	}
	if v.txn == t || !g.r.w.merged && v.sent > t.Ops[i.op].End {
		g.flaw(flawPL1, t, i.op, i.object) // its own write before it wrote it; a future read
	}
	if !g.r.w.takes(v) {
		g.flaw(flawAborted, t, i.op, i.object)
		return 0, false
	}
	if !g.lastOf(v) {
		g.flaw(flawMiddle, t, i.op, i.object)
	}
	return slices.Index(g.r.orders[i.object], v), true
}

// lastOf reports whether a version is its transaction's last one of the object.
func (g *dsg) lastOf(v *version) bool {
	return !slices.ContainsFunc(g.r.w.written[v.object], func(x *version) bool { return x.txn == v.txn && x.op > v.op && x.undone == 0 })
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
				g.flaws[flawFact{flawFractured, t.ID(), miss.op, miss.object, from.ID(), s.op}] = true
			}
		}
	}
}

// cursors: t locked a row as it read it, and overwrote it after another had (G-cursor).
func (g *dsg) cursors(t *history.Transaction, sights []sight) {
	for _, s := range sights {
		if !s.locked || s.version <= 0 {
			continue // where there is no row, there is nothing to lock
		}
		other := false
		for at, v := range g.r.orders[s.object] {
			if at > s.at && v.txn != t && v.txn != g.r.orders[s.object][max(s.at, 0)].txn {
				other = true
			}
			if v.txn == t && v.op > s.op && other {
				g.flaw(flawCursor, t, v.op, v.object)
			}
		}
	}
}
