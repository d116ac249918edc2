package checker

// repeat finds two reads of a row, in different statements of one transaction
// that did not write it in between, that saw different versions: a
// non-repeatable read (P2 of Berenson et al.; G-single on one object). The smallest history is
// testdata/scenarios/non-repeatable-read.txt:
//
//	T1 reads x    T2 writes x, and commits    T1 reads T2's x
//
// A read that found no row after one that did may have seen the row dead, or, if time went backwards,
// unborn. Both are non-repeatable reads; the first is what is reported.
func (d *direct) repeat(t, r, earlier int32) {
	ix := d.ix
	if earlier < 0 || ix.reads[earlier].op() == ix.reads[r].op() || ix.reads[earlier].version == ix.reads[r].version {
		return
	}
	if ix.ownWrite(t, ix.reads[r].object, ix.reads[r].op()) >= 0 || ix.ownWrite(t, ix.reads[r].object, ix.reads[earlier].op()) >= 0 {
		return
	}
	_, mostBefore, ok := d.chains.seen(earlier)
	leastAfter, mostAfter, ok2 := d.chains.seen(r)
	if !ok || !ok2 {
		return
	}
	if ix.reads[r].version == absent && mostBefore >= 0 {
		if dead := d.chains.seenAfter(r, mostBefore); dead >= 0 {
			leastAfter = dead
		}
	}
	switch {
	case leastAfter >= 0 && (mostBefore < 0 || d.chains.before(mostBefore, leastAfter)):
		d.nonRepeatable(t, earlier, r, mostBefore, leastAfter)
	case mostBefore >= 0 && (mostAfter < 0 || d.chains.before(mostAfter, mostBefore)):
		d.nonRepeatable(t, r, earlier, mostAfter, mostBefore)
	}
}

// nonRepeatable reports that read older saw a version that had been overwritten
// on the way to what read newer saw.
func (d *direct) nonRepeatable(t, older, newer, saw, sawThen int32) {
	over := d.chains.after(older, saw)
	if over < 0 || d.ix.writes[over].txn == t || d.ix.writes[sawThen].txn == t || over != sawThen && !d.chains.before(over, sawThen) {
		return // of one transaction's versions, one after the other: an intermediate read
	}
	edges := append([]edge{{kind: rw, from: t, to: d.ix.writes[over].txn, read: older, scan: -1, write: over}}, d.path(over, sawThen)...)
	edges = append(edges, edge{kind: wr, from: d.ix.writes[sawThen].txn, to: t, read: newer, scan: -1, write: sawThen})
	if d.reportCycle(instance{id: NonRepeatableRead, edges: edges, object: -1}) {
		d.explained[older] = true
	}
}
