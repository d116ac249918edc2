package checker

// overwrites reports writes that replaced what they should not have.
//
// Incompatible versions: two transactions replaced the same version of a row, and both committed, so that the row has no single
// version order, which Adya's thesis takes for granted. (Of lists: neither of two that were read begins the other, or one has an
// element twice that was appended once, as in testdata/scenarios/list-duplicate.txt; Kingsbury and Alvaro, Elle, 2020.) The smallest history is testdata/scenarios/incompatible-versions.txt:
//
//	T1 overwrites x0    T2 overwrites x0    T1 and T2 commit
//
// Dirty update (Kingsbury and Alvaro): a committed transaction overwrote a version of one that aborted, and so kept what
// should be gone. The smallest history is testdata/scenarios/dirty-update.txt:
//
//	T2 writes x    T1 overwrites T2's x    T2 aborts    T1 commits
func (d *direct) overwrites() {
	for _, f := range d.chains.forks {
		id := IncompatibleVersions
		if d.chains.crashedBetween(f.other, f.write) {
			id = LostCommit
		}
		d.report(id, edge{kind: ww, from: d.ix.writes[f.other].txn, to: d.ix.writes[f.write].txn, read: -1, scan: -1, write: f.write})
	}
	for _, f := range d.chains.dirty {
		d.report(DirtyUpdate, edge{kind: ww, from: d.ix.writes[f.other].txn, to: d.ix.writes[f.write].txn, read: -1, scan: -1, write: f.write})
	}
}
