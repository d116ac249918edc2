package checker

import "github.com/isocheck/isocheck/history"

// A transaction that rolls back to a savepoint undoes what it wrote since. Such a
// version is, for everybody else, one of an aborted transaction: it is not in the
// version order, and who saw it or wrote upon it, read, or wrote upon, what never
// took effect. Its own transaction sees it until it is rolled back, and not after.
// What was read stays read.

// savepoint is one that a transaction made, and how many writes there were by then.
type savepoint struct {
	number int64
	writes int
}

// savepoint takes in a savepoint, or what became of it. The one that was made
// last of a number is the one that is meant; later ones go with it.
func (ix *index) savepoint(_, i int32, op *history.Op) {
	if op.Kind == history.Savepoint {
		ix.saved = append(ix.saved, savepoint{op.Key, len(ix.writes)})
		return
	}
	if op.Kind != history.RollbackTo && op.Kind != history.Release {
		return
	}
	for n := len(ix.saved) - 1; n >= 0; n-- {
		if ix.saved[n].number != op.Key {
			continue
		}
		if op.Kind == history.Release {
			ix.saved = ix.saved[:n]
			return
		}
		for w := ix.saved[n].writes; w < len(ix.writes); w++ {
			if ix.writes[w].undone == 0 {
				ix.writes[w].undone, ix.rolledBack = i, true
			}
		}
		ix.saved = ix.saved[:n+1]
		return
	}
}

// takes reports whether a write took effect.
func (c *chains) takes(w int32) bool {
	return c.took.has(w)
}

// undone reports whether a write surely took no effect: its transaction aborted, or rolled it back.
func (ix *index) undone(w int32) bool {
	return ix.outcome[ix.writes[w].txn] == history.Aborted || ix.writes[w].undone > 0
}
