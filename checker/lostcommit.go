package checker

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// Lost commit: the server acknowledged a transaction, and later what it wrote was
// gone, though nobody had overwritten it. That is the D of ACID (Härder and
// Reuter, Principles of Transaction-Oriented Database Recovery, 1983), which every
// isolation level takes for granted. The smallest histories are testdata/scenarios/lost-commit-final.txt and
// testdata/scenarios/lost-commit.txt:
//
//	T1 writes x, and is acknowledged    the server is killed    the final read shows x as it was before
//	T1 overwrites x0, and is acknowledged    the server is killed    T2 overwrites x0
//
// Two facts prove it: the final read, which began when every other transaction had ended, shows an
// older version; or, after a crash, somebody overwrote the older version.

// lostCommits compares the final state with what was acknowledged.
func (d *direct) lostCommits() {
	ix := d.ix
	t := ix.finalReader()
	if t < 0 {
		return
	}
	seen := make([]bool, ix.objects.len())
	for r := ix.readFrom[t]; r < ix.readFrom[t+1]; r++ {
		read := &ix.reads[r]
		seen[read.object] = true
		if read.source < 0 {
			continue
		}
		if w := d.chains.next[read.source]; w >= 0 && ix.acknowledged(w) {
			d.report(LostCommit, edge{kind: rw, from: t, to: ix.writes[w].txn, read: r, scan: -1, write: w})
		}
	}
	for s := ix.scanFrom[t]; s < ix.scanFrom[t+1]; s++ {
		d.lostRows(t, s, seen)
	}
}

// lostRows finds rows that a scan of the final state does not show.
func (d *direct) lostRows(t, s int32, seen []bool) {
	ix := d.ix
	p := &ix.predicates[ix.scans[s].predicate]
	if ix.scans[s].partial || len(ix.hidden) > 0 {
		return
	}
	for object, w := range d.chains.first {
		if w < 0 || seen[object] || ix.objects.table[object] != p.table || d.chains.maybeUndead(int32(object)) {
			continue
		}
		for d.chains.next[w] >= 0 {
			w = d.chains.next[w]
		}
		if !ix.writes[w].deleted && ix.acknowledged(w) && d.values.matches(w, p) == yes {
			d.report(LostCommit, edge{kind: predicateRW, from: t, to: ix.writes[w].txn, read: -1, scan: s, write: w})
		}
	}
}

// maybeUndead reports whether a transaction whose outcome is not known wrote the object: it may have deleted it.
func (c *chains) maybeUndead(object int32) bool {
	ix := c.ix
	if ix.exercised.indeterminate == 0 {
		return false
	}
	return slices.ContainsFunc(ix.writes, func(w write) bool {
		return w.object == object && ix.outcome[w.txn] == history.Indeterminate
	})
}

// acknowledged reports whether the client that made a write was told that it is committed.
func (ix *index) acknowledged(w int32) bool {
	return ix.outcome[ix.writes[w].txn] == history.Committed
}

// finalReader returns the transaction with which isocheck read the final state, after
// every other one had ended; -1 where there is none. The clocks of several parts do not tell.
func (ix *index) finalReader() int32 {
	if ix.mergedClocks || ix.timeless || ix.header.Run == "" || ix.header.Traces != history.TracedRows {
		return -1
	}
	last, ended := int32(-1), int64(0)
	for t := range int32(ix.len()) {
		switch {
		case !ix.isSetup(t):
			ended = max(ended, ix.end[t])
		case ix.outcome[t] == history.Committed && ix.writeFrom[t] == ix.writeFrom[t+1]:
			last = t
		}
	}
	if last < 0 || ix.start[last] < ended {
		return -1
	}
	return last
}
