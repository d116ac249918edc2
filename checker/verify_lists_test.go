package checker_test

import (
	"errors"
	"slices"
	"strconv"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// garbageList reports whether a list can never have been there: it has an element that nobody
// appended, or one without what the same transaction had appended before.
func (v *verifier) garbageList(list []string, o object) bool {
	for i, e := range list {
		x := v.w.lists[element{o, e}]
		if x == nil {
			return true
		}
		for before, y := range v.w.lists {
			if before.object == o && y.txn == x.txn && y.op < x.op && !slices.Contains(list[:i], before.value) {
				return true
			}
		}
	}
	return false
}

// incompatibleLists checks that neither of the lists that two transactions read of an object begins the other,
// whatever became of the transactions of which nobody knows; or that one has twice what the other one appended.
func (v *verifier) incompatibleLists(e *checker.Edge, from, to *history.Transaction, o object) error {
	list, ok := listRead(&to.Ops[e.ToOp])
	if e.FromOp >= 0 {
		appended := strconv.FormatInt(from.Ops[e.FromOp].Set[0].Value.Int, 10)
		if first := slices.Index(list, appended); ok && first >= 0 && slices.Contains(list[first+1:], appended) {
			return nil
		}
		return errors.New("nothing is in the list twice")
	}
	if !ok || from.Outcome != history.Committed || to.Outcome != history.Committed {
		return errors.New("no read of a committed transaction")
	}
	for i := range from.Ops {
		other, ok := listRead(&from.Ops[i])
		if a, b := v.committed(list, o), v.committed(other, o); ok && from.Ops[i].Key == o.key && !slices.Equal(a[:min(len(a), len(b))], b[:min(len(a), len(b))]) {
			return nil
		}
	}
	return errors.New("one list begins the other")
}

// committed leaves out of a list what is not known to have committed.
func (v *verifier) committed(list []string, o object) []string {
	return slices.DeleteFunc(slices.Clone(list), func(e string) bool {
		x := v.w.lists[element{o, e}]
		return x != nil && x.txn.Outcome != history.Committed
	})
}
