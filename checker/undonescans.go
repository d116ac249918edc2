package checker

// An UPDATE or DELETE by a predicate that its transaction rolled back to a savepoint wrote nothing, but that the rows
// matched stays read. What else would be a ww edge is then a predicate dependency on whoever made
// the row match, and a predicate anti-dependency to whoever took it out later
// (testdata/scenarios/phantom-undone-scan.txt; Adya's thesis, predicate-read-depends and predicate-anti-depends).

// undoneScans appends these edges.
func (c *chains) undoneScans(v *values, edges []edge) []edge {
	ix := c.ix
	if !ix.rolledBack {
		return edges
	}
	for s := range ix.scans {
		scan := &ix.scans[s]
		if scan.partial || !c.live[scan.txn] {
			continue
		}
		for w := ix.writeFrom[scan.txn]; w < ix.writeFrom[scan.txn+1]; w++ {
			if ix.writes[w].op == scan.op && ix.writes[w].undone > 0 && ix.ownWrite(scan.txn, ix.writes[w].object, scan.op) < 0 {
				edges = c.undoneScan(int32(s), w, v, edges)
			}
		}
	}
	return edges
}

// undoneScan appends the edges of a scan and one of the writes that it made and that were rolled back.
func (c *chains) undoneScan(s, w int32, v *values, edges []edge) []edge {
	ix := c.ix
	t, p := ix.scans[s].txn, &ix.predicates[ix.scans[s].predicate]
	saw := ix.find(ix.writes[w].object, ix.writes[w].previous)
	if saw < 0 || c.root[saw] < 0 || c.first[ix.writes[w].object] < 0 {
		return edges
	}
	if saw = c.lastOf(saw); ix.writes[saw].txn == t || v.matches(saw, p) != yes {
		return edges
	}
	birth, before := saw, c.prevByOther(saw)
	for before >= 0 && v.matches(before, p) == yes {
		birth, before = before, c.prevByOther(before)
	}
	if from := ix.writes[birth].txn; from != t && (before >= 0 && v.matches(before, p) == no || before < 0 && c.unborn[c.root[birth]]) {
		edges = append(edges, edge{kind: predicateWR, from: from, to: t, read: -1, scan: s, write: birth})
	}
	after := c.nextRun(saw)
	for after >= 0 && v.matches(after, p) == yes {
		after = c.nextRun(after)
	}
	if after >= 0 && ix.writes[after].txn != t && v.matches(after, p) == no {
		edges = append(edges, edge{kind: predicateRW, from: t, to: ix.writes[after].txn, read: -1, scan: s, write: after})
	}
	return edges
}

// lastOf returns what the transaction of a write left of the object.
func (c *chains) lastOf(w int32) int32 {
	for !c.last(w) {
		w = c.next[w]
	}
	return w
}

// nextRun returns what the next transaction after that of a write left of the object, -1 if there is none.
func (c *chains) nextRun(w int32) int32 {
	if n := c.nextByOther(w); n >= 0 {
		return c.lastOf(n)
	}
	return -1
}
