package checker

// fractures finds transactions that saw a part of another's writes and then missed
// another part: a fractured read, which monotonic atomic view rules out (Bailis
// et al., Highly Available Transactions, 2013; OTV in Adya's terms: observed
// transaction vanishes).
//
// The miss must be in a later statement than the sight: an UPDATE or a locking
// read at read committed sees the newest row while its statement's snapshot is
// older. Within one plain SELECT, which has one snapshot, order does not matter.
//
// The smallest history is testdata/scenarios/fractured-read.txt:
//
//	T2 writes x and y, and commits    T1 reads T2's x    T1 reads y as it was before
func (d *direct) fractures(t int32) {
	ix := d.ix
	scans := ix.scanFrom[t] < ix.scanFrom[t+1]
	if !scans && ix.readFrom[t]+1 >= ix.readFrom[t+1] {
		return
	}
	for r := ix.readFrom[t]; r < ix.readFrom[t+1]; r++ {
		src, most, ok := d.chains.seen(r)
		if !ok || src < 0 || !d.chains.sameStay(src, most) {
			continue
		}
		from := ix.writes[src].txn
		if from == t || d.sighted[from] == t+1 {
			continue
		}
		d.sighted[from] = t + 1 // what a later read of the same transaction's writes could show, this one does
		for w := ix.writeFrom[from]; w < ix.writeFrom[from+1]; w++ {
			if !scans && d.readsNoMore(t, r, ix.writes[w].object) {
				continue
			}
			if ix.isSetup(from) {
				break
			}
			if (d.chains.root[w] >= 0 && d.chains.last(w) || d.chains.unobserved(w)) && d.missed(t, r, src, w) {
				break
			}
		}
	}
}

// readsNoMore reports whether t did not read the object, but for its read r.
func (d *direct) readsNoMore(t, r, object int32) bool {
	latest := d.latest[object] - 1
	return latest < 0 || latest == r && d.before[r-d.ix.readFrom[t]] < 0
}

// missed reports, and counts, that a read of t after read r, which saw version src, saw an older version
// than write w, of the same transaction.
func (d *direct) missed(t, r, src, w int32) bool {
	ix := d.ix
	sight := &ix.reads[r]
	object := ix.writes[w].object
	for m := d.latest[object] - 1; m >= 0; m = d.before[m-ix.readFrom[t]] {
		miss := &ix.reads[m]
		sameSelect := miss.op() == sight.op() && !miss.locked && !sight.locked
		if m == r || miss.op() <= sight.op() && !sameSelect {
			continue
		}
		if d.ix.ownWrite(t, object, miss.op()) >= 0 {
			continue
		}
		_, most, ok := d.chains.seen(m)
		if !ok || most >= 0 && !d.chains.before(most, w) && !d.chains.unobserved(w) {
			continue
		}
		over := d.chains.after(m, most)
		open := d.chains.unobserved(w)
		if open && over < 0 && (most < 0 || ix.writes[most].txn != ix.writes[w].txn) {
			over = w // it saw what comes before all that nobody read
		}
		if over < 0 || ix.writes[over].txn == t || over != w && !open && !d.chains.before(over, w) {
			continue
		}
		edges := append([]edge{{kind: rw, from: t, to: ix.writes[over].txn, read: m, scan: -1, write: over}}, d.path(over, w)...)
		edges = append(edges, edge{kind: wr, from: ix.writes[w].txn, to: t, read: r, scan: -1, write: src})
		if d.reportCycle(instance{id: FracturedRead, edges: edges, object: -1}) {
			d.explained[m] = true
			return true
		}
	}
	return d.missedByScan(t, r, src, w)
}

// missedByScan is missed for a row that a later evaluation of a predicate should
// have returned: it matched, and nothing that took it out again had been sent.
func (d *direct) missedByScan(t, r, src, w int32) bool {
	ix := d.ix
	object := ix.writes[w].object
	for i := ix.scanFrom[t]; i < ix.scanFrom[t+1]; i++ {
		s := &ix.scans[i]
		p := &ix.predicates[s.predicate]
		if s.op <= ix.reads[r].op() || s.partial || !p.covers(ix, object) || d.values.matches(w, p) != yes {
			continue
		}
		if d.returned(t, object, s.op) || d.ix.ownWrite(t, object, s.op+1) >= 0 || d.mayHaveLeft(w, p, t, s.op) {
			continue
		}
		birth := d.birth(w, p)
		if birth < 0 {
			continue
		}
		edges := append([]edge{{kind: predicateRW, from: t, to: ix.writes[birth].txn, read: -1, scan: i, write: birth}}, d.path(birth, w)...)
		edges = append(edges, edge{kind: wr, from: ix.writes[w].txn, to: t, read: r, scan: -1, write: src})
		if d.reportCycle(instance{id: FracturedRead, edges: edges, object: -1}) {
			d.missedRows[scannedBirth{i, birth}] = struct{}{}
			return true
		}
	}
	return false
}

// birth returns the version that made a row match the predicate and keep
// matching up to version w; -1 where that is not known, or where it was only a
// version that its transaction then replaced which did not match.
func (d *direct) birth(w int32, p *predicate) int32 {
	first := w
	for d.chains.prev[first] >= 0 && d.values.matches(d.chains.prev[first], p) == yes {
		first = d.chains.prev[first]
	}
	before := d.chains.prev[first]
	if before < 0 && !d.chains.unborn[first] || before >= 0 && (!d.chains.last(before) || d.values.matches(before, p) == maybe) {
		return -1
	}
	for first != w && !d.chains.last(first) {
		first = d.chains.next[first]
	}
	return first
}

// mayHaveLeft reports whether a version after w that does not match the
// predicate had been sent before the operation was answered.
func (d *direct) mayHaveLeft(w int32, p *predicate, t, op int32) bool {
	_, answered := d.ix.opTimes(t, op)
	for n := d.chains.next[w]; n >= 0; n = d.chains.next[n] {
		if d.chains.sent(n) <= answered && d.values.matches(n, p) != yes {
			return true
		}
	}
	object := d.ix.writes[w].object
	dirty := d.chains.seenDirty(object, t, op, func(w int32) bool { return d.values.matches(w, p) != yes })
	return dirty >= 0 || d.chains.hidden.row(d.ix, object, t, op)
}
