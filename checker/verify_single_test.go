package checker_test

import (
	"errors"
	"slices"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// single checks the witness of an anomaly that is no cycle: one edge.
func (v *verifier) single() error {
	if len(v.witness.Edges) != 1 {
		return errors.New("it takes one edge")
	}
	e := &v.witness.Edges[0]
	from, to := v.txn(e.From), v.txn(e.To)
	o := object{e.Table, e.Key}
	if e.ToOp < 0 || e.ToOp >= len(to.Ops) {
		return errors.New("the operation does not exist")
	}
	if !v.w.live[to.ID()] {
		return errors.New("the transaction that it happened to took no effect")
	}
	if v.id == checker.IncompatibleVersions && v.w.lists != nil {
		return v.incompatibleLists(e, from, to, o)
	}
	if v.id == checker.IncompatibleVersions {
		return v.incompatible(from, to, o)
	}
	if v.id == checker.DirtyUpdate {
		for _, x := range v.w.written[o] {
			if x.txn == to && x.op == e.ToOp && v.w.find(o, x.previous) != nil && v.w.find(o, x.previous).txn == from && v.w.find(o, x.previous).gone() {
				return nil
			}
		}
		return errors.New("it did not overwrite an aborted version")
	}
	return v.badRead(e, from, to, o)
}

func (v *verifier) incompatible(from, to *history.Transaction, o object) error {
	for _, a := range v.w.written[o] {
		for _, b := range v.w.written[o] {
			if a.txn == from && b.txn == to && a != b && v.replaced(a) == v.replaced(b) {
				return nil
			}
		}
	}
	return errors.New("the two did not replace the same version")
}

// replaced returns the version of a transaction that took effect which x replaced.
func (v *verifier) replaced(x *version) history.Version {
	for range 1000 {
		p := v.w.find(x.object, x.previous)
		if p == nil || v.w.takes(p) {
			return x.previous
		}
		x = p
	}
	return none
}

func (v *verifier) badRead(e *checker.Edge, from, to *history.Transaction, o object) error {
	saw, err := v.saw(to, e.ToOp, o)
	if v.id == checker.InternalRead && from != to {
		return v.cameOfLater(e, from, to, o)
	}
	if v.id == checker.InternalRead {
		return v.internal(e, to, o, saw, err)
	}
	if err != nil && v.id == checker.DirtyRead && e.Kind == checker.PredicateWR {
		return v.dirtyScan(to, e.ToOp, from, o)
	}
	if err != nil && v.id == checker.IntermediateRead && e.Kind == checker.PredicateWR {
		return v.middleScan(e, to, from, o)
	}
	if err != nil {
		return err
	}
	x := v.w.find(o, saw)
	ok := false
	switch v.id {
	case checker.GarbageRead:
		ok = x == nil || x.deleted || v.differs(to, e.ToOp, x)
		if v.w.lists != nil {
			list, _ := listRead(&to.Ops[e.ToOp])
			ok = v.garbageList(list, o)
		}
	case checker.FutureRead:
		ok = x != nil && x.txn == from && x.sent > to.Ops[e.ToOp].End
	case checker.DirtyRead:
		switch {
		case saw == none:
			ok = v.dirtyAbsence(to, e.ToOp, from, o)
		case v.w.lists != nil:
			list, _ := listRead(&to.Ops[e.ToOp])
			ok = from.Outcome == history.Aborted && slices.ContainsFunc(list, func(s string) bool {
				x := v.w.lists[element{o, s}]
				return x != nil && x.txn == from
			})
		default:
			ok = saw.Txn() == from.ID() && (from.Outcome == history.Aborted || x != nil && x.gone())
		}
	case checker.IntermediateRead:
		if saw == none {
			ok = from != to && v.onlyReplaced(to, e.ToOp, from, o)
		}
		if x != nil && x.txn == from && from != to {
			ok = v.isReplaced(x)
		}
	}
	if !ok {
		return errors.New("the read is innocent")
	}
	return nil
}

// onlyReplaced checks that a read which found no row must have seen a delete that its transaction then followed with
// another write, and may have seen the writer's.
func (v *verifier) onlyReplaced(t *history.Transaction, op int, writer *history.Transaction, o object) bool {
	for _, order := range v.w.orders[o] {
		may := false
		for _, at := range v.absences(t, op, order, func(x *version) bool { return !dead(x) }) {
			if at < 0 || !v.isReplaced(order[at]) {
				return false
			}
			may = may || order[at].txn == writer
		}
		if !may {
			return false
		}
	}
	return true
}

// isReplaced reports whether a version's transaction wrote the row again.
func (v *verifier) isReplaced(x *version) bool {
	return slices.ContainsFunc(v.w.written[x.object], func(y *version) bool { return y.txn == x.txn && y.op > x.op && y.undone == 0 })
}

// dirtyAbsence checks that only a delete of the aborted transaction explains why a row was not found.
func (v *verifier) dirtyAbsence(t *history.Transaction, op int, aborted *history.Transaction, o object) bool {
	for _, order := range v.w.orders[o] {
		if len(v.absences(t, op, order, func(x *version) bool { return !dead(x) })) > 0 {
			return false
		}
	}
	for _, x := range v.w.written[o] {
		if x.txn == aborted && x.deleted && x.gone() {
			return true
		}
	}
	return false
}

// dirtyScan checks that only versions of aborted transactions explain why a scan did not give a row.
func (v *verifier) dirtyScan(t *history.Transaction, number int, aborted *history.Transaction, o object) error {
	op := &t.Ops[number]
	got := func(x *version) bool { yes, known := matches(op, x); return known && yes }
	if !wholeScan(op) || slices.ContainsFunc(op.Rows, func(r history.Row) bool { return r.Key == o.key }) {
		return errors.New("the scan gave the row, or need not have")
	}
	for _, order := range v.w.orders[o] {
		if len(v.absences(t, number, order, got)) > 0 {
			return errors.New("something else explains why the scan did not give the row")
		}
	}
	if !slices.ContainsFunc(v.w.written[o], func(x *version) bool { return x.txn == aborted && x.gone() && !got(x) }) {
		return errors.New("the aborted transaction did not take the row out")
	}
	return nil
}

// middleScan checks that only versions which a transaction then replaced explain why a scan did not give a row.
func (v *verifier) middleScan(e *checker.Edge, t, writer *history.Transaction, o object) error {
	op := &t.Ops[e.ToOp]
	got := func(x *version) bool { yes, known := matches(op, x); return known && yes }
	if !wholeScan(op) || slices.ContainsFunc(op.Rows, func(r history.Row) bool { return r.Key == o.key }) || writer == t {
		return errors.New("the scan gave the row, or need not have")
	}
	for _, order := range v.w.orders[o] {
		possible := v.absences(t, e.ToOp, order, got)
		if len(possible) == 0 || v.dirtyToo(t, e.ToOp, o, got) || slices.ContainsFunc(possible, func(at int) bool { return at < 0 || !v.isReplaced(order[at]) }) {
			return errors.New("something else explains why the scan did not give the row")
		}
	}
	if x := v.w.find(o, e.Written); x == nil || x.txn != writer || got(x) || !v.isReplaced(x) {
		return errors.New("the version matches, or its transaction left it behind")
	}
	return nil
}

// dirtyToo reports whether an absence may be that of a version without effect, whose transaction ran at the time.
func (v *verifier) dirtyToo(t *history.Transaction, op int, o object, got func(*version) bool) bool {
	return slices.ContainsFunc(v.w.written[o], func(x *version) bool {
		ran := v.w.merged || !x.gone() || x.txn.End >= t.Start
		return !v.w.takes(x) && x.txn != t && !got(x) && (v.w.merged || x.sent <= t.Ops[op].End) && ran
	})
}

// internal checks that a transaction did not see its own latest write.
func (v *verifier) internal(e *checker.Edge, t *history.Transaction, o object, saw history.Version, notRead error) error {
	op := &t.Ops[e.ToOp]
	own := v.w.own(t, o, e.ToOp)
	if notRead != nil { // a scan that should have given the row
		if own == nil || !op.Kind.ByPredicate() && !unmatched(op) || op.Limit > 0 || op.Lock == history.SkipLocked {
			return notRead
		}
		if yes, _ := matches(op, own); !yes {
			return errors.New("its own version does not match")
		}
		return nil
	}
	switch {
	case own == nil && saw.Txn() == t.ID(): // read its write before it wrote it
		return nil
	case own == nil || own.id == saw || own.deleted && saw == none:
		return errors.New("it saw its own latest write, or has none")
	}
	return nil
}

// cameOfLater checks that an evaluation of a predicate can only have seen a version that came after one which the
// transaction wrote itself, later, and by which the row turned to match, or no longer to match.
func (v *verifier) cameOfLater(e *checker.Edge, writer, t *history.Transaction, o object) error {
	op := &t.Ops[e.ToOp]
	got := func(x *version) bool { yes, known := matches(op, x); return known && yes }
	if !wholeScan(op) || writer == t || v.w.own(t, o, e.ToOp) != nil {
		return errors.New("it was no evaluation of a predicate, or one after an own write")
	}
	for _, order := range v.w.orders[o] {
		possible := []int{slices.IndexFunc(order, func(x *version) bool { return x.id == e.Seen })}
		if e.Kind == checker.PredicateWR {
			if possible = v.absences(t, e.ToOp, order, got); v.dirtyToo(t, e.ToOp, o, got) {
				return errors.New("it may have seen a version without effect")
			}
		}
		turned := slices.IndexFunc(order, func(x *version) bool { return x.txn == t && x.op > e.ToOp && turns(order, x, got) })
		if turned < 0 || len(possible) == 0 || slices.Min(possible) <= turned {
			return errors.New("it may have seen a version that did not come of its own write")
		}
		if !slices.ContainsFunc(possible, func(at int) bool { return order[at].id == e.Written && order[at].txn == writer }) {
			return errors.New("it did not see that version")
		}
	}
	return nil
}

// turns reports whether a version is what its transaction left of a row, and matches where the one before the
// transaction does not, or the other way round.
func turns(order []*version, x *version, match func(*version) bool) bool {
	at := slices.Index(order, x)
	if at+1 < len(order) && order[at+1].txn == x.txn {
		return false
	}
	before := at
	for before >= 0 && order[before].txn == x.txn {
		before--
	}
	return match(x) != (before >= 0 && match(order[before]))
}

// differs reports whether an operation returned other columns than the version has.
func (v *verifier) differs(t *history.Transaction, op int, x *version) bool {
	for _, r := range t.Ops[op].Rows {
		if r.Key != x.object.key || x.values == nil {
			continue
		}
		for i := range r.Values {
			if r.Values[i] != x.values[i] {
				return true
			}
		}
	}
	return false
}
