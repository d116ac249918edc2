package checker

// rescans finds rows that came or went between two evaluations of one predicate in
// one transaction, though the transaction itself did not write them: phantoms
// (P3 of Berenson et al.; G-single with a predicate edge in Adya's terms). The smallest history is
// testdata/scenarios/phantom-insert.txt:
//
//	T1 looks for rows of group 7    T2 inserts y into group 7, and commits    T1 looks again, and finds y too
func (d *direct) rescans(t int32) {
	scans := d.ix.scansOf(t)
	for j := range scans {
		if scans[j].partial || scans[j].writes {
			continue
		}
		for i := j - 1; i >= 0; i-- {
			if scans[i].predicate == scans[j].predicate && !scans[i].partial && !scans[i].writes {
				d.compareScans(t, &scans[i], &scans[j])
				break
			}
		}
	}
}

func (d *direct) compareScans(t int32, first, second *scan) {
	differ := false
	for r := d.ix.readFrom[t]; r < d.ix.readFrom[t+1]; r++ {
		read := &d.ix.reads[r]
		switch {
		case read.op() == first.op && !d.returned(t, read.object, second.op):
			if d.ix.ownWrite(t, read.object, first.op) < 0 && d.ix.ownWrite(t, read.object, second.op) < 0 {
				differ = true
				d.phantom(t, r, second, true)
			}
		case read.op() == second.op && !d.returned(t, read.object, first.op):
			if d.ix.ownWrite(t, read.object, first.op) < 0 && d.ix.ownWrite(t, read.object, second.op) < 0 {
				differ = true
				d.phantom(t, r, first, false)
			}
		}
	}
	table := d.ix.predicates[first.predicate].table
	d.pairs[table]++
	if differ {
		d.unstable[table]++
	}
}

// returned reports whether an operation of t returned the object.
func (d *direct) returned(t, object, op int32) bool { return d.readIn(t, object, op) >= 0 }

// readIn returns the read of the object by an operation of t, the transaction at hand, -1 if it did not return it.
func (d *direct) readIn(t, object, op int32) int32 {
	for r := d.latest[object] - 1; r >= 0; r = d.before[r-d.ix.readFrom[t]] {
		if d.ix.reads[r].op() == op {
			return r
		}
	}
	return -1
}

// phantom reports that one scan of t did not return the row that read r, of
// another scan by the same predicate, did. Which version the scan saw instead may
// be open; the more innocent reading is taken: that time went forward.
func (d *direct) phantom(t, r int32, s *scan, gone bool) {
	saw := d.ix.reads[r].source
	if saw < 0 || d.chains.root[saw] < 0 || d.ix.writes[saw].txn == t || d.ix.writes[saw].deleted {
		return
	}
	object := d.ix.reads[r].object
	if d.chains.missedDirty(d.scanIndex(t, s), object, d.values) {
		return // the scan may have seen what took no effect
	}
	exit := d.exit(saw, t, s)
	switch {
	case !gone && d.cameUp(t, r, saw, s):
	case exit >= 0:
		d.wentAway(t, r, saw, exit, s)
	case gone:
		d.cameUp(t, r, saw, s)
	}
}

// exit returns the first version after one that a read saw which does not match the
// scan's predicate; -1 if there is none that the scan can have seen.
func (d *direct) exit(saw, t int32, s *scan) int32 {
	_, answered := d.ix.opTimes(t, s.op)
	exit := d.chains.next[saw]
	for exit >= 0 && d.values.matches(exit, &d.ix.predicates[s.predicate]) == yes {
		exit = d.chains.next[exit]
	}
	if exit < 0 || d.chains.sent(exit) > answered {
		return -1
	}
	return exit
}

// cameUp reports the phantom as: the scan saw the row before it matched, the read
// saw it later.
func (d *direct) cameUp(t, r, saw int32, s *scan) bool {
	birth := d.birth(saw, &d.ix.predicates[s.predicate])
	if birth < 0 || d.chains.prevByOther(birth) < 0 && d.ix.isSetup(d.ix.writes[birth].txn) || d.ix.writes[birth].txn == t {
		return false
	}
	scan := d.scanIndex(t, s)
	edges := append([]edge{{kind: predicateRW, from: t, to: d.ix.writes[birth].txn, read: -1, scan: scan, write: birth}}, d.path(birth, saw)...)
	edges = append(edges, edge{kind: wr, from: d.ix.writes[saw].txn, to: t, read: r, scan: -1, write: saw})
	if !d.reportCycle(instance{id: Phantom, edges: edges, object: -1}) {
		return false
	}
	d.missedRows[scannedBirth{scan, birth}] = struct{}{}
	return true
}

// wentAway reports the phantom as: the read saw the row, then another
// transaction took it out of the predicate, and the scan saw that.
func (d *direct) wentAway(t, r, saw, exit int32, s *scan) {
	over := d.chains.nextByOther(saw)
	if over < 0 || d.ix.writes[exit].txn == t || d.ix.writes[over].txn == t || over != exit && !d.chains.before(over, exit) {
		return // of one transaction's versions, one after the other: an intermediate read
	}
	out := edge{kind: predicateWR, from: d.ix.writes[exit].txn, to: t, read: -1, scan: d.scanIndex(t, s), write: exit}
	edges := append([]edge{{kind: rw, from: t, to: d.ix.writes[over].txn, read: r, scan: -1, write: over}}, d.path(over, exit)...)
	birth := d.birth(saw, &d.ix.predicates[s.predicate])
	fromStart := birth >= 0 && d.chains.prevByOther(birth) < 0 && d.ix.isSetup(d.ix.writes[birth].txn)
	if d.reportCycle(instance{id: Phantom, edges: append(edges, out), object: -1, open: !fromStart}) {
		d.explained[r] = true
	}
}

func (d *direct) scanIndex(t int32, s *scan) int32 {
	for i := d.ix.scanFrom[t]; i < d.ix.scanFrom[t+1]; i++ {
		if d.ix.scans[i].op == s.op {
			return i
		}
	}
	return -1
}
