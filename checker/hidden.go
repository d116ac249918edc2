package checker

import (
	"math"

	"github.com/isocheck/isocheck/history"
)

// hidden are the writes of which it is not known what they wrote: those that the
// database did not name, and statements that failed when they may have written a part.
// A row that is absent may be absent because of one of them.
type hidden struct {
	byTable  map[int32][]interval // writes by a predicate
	byObject map[int32][]interval
}

// interval is when what a hidden write wrote could be seen.
type interval struct{ from, to int64 }

// hiddenWrite is an operation whose rows are not all known.
type hiddenWrite struct {
	txn, op int32
	table   int32
	object  int32 // -1 where a predicate chose the rows
}

func (ix *index) addHidden(txn, i int32, op *history.Op) {
	h := hiddenWrite{txn: txn, op: i, table: int32(op.Table), object: -1}
	if !op.Kind.ByPredicate() {
		h.object = ix.objects.intern(h.table, op.Key)
	}
	ix.hidden = append(ix.hidden, h)
}

func findHidden(ix *index) hidden {
	h := hidden{byTable: map[int32][]interval{}, byObject: map[int32][]interval{}}
	for _, w := range ix.hidden {
		start, _ := ix.opTimes(w.txn, w.op)
		seen := interval{start, math.MaxInt64}
		if ix.outcome[w.txn] == history.Aborted {
			seen.to = ix.end[w.txn]
		}
		if ix.mergedClocks || ix.timeless {
			seen = interval{math.MinInt64, math.MaxInt64}
		}
		if w.object >= 0 {
			h.byObject[w.object] = append(h.byObject[w.object], seen)
		} else {
			h.byTable[w.table] = append(h.byTable[w.table], seen)
		}
	}
	return h
}

// table reports whether an operation of transaction t may have seen rows of a table as a hidden
// write by a predicate left them.
func (h *hidden) table(ix *index, table, t, op int32) bool {
	return overlaps(ix, h.byTable[table], t, op)
}

// row is table for one row, of which also writes by its key count.
func (h *hidden) row(ix *index, object, t, op int32) bool {
	return overlaps(ix, h.byObject[object], t, op) || h.table(ix, ix.objects.table[object], t, op)
}

// overlaps reports whether one of the times meets that of an operation, taken
// from when its transaction began.
func overlaps(ix *index, times []interval, t, op int32) bool {
	if len(times) == 0 {
		return false
	}
	_, end := ix.opTimes(t, op)
	for _, i := range times {
		if i.from <= end && i.to >= ix.start[t] {
			return true
		}
	}
	return false
}

// ownHidden reports whether transaction t itself made a hidden write, of any
// rows, in its operations from the one up to, and without, the other.
func (ix *index) ownHidden(t, from, to int32) bool {
	if len(ix.vague) == 0 {
		return false
	}
	for op := from; op < to; op++ {
		if _, ok := ix.vague[ix.ids[t].Version(int(op))]; ok {
			return true
		}
	}
	return false
}
