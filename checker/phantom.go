package checker

// rescans finds rows that came or went between two evaluations of one predicate in
// one transaction, though the transaction itself did not write them: phantoms
// (P3 of Berenson et al.; G-single with a predicate edge in Adya's terms).
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
		case d.ix.reads[r].op == first.op && !d.returned(t, read.object, second.op):
			if d.ix.ownWrite(t, read.object, second.op) < 0 {
				differ = true
				d.phantom(t, r, second, true)
			}
		case d.ix.reads[r].op == second.op && !d.returned(t, read.object, first.op):
			if d.ix.ownWrite(t, read.object, second.op) < 0 {
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
func (d *direct) returned(t, object, op int32) bool {
	for r := d.latest[object] - 1; r >= 0; r = d.before[r-d.ix.readFrom[t]] {
		if d.ix.reads[r].op == op {
			return true
		}
	}
	return false
}

// phantom reports that one scan of t did not return the row that read r, of
// another scan by the same predicate, did. Which version the scan saw instead may
// be open; the more innocent reading is taken: that time went forward.
func (d *direct) phantom(t, r int32, s *scan, gone bool) {
	saw := d.ix.reads[r].source
	if saw < 0 || d.chains.root[saw] < 0 || d.ix.writes[saw].txn == t {
		return
	}
	if gone {
		_ = d.wentAway(t, r, saw, s) || d.cameUp(t, r, saw, s)
	} else {
		_ = d.cameUp(t, r, saw, s) || d.wentAway(t, r, saw, s)
	}
}

// cameUp reports the phantom as: the scan saw the row before it matched, the read
// saw it later.
func (d *direct) cameUp(t, r, saw int32, s *scan) bool {
	birth := d.birth(saw, &d.ix.predicates[s.predicate])
	if birth < 0 || d.chains.prev[birth] < 0 && d.ix.isSetup(d.ix.writes[birth].txn) || d.ix.writes[birth].txn == t {
		return false
	}
	scan := d.scanIndex(t, s)
	edges := append([]edge{{kind: predicateRW, from: t, to: d.ix.writes[birth].txn, read: -1, scan: scan, write: birth}}, d.path(birth, saw)...)
	edges = append(edges, edge{kind: wr, from: d.ix.writes[saw].txn, to: t, read: r, scan: -1, write: saw})
	if !d.reportCycle(Phantom, -1, 0, edges) {
		return false
	}
	d.missedRows[scannedBirth{scan, birth}] = struct{}{}
	return true
}

// wentAway reports the phantom as: the read saw the row, then another
// transaction took it out of the predicate, and the scan saw that.
func (d *direct) wentAway(t, r, saw int32, s *scan) bool {
	p := &d.ix.predicates[s.predicate]
	_, answered := d.ix.opTimes(t, s.op)
	exit := d.chains.next[saw]
	for exit >= 0 && d.values.matches(exit, p) == yes {
		exit = d.chains.next[exit]
	}
	over := d.chains.nextByOther(saw)
	if exit < 0 || over < 0 || d.chains.sent(exit) > answered || d.ix.writes[exit].txn == t || d.ix.writes[over].txn == t {
		return false
	}
	out := edge{kind: predicateWR, from: d.ix.writes[exit].txn, to: t, read: -1, scan: d.scanIndex(t, s), write: exit}
	edges := append([]edge{{kind: rw, from: t, to: d.ix.writes[over].txn, read: r, scan: -1, write: over}}, d.path(over, exit)...)
	if !d.reportCycle(Phantom, -1, 0, append(edges, out)) {
		return false
	}
	d.explained[r] = true
	return true
}

func (d *direct) scanIndex(t int32, s *scan) int32 {
	for i := d.ix.scanFrom[t]; i < d.ix.scanFrom[t+1]; i++ {
		if d.ix.scans[i].op == s.op {
			return i
		}
	}
	return -1
}
