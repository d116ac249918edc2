package checker

// Internal inconsistency is a matter of scans, too (the INT of validity.go): a scan sees the rows as its transaction has
// written them before, and nothing that came of what it writes afterwards
// (testdata/scenarios/internal-inconsistency-scan.txt, testdata/scenarios/internal-inconsistency-scan-later.txt):
//
//	T1 writes x, so that it matches    T1 evaluates the predicate, without x
//	T1 evaluates the predicate, without x    T1 deletes x    T2 makes another x, which does not match, and which T1 saw

// ownScans finds scans that do not give a row which the transaction itself made match.
func (d *direct) ownScans(t int32) {
	ix := d.ix
	for s := ix.scanFrom[t]; s < ix.scanFrom[t+1]; s++ {
		scan := &ix.scans[s]
		p := &ix.predicates[scan.predicate]
		if scan.partial {
			continue
		}
		for w := ix.writeFrom[t]; w < ix.writeFrom[t+1] && ix.writes[w].op < scan.op; w++ {
			object := ix.writes[w].object
			if !p.covers(ix, object) || ix.ownWrite(t, object, scan.op) != w || d.values.matches(w, p) != yes {
				continue
			}
			if !d.returned(t, object, scan.op) && !ix.wroteIn(t, object, scan.op) && !ix.ownHidden(t, ix.writes[w].op+1, scan.op) {
				d.report(InternalRead, edge{kind: predicateWR, from: t, to: t, read: -1, scan: s, write: w})
			}
		}
	}
}

// laterScans finds scans that saw of a row what others made of the transaction's own later write, which
// changed whether the row matches.
func (d *direct) laterScans(t int32) {
	ix := d.ix
	if ix.scanFrom[t] == ix.scanFrom[t+1] {
		return
	}
	for w := ix.writeFrom[t]; w < ix.writeFrom[t+1]; w++ {
		if d.chains.root[w] < 0 || !d.chains.last(w) {
			continue
		}
		for s := ix.scanFrom[t]; s < ix.scanFrom[t+1] && ix.scans[s].op < ix.writes[w].op; s++ {
			if ix.scans[s].partial || !d.turns(w, &ix.predicates[ix.scans[s].predicate]) {
				continue
			}
			if e := d.sawBeyond(s, w); e.write >= 0 && ix.ownWrite(t, ix.writes[w].object, ix.scans[s].op+1) < 0 {
				d.report(InternalRead, e)
			}
		}
	}
}

// turns reports whether the transaction of write w, its last of the row, changed whether the row matches.
func (d *direct) turns(w int32, p *predicate) bool {
	if !p.covers(d.ix, d.ix.writes[w].object) {
		return false
	}
	before := d.chains.prevByOther(w)
	return (d.values.matches(w, p) == yes) != (before >= 0 && d.values.matches(before, p) == yes)
}

// sawBeyond returns the dependency of a scan on a version that came of write w, where it must have seen one of
// those; else one without a write.
func (d *direct) sawBeyond(s, w int32) edge {
	ix, object := d.ix, d.ix.writes[w].object
	t := ix.scans[s].txn
	e := edge{kind: predicateWR, to: t, read: -1, scan: s, write: -1}
	if r := d.readIn(t, object, ix.scans[s].op); r >= 0 {
		if seen := ix.reads[r].source; seen >= 0 && d.chains.before(w, seen) && ix.writes[seen].txn != t {
			return edge{kind: wr, from: ix.writes[seen].txn, to: t, read: r, scan: -1, write: seen}
		}
		return e
	}
	if seen := d.earliestOut(s, object); seen >= 0 && d.chains.before(w, seen) && !d.chains.missedDirty(s, object, d.values) {
		e.from, e.write = ix.writes[seen].txn, seen
	}
	return e
}

// earliestOut returns the first version of a row in the version order that a scan which did not give the row can
// have seen, -1 where it may have been unborn, or is not known.
func (d *direct) earliestOut(s, object int32) int32 {
	ix, scan := d.ix, &d.ix.scans[s]
	first := d.chains.first[object]
	if first < 0 || !d.chains.unborn[first] || !ix.isSetup(ix.writes[first].txn) {
		return -1
	}
	_, answered := ix.opTimes(scan.txn, scan.op)
	for w := first; w >= 0; w = d.chains.next[w] {
		if ix.writes[w].txn != scan.txn && d.chains.sent(w) <= answered && d.values.matches(w, &ix.predicates[scan.predicate]) != yes {
			return w
		}
	}
	return -1
}
