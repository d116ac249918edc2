package checker

import "github.com/isocheck/isocheck/history"

// direct finds the anomalies that show in a single transaction, next to the
// versions that it read and overwrote. It is linear in the history, and its counts are exact.
type direct struct {
	ix     *index
	chains *chains
	values *values
	found  *tallies
	// explained says of a read that its anti-dependency is part of an anomaly
	// already counted, so that the search for cycles need not start from it.
	explained []bool
	// extra are predicate edges that follow from what one transaction saw twice.
	extra []edge
	// undone is, by object, how much of others' changes to its first integer
	// column was overwritten by transactions that had not seen it.
	undone map[int32]int64
	// pairs and unstable are, by table, how many pairs of scans by one predicate
	// in one transaction there were, and how many returned different rows.
	pairs, unstable []int

	// sighted is, by transaction, the last one that saw something of it, plus one.
	sighted []int32

	// Scratch: of the transaction at hand, its reads by object.
	latest []int32 // by object: the read before this one, as an index plus one
	before []int32 // by read of the transaction: the previous read of the same object
}

func newDirect(c *check) *direct {
	return &direct{
		ix: c.ix, chains: c.chains, values: c.values, found: c.tallies,
		explained: make([]bool, len(c.ix.reads)), undone: map[int32]int64{},
		pairs: make([]int, len(c.ix.header.Tables)), unstable: make([]int, len(c.ix.header.Tables)),
		sighted: make([]int32, c.ix.len()), latest: make([]int32, c.ix.objects.len()),
	}
}

func (d *direct) run() {
	for _, f := range d.chains.forks {
		d.report(IncompatibleVersions, edge{kind: ww, from: d.ix.writes[f.other].txn, to: d.ix.writes[f.write].txn, read: -1, scan: -1, write: f.write})
	}
	for _, f := range d.chains.dirty {
		d.report(DirtyUpdate, edge{kind: ww, from: d.ix.writes[f.other].txn, to: d.ix.writes[f.write].txn, read: -1, scan: -1, write: f.write})
	}
	d.lists()
	for t := range int32(d.ix.len()) {
		if d.chains.live[t] {
			d.transaction(t)
		}
	}
}

// lists reports what the inference from lists found at odds.
func (d *direct) lists() {
	if d.ix.lists == nil {
		return
	}
	for _, r := range d.ix.lists.garbage {
		t := d.chains.readerOf(r)
		d.report(GarbageRead, edge{kind: wr, from: t, to: t, read: r, scan: -1, write: -1})
	}
	for _, c := range d.ix.lists.conflicts {
		d.report(IncompatibleVersions, edge{kind: wr, from: d.chains.readerOf(c.other), to: d.chains.readerOf(c.read), read: c.read, scan: -1, write: -1})
	}
}

// transaction looks at one transaction that took effect.
func (d *direct) transaction(t int32) {
	from, to := d.ix.readFrom[t], d.ix.readFrom[t+1]
	d.before = d.before[:0]
	for r := from; r < to; r++ {
		object := d.ix.reads[r].object
		d.before = append(d.before, d.latest[object]-1)
		d.latest[object] = r + 1
	}
	for r := from; r < to; r++ {
		d.validity(t, r)
	}
	for r := from; r < to; r++ {
		d.repeat(t, r, d.before[r-from])
	}
	d.lostUpdates(t)
	d.rescans(t)
	d.fractures(t)
	for r := from; r < to; r++ {
		d.latest[d.ix.reads[r].object] = 0
	}
}

// ownWrite returns t's latest write of an object before operation op, -1 if none.
func (d *direct) ownWrite(t, object, op int32) int32 {
	for w := d.ix.writeFrom[t+1] - 1; w >= d.ix.writeFrom[t]; w-- {
		if d.ix.writes[w].object == object && d.ix.writes[w].op < op {
			return w
		}
	}
	return -1
}

// report counts an anomaly that the edges prove.
func (d *direct) report(id AnomalyID, edges ...edge) {
	d.reportLost(id, -1, 0, edges...)
}

func (d *direct) reportLost(id AnomalyID, object int32, lost int64, edges ...edge) {
	in := instance{id: id, edges: edges, object: object, lost: lost}
	for _, e := range edges {
		in.at = max(in.at, d.ix.end[e.from], d.ix.end[e.to])
	}
	d.found.add(in)
}

// path returns the ww edges that lead along an object's chain from write a to
// write b, each step to another transaction.
func (d *direct) path(a, b int32) []edge {
	var edges []edge
	for w := a; w >= 0 && w != b; w = d.chains.next[w] {
		n := d.chains.next[w]
		if n < 0 {
			return nil
		}
		if d.ix.writes[w].txn != d.ix.writes[n].txn {
			edges = append(edges, edge{kind: ww, from: d.ix.writes[w].txn, to: d.ix.writes[n].txn, read: -1, scan: -1, write: n})
		}
	}
	return edges
}

// lostUpdates finds reads of a row that the transaction went on to overwrite,
// after another transaction had overwritten it first.
//
// Lost update is P4 of Berenson et al., A Critique of ANSI SQL Isolation Levels
// (1995): r1[x] … w2[x] … w1[x] … c1. In Adya's terms it is G-single on one object: an
// anti-dependency and then write dependencies. Where the read locked the row it
// is a cursor lost update, G-cursor.
func (d *direct) lostUpdates(t int32) {
	ix := d.ix
	for w := ix.writeFrom[t]; w < ix.writeFrom[t+1]; w++ {
		prev := d.chains.prev[w]
		if prev < 0 || ix.writes[prev].txn == t {
			continue
		}
		r := d.readBefore(ix.writes[w].object, ix.writes[w].op)
		if r < 0 {
			continue
		}
		lost := d.lostValue(r, prev)
		if d.replaces(w) {
			d.undone[ix.writes[w].object] += lost
		}
		least, most, ok := d.chains.seen(r)
		if !ok || least >= 0 && ix.writes[least].txn == t || most >= 0 && !d.chains.before(most, prev) {
			continue
		}
		over := d.chains.after(r, most)
		if over < 0 || ix.writes[over].txn == t {
			continue
		}
		edges := append([]edge{{kind: rw, from: t, to: ix.writes[over].txn, read: r, scan: -1, write: over}}, d.path(over, w)...)
		id := LostUpdate
		if ix.reads[r].locked {
			id = CursorLostUpdate
		}
		d.explained[r] = true
		d.reportLost(id, ix.writes[w].object, lost, edges...)
	}
}

// replaces reports whether a write sets its first integer column to a value that
// the client computed, so that what it did not see is gone.
func (d *direct) replaces(w int32) bool {
	write := &d.ix.writes[w]
	for _, a := range d.ix.assigns[write.assigns : write.assigns+int32(write.numAssigns)] {
		if a.value.kind == history.Int {
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
	for r >= 0 && d.ix.reads[r].op >= op {
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

// repeat finds two reads of a row, in different statements of one transaction
// that did not write it in between, that saw different versions: a
// non-repeatable read (P2 of Berenson et al.; G-single on one object).
func (d *direct) repeat(t, r, earlier int32) {
	ix := d.ix
	if earlier < 0 || ix.reads[earlier].op == ix.reads[r].op || ix.reads[earlier].version == ix.reads[r].version {
		return
	}
	if d.ownWrite(t, ix.reads[r].object, ix.reads[r].op) >= 0 {
		return
	}
	_, mostBefore, ok := d.chains.seen(earlier)
	leastAfter, mostAfter, ok2 := d.chains.seen(r)
	if !ok || !ok2 {
		return
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
	if over < 0 || d.ix.writes[over].txn == t || d.ix.writes[sawThen].txn == t {
		return
	}
	edges := append([]edge{{kind: rw, from: t, to: d.ix.writes[over].txn, read: older, scan: -1, write: over}}, d.path(over, sawThen)...)
	edges = append(edges, edge{kind: wr, from: d.ix.writes[sawThen].txn, to: t, read: newer, scan: -1, write: sawThen})
	d.explained[older] = true
	d.report(NonRepeatableRead, edges...)
}
