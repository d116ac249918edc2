package checker

import "github.com/isocheck/isocheck/history"

// lostUpdates finds reads of a row that the transaction went on to overwrite,
// after another transaction had overwritten it first.
//
// Lost update is P4 of Berenson et al., A Critique of ANSI SQL Isolation Levels
// (1995): r1[x] … w2[x] … w1[x] … c1. In Adya's terms it is G-single on one object: an
// anti-dependency and then write dependencies. Where the transaction had locked the row as it read
// it, it is a cursor lost update, G-cursor, which cursor stability (PL-CS) rules out.
//
// The smallest histories are testdata/scenarios/lost-update.txt and testdata/scenarios/cursor-lost-update.txt:
//
//	T1 reads x    T2 writes x, and commits    T1 writes x
//	T1 reads x, and locks it    T2 writes x, and commits    T1 writes x
func (d *direct) lostUpdates(t int32) {
	ix := d.ix
	for w := ix.writeFrom[t]; w < ix.writeFrom[t+1]; w++ {
		prev, object := d.chains.follows(w), ix.writes[w].object
		if prev < 0 || ix.writes[prev].txn == t {
			continue
		}
		r := d.readBefore(object, ix.writes[w].op)
		if r < 0 {
			continue
		}
		lost := d.lostValue(r, prev)
		if d.replaces(w) {
			d.undone[object] += lost
		}
		if ix.ownWrite(t, object, ix.writes[w].op) >= 0 {
			continue // the other came between two writes: a dirty write
		}
		if best := d.lostRead(t, r, w); best >= 0 {
			d.lostUpdate(t, best, w, lost)
		}
	}
}

// lostRead returns which of t's reads of an object, from r backwards, makes write w a lost update: one that locked
// the row, if there is one. -1 if none does.
func (d *direct) lostRead(t, r, w int32) int32 {
	best := int32(-1)
	for ; r >= 0; r = d.before[r-d.ix.readFrom[t]] {
		if d.overwrittenBefore(t, r, w) < 0 {
			continue
		}
		if best < 0 || nameLostUpdate(&d.ix.reads[best]) == LostUpdate {
			best = r
		}
	}
	return best
}

// overwrittenBefore returns another transaction's write that overwrote what read r saw, before
// write w of t's; -1 if there was none.
func (d *direct) overwrittenBefore(t, r, w int32) int32 {
	prev := d.chains.follows(w)
	least, most, ok := d.chains.seen(r)
	if !ok || least >= 0 && d.ix.writes[least].txn == t || most >= 0 && !d.chains.before(most, prev) {
		return -1
	}
	over := d.chains.after(r, most)
	if over < 0 || d.ix.writes[over].txn == t {
		return -1
	}
	return over
}

func (d *direct) lostUpdate(t, r, w int32, lost int64) {
	ix := d.ix
	over := d.overwrittenBefore(t, r, w)
	edges := append([]edge{{kind: rw, from: t, to: ix.writes[over].txn, read: r, scan: -1, write: over}}, d.path(over, w)...)
	if !d.reportCycle(instance{id: nameLostUpdate(&ix.reads[r]), edges: edges, object: ix.writes[w].object, lost: lost}) {
		return
	}
	for r := d.readBefore(ix.writes[w].object, ix.writes[w].op); r >= 0; r = d.before[r-ix.readFrom[t]] {
		if d.overwrittenBefore(t, r, w) >= 0 {
			d.explained[r] = true
		}
	}
}

// nameLostUpdate returns what a lost update is called, by the read that did not see the other's write.
func nameLostUpdate(r *read) AnomalyID {
	if r.locked && r.version > 0 { // where there is no row, there is nothing to lock
		return CursorLostUpdate
	}
	return LostUpdate
}

// replaces reports whether a write sets its first integer column to a value that
// the client computed, so that what it did not see is gone.
func (d *direct) replaces(w int32) bool {
	write := &d.ix.writes[w]
	for _, a := range d.ix.assigns[write.assigns : write.assigns+int32(write.numAssigns)] {
		if a.kind == history.Int {
			return a.op == history.Set
		}
	}
	return false
}

// readBefore returns the transaction's latest read of an object before an operation, -1 if none.
func (d *direct) readBefore(object, op int32) int32 {
	r := d.latest[object] - 1
	if r < 0 {
		return -1
	}
	t := d.chains.readerOf(r)
	for r >= 0 && d.ix.reads[r].op() >= op {
		r = d.before[r-d.ix.readFrom[t]]
	}
	return r
}

// lostValue returns by how much the first integer column had changed between what
// a read saw and the version that its transaction overwrote.
func (d *direct) lostValue(r, overwritten int32) int64 {
	saw, was := d.values.read(&d.ix.reads[r]), d.values.of(overwritten)
	for i := range min(len(saw), len(was)) {
		if saw[i].kind == history.Int && was[i].kind == history.Int {
			return was[i].value - saw[i].value
		}
	}
	return 0
}
