package checker_test

import (
	"slices"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// The reference says which models a small history keeps, by the definitions and without any shortcut.
//
// Where the history does not tell what a transaction saw (a row that was not found, or that
// a predicate did not give, was seen in one of several versions) or in which order versions
// came, the reference goes through all possibilities, its readings. A model fails for
// certain if it fails in every reading. What the checker says must be certain; and where there is
// only one reading, it must say all that is.

// reading is one possibility: an order of each object's versions, and what each absence was.
type reading struct {
	w      *world
	orders map[object][]*version
	// seen is the position, in its object's order, of what was seen: -1 before the
	// row was made, or that of a version which is not in the order.
	seen map[absence]int
}

// absence is an operation and an object that it did not get.
type absence struct {
	txn    history.TxnID
	op     int
	object object
}

// abortedVersion is the position of a version that is not in the order, because it took no effect.
const abortedVersion = -2

// readings calls yield for each reading of the history. It returns false where there are more than most. Objects that
// have no order at all are left empty.
func (w *world) readings(most int, yield func(*reading)) bool {
	total := 1
	orders := [][][]*version{}
	for _, o := range w.objects {
		possible := w.orders[o]
		if len(possible) == 0 {
			possible = [][]*version{nil}
		}
		if total *= len(possible); total > most {
			return false
		}
		orders = append(orders, possible)
	}
	all := true
	for choice := range choices(orders) {
		r := &reading{w: w, orders: map[object][]*version{}, seen: map[absence]int{}}
		for i, o := range w.objects {
			r.orders[o] = choice[i]
		}
		absences, options := r.absences()
		count := 1
		for _, o := range options {
			if count *= len(o); count*total > most {
				all = false
				break
			}
		}
		if !all {
			break
		}
		for choice := range choices(options) {
			for i, a := range absences {
				r.seen[a] = choice[i]
			}
			yield(r)
		}
	}
	return all
}

// choices yields every way to choose one of each.
func choices[E any](options [][]E) func(yield func([]E) bool) {
	return func(yield func([]E) bool) {
		choice := make([]E, len(options))
		var choose func(i int) bool
		choose = func(i int) bool {
			if i == len(options) {
				return yield(choice)
			}
			for _, o := range options[i] {
				choice[i] = o
				if !choose(i + 1) {
					return false
				}
			}
			return true
		}
		choose(0)
	}
}

// absences returns the absences of a reading, and for each what may have been seen.
func (r *reading) absences() (absences []absence, options [][]int) {
	add := func(t *history.Transaction, op int, o object, got func(*version) bool) {
		order := r.orders[o]
		possible := r.w.absences(t, op, order, got)
		if r.w.own(t, o, op) == nil {
			possible = append(possible, r.dirty(t, op, o, got, len(possible) == 0)...)
		}
		absences = append(absences, absence{t.ID(), op, o})
		options = append(options, possible)
	}
	for _, t := range r.w.txns {
		for _, i := range r.w.items(t) {
			if i.version == none {
				add(t, i.op, i.object, func(x *version) bool { return !x.deleted })
			}
		}
		for i := range t.Ops {
			for _, o := range r.missing(t, i) {
				add(t, i, o, func(x *version) bool { yes, known := matches(&t.Ops[i], x); return yes && known })
			}
		}
	}
	return absences, options
}

// missing returns the objects that an evaluation of a predicate did not give.
func (r *reading) missing(t *history.Transaction, i int) []object {
	op := &t.Ops[i]
	if !wholeScan(op) {
		return nil
	}
	var missing []object
	for _, o := range r.w.objects {
		if o.table == op.Table && (op.Kind.ByPredicate() || o.key == op.Key) && !slices.ContainsFunc(op.Rows, func(row history.Row) bool { return row.Key == o.key }) {
			missing = append(missing, o)
		}
	}
	return missing
}

// wholeScan reports whether an operation evaluated a predicate, and absence from its answer means something.
func wholeScan(op *history.Op) bool {
	return (op.Kind.ByPredicate() || unmatched(op)) && op.Error == nil && op.Limit == 0 && op.Lock != history.SkipLocked && !op.Gap
}

// unmatched reports whether an operation on one row says that the row did not match its condition.
func unmatched(op *history.Op) bool {
	return op.Kind.Writes() && op.Kind.NamesRow() && len(op.Where) > 0 && len(op.Rows) == 0
}

// dirty returns the positions of versions without effect that an absence may be: while their
// transactions ran, or at any time if nothing else explains the absence.
func (r *reading) dirty(t *history.Transaction, op int, o object, got func(*version) bool, only bool) []int {
	for _, x := range r.w.written[o] {
		if only && x.txn == t && x.undone > 0 && x.undone < op && !got(x) {
			return []int{abortedVersion} // it does not see that this was rolled back
		}
		if r.w.takes(x) || got(x) || x.txn == t || !r.w.merged && x.sent > t.Ops[op].End {
			continue
		}
		until := x.txn.End
		if x.undone > 0 {
			until = x.txn.Ops[x.undone].End
		}
		if only || r.w.merged || !x.gone() || until >= t.Start {
			return []int{abortedVersion}
		}
	}
	return nil
}

// certain is what the reference has to say about a history.
type certain struct {
	readings int
	// fails are the models that fail in every reading, shown those that fail by what all readings have in
	// common: what a checker that looks at one fact at a time can know.
	fails, shown map[checker.Model]bool
	common       *dsg
}

// mostReadings bounds how many readings a history may have to be judged.
const mostReadings = 200

// judge goes through all readings; it is nil where they are too many, or there is none.
func (w *world) judge(models []checker.Model) *certain {
	c := &certain{fails: map[checker.Model]bool{}, shown: map[checker.Model]bool{}}
	for _, m := range models {
		c.fails[m] = true
	}
	for _, w := range append([]*world{w}, w.others()...) {
		// Where a row has no version order no model holds, and what there is to say of other rows still is said.
		contradictory := w.contradictory()
		ok := w.readings(mostReadings, func(r *reading) {
			c.readings++
			g := r.graph()
			if c.common == nil {
				c.common = g.clone()
			}
			c.common.intersect(g)
			for _, m := range models {
				c.fails[m] = c.fails[m] && (contradictory || !g.keeps(m))
			}
		})
		if !ok || c.readings > mostReadings {
			return nil
		}
	}
	if c.common == nil {
		return nil
	}
	for _, m := range models {
		c.shown[m] = !c.common.keeps(m)
	}
	return c
}
