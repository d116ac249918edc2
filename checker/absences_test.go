package checker_test

import "github.com/isocheck/isocheck/history"

// absences returns which versions an operation that did not get a row may have seen
// instead, as positions in one version order; -1 stands for the time before the row was made.
// got says of a version that the operation would have returned it. A version cannot
// be seen before it was sent, rows that the setup made were there from the start, and who has
// written the row sees that.
//
// Where nothing explains the absence, the row was seen before it was made after all.
func (w *world) absences(t *history.Transaction, op int, order []*version, got func(*version) bool) []int {
	if len(order) > 0 {
		if own := w.own(t, order[0].object, op); own != nil {
			for i, x := range order {
				if x == own {
					return []int{i}
				}
			}
		}
	}
	var possible []int
	if len(order) == 0 || w.unbornBefore(order[0]) && order[0].txn.Client != 0 {
		possible = append(possible, -1)
	}
	for i, x := range order {
		if x.txn == t && x.op >= op {
			continue // its own, later
		}
		if !got(x) && (w.merged || x.sent <= t.Ops[op].End) {
			possible = append(possible, i)
		}
	}
	if len(possible) == 0 && !w.seenDirty(t, op, order, got) {
		possible = append(possible, -1)
	}
	return possible
}

// unbornBefore reports whether there was no row before a version, the first in its order: it made the row, or
// was made upon versions without effect of which the first did.
func (w *world) unbornBefore(x *version) bool {
	for range 1000 {
		if x.born {
			return true
		}
		if x = w.find(x.object, x.previous); x == nil || w.takes(x) {
			return false
		}
	}
	return false
}

// seenDirty reports whether a version without effect explains the absence.
func (w *world) seenDirty(t *history.Transaction, op int, order []*version, got func(*version) bool) bool {
	if len(order) == 0 {
		return false
	}
	for _, x := range w.written[order[0].object] {
		if !w.takes(x) && !got(x) && (w.merged || x.sent <= t.Ops[op].End) {
			return true
		}
	}
	return false
}
