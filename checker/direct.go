package checker

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
	// undone is, by object, how much of others' changes to its first integer
	// column was overwritten by transactions that had not seen it.
	undone map[int32]int64
	// pairs and unstable are, by table, how many pairs of scans by one predicate
	// in one transaction there were, and how many returned different rows.
	pairs, unstable []int

	// reported are the cycles already counted, by instance.key.
	reported map[uint64]struct{}
	// missedRows are the births of rows that a scan missed, and the scan, which are part of an anomaly already counted.
	missedRows map[scannedBirth]struct{}

	// pivots has the transactions that a G-single cycle already counted goes out from,
	// and whether one was between plain reads.
	pivots map[int32]bool

	undeparted [][]undeparted // by predicate

	// sighted is, by transaction, the last one that saw something of it, plus one.
	sighted []int32

	// Scratch: of the transaction at hand, its reads by object.
	latest []int32 // by object: the read before this one, as an index plus one
	before []int32 // by read of the transaction: the previous read of the same object
}

// scannedBirth is a scan, and the write that made a row match which it did not get.
type scannedBirth struct{ scan, write int32 }

func newDirect(c *check) *direct {
	return &direct{
		ix: c.ix, chains: c.chains, values: c.values, found: c.tallies,
		explained: make([]bool, len(c.ix.reads)), undone: map[int32]int64{},
		reported: map[uint64]struct{}{}, missedRows: map[scannedBirth]struct{}{}, pivots: map[int32]bool{},
		pairs: make([]int, len(c.ix.header.Tables)), unstable: make([]int, len(c.ix.header.Tables)),
		sighted: make([]int32, c.ix.len()), latest: make([]int32, c.ix.objects.len()),
	}
}

// run looks at every transaction that took effect, and calls then for each while what belongs to it is still at hand:
// who goes through the same rows again pays only half for it.
func (d *direct) run(then func(t int32)) {
	d.overwrites()
	d.lists()
	d.lostCommits()
	d.undeparted = d.undepartedRows()
	for t := range int32(d.ix.len()) {
		if d.chains.live[t] {
			d.transaction(t)
			then(t)
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
	for _, l := range d.ix.lists.doubled {
		d.report(IncompatibleVersions, edge{kind: wr, from: d.ix.writes[l.write].txn, to: d.chains.readerOf(l.read), read: l.read, scan: -1, write: l.write})
	}
	for _, l := range d.ix.lists.dirty {
		if source := d.ix.reads[l.read].source; source < 0 || d.chains.takes(source) { // else its last element tells
			d.report(DirtyRead, edge{kind: wr, from: d.ix.writes[l.write].txn, to: d.chains.readerOf(l.read), read: l.read, scan: -1, write: l.write})
		}
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
	d.ownScans(t)
	d.laterScans(t)
	d.dirtyScans(t)
	d.rescans(t)
	d.fractures(t)
	for r := from; r < to; r++ {
		d.latest[d.ix.reads[r].object] = 0
	}
}

// report counts an anomaly that the edges prove.
func (d *direct) report(id AnomalyID, edges ...edge) {
	d.add(instance{id: id, edges: edges, object: -1})
}

func (d *direct) add(in instance) {
	for _, e := range in.edges {
		in.at = max(in.at, d.ix.end[e.from], d.ix.end[e.to])
	}
	d.found.add(in)
}

// reportCycle counts an anomaly that is a cycle, unless the cycle comes through
// its first transaction twice: then writes interleave, which is an anomaly of its own.
func (d *direct) reportCycle(in instance) bool {
	edges, ok := simple(in.edges)
	if !ok {
		return false
	}
	in.edges = edges
	d.reported[in.key()] = struct{}{}
	if singleAntiDependency(&in) {
		d.pivots[edges[0].from] = d.pivots[edges[0].from] || d.found.rules.plainPivot(&in)
	}
	d.add(in)
	return true
}

// simple takes the loops out of a cycle. It is not ok where a loop goes through the cycle's
// first transaction.
func simple(edges []edge) ([]edge, bool) {
	for i := 1; i < len(edges); i++ {
		if edges[i].from == edges[0].from {
			return nil, false
		}
		for j := len(edges) - 1; j > i; j-- {
			if edges[j].from == edges[i].from {
				edges = append(edges[:i:i], edges[j:]...)
				break
			}
		}
	}
	return edges, true
}

// path returns the ww edges that lead along an object's chain from write a to
// write b, each step to another transaction.
func (d *direct) path(a, b int32) []edge {
	if tail := d.chains.follows(b); a != b && tail >= 0 && d.chains.unobserved(b) {
		edges := d.path(a, tail)
		if from := d.ix.writes[tail].txn; from != d.ix.writes[b].txn {
			edges = append(edges, edge{kind: ww, from: from, to: d.ix.writes[b].txn, read: -1, scan: -1, write: b})
		}
		return edges
	}
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
