package checker

import (
	"cmp"
	"math"
	"slices"
)

// A scan can be dirty by what it does not give: Adya's G1a and G1b speak of versions
// read "possibly via a predicate". Which version of an absent row was seen is not
// recorded, so this is certain only of rows that matched as the setup made them, while
// nothing that a transaction left behind had taken them out.

// undeparted is such a row: of all that had been sent by some time only versions that
// took no effect, or that their transactions replaced, do not match.
type undeparted struct {
	object int32
	// departed is when the first version that a transaction left behind and does not match was sent.
	departed int64
	// middle are the versions that do not match and that their transactions replaced.
	middle []int32
}

// undepartedRows returns, by predicate, the rows of which a scan that does not give
// them can only have seen a version that it should not have, up to a time; those of which that lasts longest first.
func (d *direct) undepartedRows() [][]undeparted {
	rows := make([][]undeparted, len(d.ix.predicates))
	if len(rows) == 0 {
		return nil
	}
	suspects := d.replacedObjects()
	for object := range d.chains.dead {
		if len(d.chains.dead[object].writes) > 0 {
			suspects = append(suspects, int32(object))
		}
	}
	slices.Sort(suspects)
	suspects = slices.DeleteFunc(slices.Compact(suspects), func(object int32) bool {
		first := d.chains.first[object]
		return first < 0 || !d.chains.unborn[first] || !d.ix.isSetup(d.ix.writes[first].txn)
	})
	for n := range d.ix.predicates {
		for _, object := range d.chains.mayBegin(&d.ix.predicates[n], suspects, d.values) {
			if u, ok := d.undepart(object, &d.ix.predicates[n]); ok {
				rows[n] = append(rows[n], u)
			}
		}
	}
	for _, of := range rows {
		slices.SortStableFunc(of, func(a, b undeparted) int { return cmp.Compare(b.departed, a.departed) })
	}
	return rows
}

// replacedObjects returns the objects of which a transaction replaced what it wrote itself.
func (d *direct) replacedObjects() []int32 {
	var objects []int32
	for w := range d.chains.next {
		if d.chains.root[w] >= 0 && !d.chains.last(int32(w)) {
			objects = append(objects, d.ix.writes[w].object)
		}
	}
	return objects
}

// undepart looks at one row and predicate. It is not ok where no version is suspect.
func (d *direct) undepart(object int32, p *predicate) (undeparted, bool) {
	u := undeparted{object: object, departed: math.MaxInt64}
	first := d.chains.first[object]
	if !p.covers(d.ix, object) || d.chains.last(first) && d.values.matches(first, p) != yes {
		return u, false // it was out from the start
	}
	for w := first; w >= 0; w = d.chains.next[w] {
		switch out := d.values.matches(w, p) != yes; {
		case out && d.chains.last(w):
			u.departed = min(u.departed, d.chains.sent(w))
		case out:
			u.middle = append(u.middle, w)
		}
	}
	dead := slices.ContainsFunc(d.chains.dead[object].writes, func(w int32) bool { return d.values.matches(w, p) != yes })
	return u, dead || len(u.middle) > 0
}

// dirtyScans finds scans that do not give a row which only aborted transactions had taken
// out of the predicate, dirty reads, or only versions that their transactions then
// replaced, intermediate reads.
func (d *direct) dirtyScans(t int32) {
	ix := d.ix
	for s := ix.scanFrom[t]; s < ix.scanFrom[t+1]; s++ {
		scan := &ix.scans[s]
		if scan.partial {
			continue
		}
		_, answered := ix.opTimes(t, scan.op)
		for i := range d.undeparted[scan.predicate] {
			u := &d.undeparted[scan.predicate][i]
			if u.departed <= answered {
				break
			}
			if d.returned(t, u.object, scan.op) || ix.ownWrite(t, u.object, scan.op+1) >= 0 || d.chains.hidden.row(ix, u.object, t, scan.op) {
				continue
			}
			d.dirtyScan(t, s, u, answered)
		}
	}
}

// dirtyScan judges a scan that did not give a row.
func (d *direct) dirtyScan(t, s int32, u *undeparted, answered int64) {
	ix := d.ix
	p := &ix.predicates[ix.scans[s].predicate]
	middle := int32(-1)
	for _, m := range u.middle {
		if d.chains.sent(m) <= answered && ix.writes[m].txn != t {
			middle = m
		}
	}
	if middle < 0 {
		if w := d.onlyDirtyOut(s, u.object, answered); w >= 0 {
			d.report(DirtyRead, edge{kind: predicateWR, from: ix.writes[w].txn, to: t, read: -1, scan: s, write: w})
		}
		return
	}
	if d.chains.seenDirty(u.object, t, ix.scans[s].op, func(w int32) bool { return d.values.matches(w, p) != yes }) < 0 {
		d.report(IntermediateRead, edge{kind: predicateWR, from: ix.writes[middle].txn, to: t, read: -1, scan: s, write: middle})
	}
}

// onlyDirtyOut returns a write without effect that took the object out of the scan's predicate and had been sent by then, if
// all of those are of aborted transactions, or were rolled back, also by the scan's own before; else -1.
func (d *direct) onlyDirtyOut(s, object int32, by int64) int32 {
	ix, scan, found := d.ix, &d.ix.scans[s], int32(-1)
	for _, w := range d.chains.dead[object].writes {
		own := ix.writes[w].txn == scan.txn
		switch {
		case own && (found >= 0 || ix.writes[w].undone == 0 || ix.writes[w].undone > scan.op):
		case d.chains.sent(w) > by || d.values.matches(w, &ix.predicates[scan.predicate]) == yes:
		case !ix.undone(w):
			return -1 // it may have taken effect
		default:
			found = w
		}
	}
	return found
}
