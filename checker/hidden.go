package checker

import (
	"math"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// hidden are the writes of which it is not known what they wrote: those that the
// database did not name, and statements that failed when they may have written a part.
// A row that is absent may be absent because of one of them.
type hidden struct {
	byTable [][]interval // writes by a predicate
	// Those of an object are byObject[from[object]:from[object+1]].
	byObject []interval
	from     []int32
}

// interval is when what a hidden write wrote could be seen.
type interval struct {
	from, to int64
	deletes  bool
	undone   bool // its transaction aborted
}

// hiddenWrite is an operation whose rows are not all known.
type hiddenWrite struct {
	txn, op int32
	table   int32
	object  int32 // -1 where a predicate chose the rows
	deletes bool
}

func (ix *index) addHidden(txn, i int32, op *history.Op) {
	if op.Kind == history.Insert || op.Kind == history.InsertIgnore {
		return // it takes nothing away
	}
	h := hiddenWrite{txn: txn, op: i, table: int32(op.Table), object: -1, deletes: op.Kind == history.Delete || op.Kind == history.DeleteWhere}
	if !op.Kind.ByPredicate() {
		h.object = ix.objects.intern(h.table, op.Key)
	}
	ix.hidden = push(ix.hidden, h, ix.read)
}

func findHidden(ix *index) hidden {
	h := hidden{byTable: make([][]interval, len(ix.header.Tables)), from: make([]int32, ix.objects.len()+1)}
	for _, w := range ix.hidden {
		if w.object >= 0 {
			h.from[w.object+1]++
		}
	}
	for object := range ix.objects.len() {
		h.from[object+1] += h.from[object]
	}
	at := slices.Clone(h.from)
	h.byObject = make([]interval, h.from[ix.objects.len()])
	for _, w := range ix.hidden {
		start, _ := ix.opTimes(w.txn, w.op)
		seen := interval{start, math.MaxInt64, w.deletes, ix.outcome[w.txn] == history.Aborted}
		if seen.undone {
			seen.to = ix.end[w.txn]
		}
		if ix.mergedClocks || ix.timeless {
			seen.from, seen.to = math.MinInt64, math.MaxInt64
		}
		if w.object >= 0 {
			h.byObject[at[w.object]] = seen
			at[w.object]++
		} else {
			h.byTable[w.table] = append(h.byTable[w.table], seen)
		}
	}
	return h
}

// of returns the hidden writes of one object by its key.
func (h *hidden) of(object int32) []interval { return h.byObject[h.from[object]:h.from[object+1]] }

// table reports whether an operation of transaction t may have seen rows of a table as a hidden
// write by a predicate left them.
func (h *hidden) table(ix *index, table, t, op int32) bool {
	return overlaps(ix, h.byTable[table], t, op, false)
}

// row is table for one row, of which also writes by its key count.
func (h *hidden) row(ix *index, object, t, op int32) bool {
	return overlaps(ix, h.of(object), t, op, false) || h.table(ix, ix.objects.table[object], t, op)
}

// death is row where only deletes count.
func (h *hidden) death(ix *index, object, t, op int32) bool {
	return overlaps(ix, h.of(object), t, op, true) || overlaps(ix, h.byTable[ix.objects.table[object]], t, op, true)
}

// lasting reports whether there are hidden writes of a row that were not undone.
func (h *hidden) lasting(ix *index, object int32) bool {
	lasting := func(i interval) bool { return !i.undone }
	return slices.ContainsFunc(h.of(object), lasting) || slices.ContainsFunc(h.byTable[ix.objects.table[object]], lasting)
}

// overlaps reports whether one of the times meets that of an operation, taken
// from when its transaction began.
func overlaps(ix *index, times []interval, t, op int32, deletes bool) bool {
	if len(times) == 0 {
		return false
	}
	_, end := ix.opTimes(t, op)
	for _, i := range times {
		if i.from <= end && i.to >= ix.start[t] && (i.deletes || !deletes) {
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
		if ix.vague.has(ix.opFrom[t] + op) {
			return true
		}
	}
	return false
}

// vagueTxn returns the transaction of a vague operation that would have written a version, -1 if there is none.
func (ix *index) vagueTxn(v history.Version) int32 {
	t, op := ix.txnOf(v.Txn()), int32(v.Op())
	if t < 0 || op >= ix.opFrom[t+1]-ix.opFrom[t] || !ix.vague.has(ix.opFrom[t]+op) {
		return -1
	}
	return t
}
