package checker

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// exercise says which kinds of things the transactions of a history did at all,
// so that a report can tell "not seen" from "could not have been seen".
type exercise struct {
	reads, writes, scans  bool
	abortedWrites         bool // a transaction wrote and aborted
	overwritesItself      bool // a transaction wrote a row twice
	lockedReads           bool
	readsTwice            bool // a transaction read a row twice
	readsSeveral          bool // a transaction read several rows
	readsThenWrites       bool // a transaction wrote after reading
	updatesWhatItRead     bool // the same row
	updatesWhatItLocked   bool
	scansTwice            bool // a transaction evaluated a predicate, and read again
	scansThenWrites       bool
	writesSeveral         bool // a transaction wrote several rows
	sessions              bool // a client ran several transactions
	aborts, indeterminate int
}

// note takes down what transaction t, the one just added, did.
func (ix *index) note(t int32) {
	e := &ix.exercised
	switch ix.outcome[t] {
	case history.Aborted:
		e.aborts++
	case history.Indeterminate:
		e.indeterminate++
	}
	if ix.isSetup(t) {
		return
	}
	reads, writes, scans := ix.readsOf(t), ix.writesOf(t), ix.scansOf(t)
	e.reads = e.reads || len(reads) > 0
	e.writes = e.writes || len(writes) > 0
	e.scans = e.scans || len(scans) > 0
	e.writesSeveral = e.writesSeveral || len(writes) > 1
	e.abortedWrites = e.abortedWrites || len(writes) > 0 && (ix.outcome[t] == history.Aborted || slices.ContainsFunc(writes, func(w write) bool { return w.undone > 0 }))
	e.sessions = e.sessions || ix.ids[t].Number() > 1
	if len(writes) > 1 && !e.overwritesItself {
		e.overwritesItself = writes[0].object == writes[len(writes)-1].object
	}
	e.noteReads(reads, writes)
	if len(scans) > 0 {
		first := scans[0].op
		e.scansTwice = e.scansTwice || len(reads) > 0 && reads[len(reads)-1].op() > first || scans[len(scans)-1].op > first
		e.scansThenWrites = e.scansThenWrites || len(writes) > 0 && writes[len(writes)-1].op > first
	}
}

func (e *exercise) noteReads(reads []read, writes []write) {
	for i := range reads {
		r := &reads[i]
		e.lockedReads = e.lockedReads || r.locked
		if i > 0 {
			e.readsTwice = e.readsTwice || r.object == reads[0].object && r.op() > reads[0].op()
			e.readsSeveral = e.readsSeveral || r.object != reads[0].object
		}
		if e.updatesWhatItRead && (e.updatesWhatItLocked || !r.locked) {
			continue
		}
		for _, w := range writes {
			if w.op > r.op() {
				e.readsThenWrites = true
				e.updatesWhatItRead = e.updatesWhatItRead || w.object == r.object
				e.updatesWhatItLocked = e.updatesWhatItLocked || w.object == r.object && r.locked
			}
		}
	}
}
