package checker_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// edge checks that an edge follows from the two transactions' own operations and
// the version order, in every version order that is possible.
func (v *verifier) edge(e *checker.Edge) error {
	from, to := v.txn(e.From), v.txn(e.To)
	o := object{e.Table, e.Key}
	switch e.Kind {
	case checker.Session:
		if from.Client != to.Client || from.Number >= to.Number || from.Outcome == history.Indeterminate {
			return errors.New("no session order")
		}
		return nil
	case checker.RealTime:
		if from.End >= to.Start || v.w.merged || from.Outcome == history.Indeterminate {
			return errors.New("no real-time order")
		}
		return nil
	}
	if e.FromOp < 0 || e.FromOp >= len(from.Ops) || e.ToOp < 0 || e.ToOp >= len(to.Ops) {
		return fmt.Errorf("operations %d and %d do not exist", e.FromOp, e.ToOp)
	}
	written := v.w.find(o, e.Written)
	if written == nil {
		return errors.New("the version does not exist")
	}
	for _, order := range v.w.orders[o] {
		at := slices.Index(order, written)
		if at < 0 {
			return errors.New("the version took no effect")
		}
		if err := v.edgeIn(e, order, at); err != nil {
			return err
		}
	}
	return nil
}

// edgeIn checks an edge in one version order, in which its written version is at a position.
func (v *verifier) edgeIn(e *checker.Edge, order []*version, at int) error {
	from, to := v.txn(e.From), v.txn(e.To)
	written := order[at]
	writer, writerOp := to, e.ToOp
	if e.Kind == checker.WR || e.Kind == checker.PredicateWR {
		writer, writerOp = from, e.FromOp
	}
	if written.txn != writer || written.op != writerOp {
		return errors.New("the version is another transaction's, or operation's")
	}
	switch e.Kind {
	case checker.WW:
		// Of lists the order of what nobody read is open: it follows, but perhaps not at once.
		follows := func(x *version) bool { return x.txn == from && x.op == e.FromOp }
		if at == 0 || !follows(order[at-1]) && (v.w.lists == nil || !slices.ContainsFunc(order[:at], follows)) {
			return errors.New("it does not follow a version of the first transaction")
		}
		return nil
	case checker.WR:
		saw, err := v.saw(to, e.ToOp, written.object)
		switch {
		case err != nil:
			return err
		case saw == none:
			return v.absentAfter(to, e.ToOp, order, at)
		case saw != written.id:
			return errors.New("it read another version")
		}
		return nil
	case checker.RW:
		saw, err := v.saw(from, e.FromOp, written.object)
		switch {
		case err != nil:
			return err
		case v.w.lists != nil:
			if seen := slices.IndexFunc(order, func(x *version) bool { return x.id == saw }); seen >= at || seen < 0 && saw != 0 || seen >= 0 && order[seen].txn == to {
				return errors.New("what was read does not come before what was written")
			}
			return nil
		case saw == none || saw == 0:
			return v.absentBefore(from, e.FromOp, order, at)
		}
		seen := slices.IndexFunc(order, func(x *version) bool { return x.id == saw })
		if seen < 0 || seen >= at {
			return errors.New("what was read does not come before what was written")
		}
		for _, between := range order[seen+1 : at] {
			if between.txn != order[seen].txn {
				return errors.New("another version came between")
			}
		}
		return nil
	case checker.PredicateRW:
		return v.predicateRW(from, e.FromOp, order, at)
	case checker.PredicateWR:
		return v.predicateWR(to, e.ToOp, order, at)
	}
	return fmt.Errorf("unknown kind %s", e.Kind)
}

// saw returns the version of an object that an operation read.
func (v *verifier) saw(t *history.Transaction, op int, o object) (history.Version, error) {
	for _, i := range v.w.items(t) {
		if i.op == op && i.object == o {
			return i.version, nil
		}
	}
	return 0, errors.New("the operation did not read the row")
}

// absences returns the positions in the order of the versions that an operation which did not
// get the row may have seen instead; -1 is before it was made. ok says of a version whether
// the operation would have got it.
func (v *verifier) absences(t *history.Transaction, op int, order []*version, got func(*version) bool) []int {
	return v.w.absences(t, op, order, got)
}

func dead(x *version) bool { return x.deleted }

// absentBefore checks that a row that was not found was seen before the version at a position.
func (v *verifier) absentBefore(t *history.Transaction, op int, order []*version, at int) error {
	possible := v.absences(t, op, order, func(x *version) bool { return !dead(x) })
	if len(possible) == 0 {
		return errors.New("only a version without effect explains it")
	}
	last := slices.Max(possible)
	if last >= at {
		return errors.New("a later version may have been seen")
	}
	for _, between := range order[last+1 : at] {
		if last < 0 || between.txn != order[last].txn {
			return errors.New("another version came between")
		}
	}
	return nil
}

// absentAfter checks that a row that was not found was seen dead, as the version at a position or a later one.
func (v *verifier) absentAfter(t *history.Transaction, op int, order []*version, at int) error {
	if !order[at].deleted {
		return errors.New("the row was not deleted")
	}
	for _, p := range v.absences(t, op, order, func(x *version) bool { return !dead(x) }) {
		if p < at && v.id != checker.NonRepeatableRead { // which reports one of two ways to see two versions
			return errors.New("an earlier version may have been seen")
		}
	}
	return nil
}

// matches reports whether a version is known to match a scan's predicate, and whether that is known at all.
func matches(op *history.Op, x *version) (yes, known bool) {
	if x.deleted {
		return false, true
	}
	return op.Where.Matches(x.values), x.values != nil || len(op.Where) == 0
}

// installedBefore returns the last version before the transaction that wrote the one at a position, nil if there is none.
func installedBefore(order []*version, at int) *version {
	for i := at - 1; i >= 0; i-- {
		if order[i].txn != order[at].txn {
			return order[i]
		}
	}
	return nil
}

// predicateRW checks that the version at a position made the row match, and that
// the scan, which did not get the row, saw it before.
func (v *verifier) predicateRW(t *history.Transaction, number int, order []*version, at int) error {
	op := &t.Ops[number]
	if x := v.undone(t, number, order[at].object); x != nil {
		return v.turnedAround(op, x, order, at, true)
	}
	if !op.Kind.ByPredicate() && !unmatched(op) || op.Limit > 0 || op.Lock == history.SkipLocked || op.Gap || op.Table != order[at].object.table {
		return errors.New("no evaluation of a predicate that had to give the row")
	}
	if yes, _ := matches(op, order[at]); !yes {
		return errors.New("the version does not match")
	}
	if before := installedBefore(order, at); before != nil {
		if yes, known := matches(op, before); yes || !known {
			return errors.New("the version before matches too")
		}
	}
	if slices.ContainsFunc(op.Rows, func(r history.Row) bool { return r.Key == order[at].object.key }) {
		return errors.New("the scan got the row")
	}
	if v.id == checker.Phantom { // which reports one of two ways to see a row come or go
		return nil
	}
	for _, p := range v.absences(t, number, order, func(x *version) bool { yes, known := matches(op, x); return known && yes }) {
		if p >= at {
			return errors.New("the scan may have seen a later version")
		}
	}
	return nil
}

// predicateWR checks that the version at a position took the row out of the predicate, and that the scan saw that.
func (v *verifier) predicateWR(t *history.Transaction, number int, order []*version, at int) error {
	op := &t.Ops[number]
	if x := v.undone(t, number, order[at].object); x != nil {
		return v.turnedAround(op, x, order, at, false)
	}
	if !op.Kind.ByPredicate() && !unmatched(op) || op.Limit > 0 || op.Lock == history.SkipLocked || op.Gap || op.Table != order[at].object.table {
		return errors.New("no evaluation of a predicate that had to give the row")
	}
	if yes, known := matches(op, order[at]); yes || !known {
		return errors.New("the version matches")
	}
	before := installedBefore(order, at)
	if before == nil {
		return errors.New("there was no row before")
	}
	if yes, _ := matches(op, before); !yes {
		return errors.New("the version before does not match either")
	}
	if slices.ContainsFunc(op.Rows, func(r history.Row) bool { return r.Key == order[at].object.key }) {
		return errors.New("the scan got the row")
	}
	if !v.w.merged && !slices.ContainsFunc(order[at:], func(x *version) bool { yes, known := matches(op, x); return x.sent <= op.End && (!yes || !known) }) {
		return errors.New("the version was sent after the scan, and all that could have been seen instead")
	}
	if v.id == checker.Phantom {
		return nil
	}
	for _, p := range v.absences(t, number, order, func(x *version) bool { yes, known := matches(op, x); return known && yes }) {
		if p < 0 || p < at && order[p].txn != order[at].txn { // an earlier one of the same transaction is G1b, and a dependency all the same
			return errors.New("the scan may have seen an earlier version")
		}
	}
	return nil
}

// undone returns the version of an object that an operation wrote by a predicate, and that was rolled back to a
// savepoint, nil if there is none.
func (v *verifier) undone(t *history.Transaction, number int, o object) *version {
	for _, x := range v.w.written[o] {
		if x.txn == t && x.op == number && x.undone > 0 && wholeScan(&t.Ops[number]) && v.w.own(t, o, number) == nil {
			return x
		}
	}
	return nil
}

// turnedAround checks that the version at a position is the last before what an operation replaced, or that itself, or else the
// first after it, by which a transaction changed whether the row matches.
func (v *verifier) turnedAround(op *history.Op, replaced *version, order []*version, at int, after bool) error {
	saw := slices.IndexFunc(order, func(x *version) bool { return x.id == replaced.previous })
	if saw < 0 {
		return errors.New("it replaced nothing that took effect")
	}
	for saw+1 < len(order) && order[saw+1].txn == order[saw].txn {
		saw++
	}
	match := func(x *version) bool { yes, known := matches(op, x); return yes && known }
	between := order[min(at+1, len(order)):max(saw+1, at+1)]
	if after {
		between = order[saw+1 : max(at, saw+1)]
	}
	if after != (at > saw) || !turns(order, order[at], match) {
		return errors.New("it did not change whether the row matches, or at another time")
	}
	if slices.ContainsFunc(between, func(x *version) bool { return turns(order, x, match) }) {
		return errors.New("another transaction changed in between whether the row matches")
	}
	return nil
}
