package checker

import "github.com/isocheck/isocheck/history"

// validity checks one read by itself: what it saw must have been written, by a
// transaction that took effect, as its last word, before it was read, and not
// behind the reader's own write.
//
// Dirty read, G1a of Adya's thesis (aborted read): a committed transaction read a version of an aborted one, possibly by a
// predicate. The smallest history is testdata/scenarios/dirty-read.txt; by what a scan does not give,
// testdata/scenarios/dirty-read-scan.txt (see dirtyScans):
//
//	T2 writes x    T1 reads T2's x    T2 aborts    T1 commits
//
// Intermediate read, G1b: it read a version that its writer itself then replaced (testdata/scenarios/intermediate-read.txt,
// testdata/scenarios/intermediate-read-scan.txt):
//
//	T2 writes x    T1 reads it    T2 writes x again    T2 commits
//
// Garbage read (Kingsbury and Alvaro, Elle, 2020): nobody wrote the version, or not with these values
// (testdata/scenarios/garbage-read.txt):
//
//	T1 reads a version of x that no transaction wrote
//
// Future read: the read had its answer before the write was sent; in Adya's thesis a history in which a read comes before its
// write is none (testdata/scenarios/future-read.txt):
//
//	T1 reads T2's x    T2 writes x
//
// Internal inconsistency (INT of Cerone, Bernardi and Gotsman, 2015): a transaction does not see its own latest write
// (testdata/scenarios/internal-inconsistency.txt):
//
//	T1 writes x    T1 reads x as it was before
func (d *direct) validity(t, r int32) {
	ix, read := d.ix, &d.ix.reads[r]
	if own := ix.ownWrite(t, read.object, read.op()); own >= 0 {
		hidden := ix.ownHidden(t, ix.writes[own].op+1, read.op())
		if ix.version(own) != read.version && (read.version != absent || !ix.writes[own].deleted) && !hidden {
			d.report(InternalRead, edge{kind: wr, from: t, to: t, read: r, scan: -1, write: own})
		}
		return
	}
	if read.version == absent {
		d.absence(t, r)
		return
	}
	if read.version == 0 {
		return
	}
	if read.source < 0 {
		d.unwritten(t, r)
		return
	}
	from := ix.writes[read.source].txn
	e := edge{kind: wr, from: from, to: t, read: r, scan: -1, write: read.source}
	sent := d.chains.startOf(read.source)
	_, answered := ix.opTimes(t, read.op())
	switch {
	case from == t:
		d.report(InternalRead, e) // its own write, before it wrote it
		return
	case !ix.mergedClocks && sent > answered:
		d.report(FutureRead, e)
	case !d.chains.takes(read.source):
		d.explained[r] = true
		d.report(d.dirtyRead(from), e)
	case !d.lastWrite(read.source):
		d.explained[r] = true
		d.report(IntermediateRead, e)
	}
	d.content(r, e)
}

// absence judges a read that found no row: it may only be explained by a delete that was
// undone, or that the same transaction followed with an insert.
func (d *direct) absence(t, r int32) {
	if dirty := d.chains.onlyDirty(t, r); dirty >= 0 {
		d.explained[r] = true
		d.report(DirtyRead, edge{kind: wr, from: d.ix.writes[dirty].txn, to: t, read: r, scan: -1, write: dirty})
		return
	}
	least, most, ok := d.chains.seen(r)
	if ok && least >= 0 && d.ix.writes[least].txn != t && d.chains.allReplaced(r, least, most) {
		d.explained[r] = true
		d.report(IntermediateRead, edge{kind: wr, from: d.ix.writes[least].txn, to: t, read: r, scan: -1, write: least})
	}
}

// unwritten judges a read of a version of which the history has no write.
func (d *direct) unwritten(t, r int32) {
	v := d.ix.reads[r].version
	if v == unwritten {
		if d.ix.lists != nil && (d.ix.lists.isGarbage(r) || d.ix.lists.unclear[r]) {
			return // it is counted already
		}
		d.report(GarbageRead, edge{kind: wr, from: t, to: t, read: r, scan: -1, write: -1})
		return
	}
	if from := d.ix.vagueTxn(v); from >= 0 {
		if d.ix.outcome[from] == history.Aborted {
			d.report(DirtyRead, edge{kind: wr, from: from, to: t, read: r, scan: -1, write: -1})
		}
		return
	}
	if d.ix.txnOf(v.Txn()) >= 0 || d.ix.complete(v.Txn().Client()) {
		d.report(GarbageRead, edge{kind: wr, from: t, to: t, read: r, scan: -1, write: -1})
	}
}

// lastWrite reports whether the write is its transaction's last of the object.
func (d *direct) lastWrite(w int32) bool {
	ix := d.ix
	for n := w + 1; n < ix.writeFrom[ix.writes[w].txn+1]; n++ {
		if ix.writes[n].object == ix.writes[w].object && ix.writes[n].undone == 0 {
			return false
		}
	}
	return true
}

// content compares what a read returned with what the version's write, and those
// before it, assigned.
func (d *direct) content(r int32, e edge) {
	if d.ix.writes[d.ix.reads[r].source].deleted {
		d.report(GarbageRead, e) // a row that is not there
		return
	}
	got, want := d.values.read(&d.ix.reads[r]), d.values.of(d.ix.reads[r].source)
	for i := range min(len(got), len(want)) {
		if got[i].kind != unknown && want[i].kind != unknown && got[i] != want[i] {
			d.report(GarbageRead, e)
			return
		}
	}
}
