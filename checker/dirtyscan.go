package checker

import (
	"math"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// undeparted is a row that matched a predicate as the setup made it, and that only
// versions without effect had taken out before any that took effect.
type undeparted struct {
	object int32
	// departed is when the first version that took effect and does not match was sent.
	departed int64
}

// undepartedRows returns, by predicate, the rows of which a scan that does not give
// them can only have seen a version without effect, up to a time.
func (d *direct) undepartedRows() [][]undeparted {
	rows := make([][]undeparted, len(d.ix.predicates))
	for object, dead := range d.chains.dead {
		first := d.chains.first[object]
		if first < 0 || !d.chains.unborn[first] || !d.ix.isSetup(d.ix.writes[first].txn) {
			continue
		}
		for n := range d.ix.predicates {
			p := &d.ix.predicates[n]
			if p.table != d.ix.objects.table[object] || !d.anyOut(dead.writes, p) {
				continue
			}
			u := undeparted{object: object, departed: math.MaxInt64}
			for w := first; w >= 0; w = d.chains.next[w] {
				if d.values.matches(w, p) != yes {
					u.departed = min(u.departed, d.chains.sent(w))
				}
			}
			rows[n] = append(rows[n], u)
		}
	}
	return rows
}

// anyOut reports whether one of the writes does not match.
func (d *direct) anyOut(writes []int32, p *predicate) bool {
	return slices.ContainsFunc(writes, func(w int32) bool { return d.values.matches(w, p) != yes })
}

// dirtyScans finds scans that do not give a row which only aborted transactions had taken
// out of the predicate: dirty reads, G1a by a predicate in Adya's thesis.
func (d *direct) dirtyScans(t int32) {
	ix := d.ix
	for s := ix.scanFrom[t]; s < ix.scanFrom[t+1]; s++ {
		scan := &ix.scans[s]
		if scan.partial || len(d.undeparted[scan.predicate]) == 0 {
			continue
		}
		_, answered := ix.opTimes(t, scan.op)
		for _, u := range d.undeparted[scan.predicate] {
			if u.departed <= answered || ix.gave(t, u.object, scan.op) || d.chains.hidden.row(ix, u.object, t, scan.op) {
				continue
			}
			if w := d.onlyDirtyOut(t, u.object, answered, &ix.predicates[scan.predicate]); w >= 0 {
				d.report(DirtyRead, edge{kind: predicateWR, from: ix.writes[w].txn, to: t, read: -1, scan: s, write: w})
			}
		}
	}
}

// onlyDirtyOut returns a write without effect that took the object out of the predicate and had been sent by then, if
// all of those are of aborted transactions; else -1.
func (d *direct) onlyDirtyOut(t, object int32, by int64, p *predicate) int32 {
	ix, found := d.ix, int32(-1)
	for _, w := range d.chains.dead[object].writes {
		switch {
		case ix.writes[w].txn == t || d.chains.sent(w) > by || d.values.matches(w, p) == yes:
		case ix.outcome[ix.writes[w].txn] != history.Aborted:
			return -1 // it may have taken effect
		default:
			found = w
		}
	}
	return found
}
