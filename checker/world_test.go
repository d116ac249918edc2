package checker_test

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// world is what happened in a small history, derived in the most naive way: it
// shares no idea with the checker but the definitions, and is slow on purpose.
type world struct {
	h *history.History
	// again returns the world in which these transactions took effect too.
	again   func(committed ...history.TxnID) *world
	live    map[history.TxnID]bool // the transactions that took effect
	txns    []*history.Transaction // those, in the order of the history
	objects []object
	written map[object][]*version // every version, live or not
	merged  bool                  // times of different clients do not compare
	// orders has every possible order of each object's live versions. There are
	// several where the history does not tell, none where it contradicts itself.
	orders map[object][][]*version
	// lists has, where the history has lists and no versions, who appended which element.
	lists map[element]*version
}

type object struct {
	table int
	key   int64
}

// version is one write of one object.
type version struct {
	id, previous history.Version
	txn          *history.Transaction
	op           int
	object       object
	deleted      bool
	born         bool // it made the row: nothing is known of what was before
	values       []history.Value
	sent, done   int64
	undone       int // the operation that rolled it back to a savepoint, 0 if none
}

// gone reports whether a version surely took no effect.
func (v *version) gone() bool { return v.txn.Outcome == history.Aborted || v.undone > 0 }

// takes reports whether a version took effect.
func (w *world) takes(v *version) bool { return w.live[v.txn.ID()] && v.undone == 0 }

// item is one row that an operation read; version is absent where it found none.
type item struct {
	op      int
	object  object
	version history.Version
	locked  bool
}

const none history.Version = -1

// newWorld returns the world in which of the transactions with indeterminate outcome only those took effect
// of which somebody saw or overwrote something, and those given.
func newWorld(h *history.History, committed ...history.TxnID) *world {
	w := &world{
		again: func(committed ...history.TxnID) *world { return newWorld(h, committed...) },
		h:     h, live: map[history.TxnID]bool{}, written: map[object][]*version{},
		orders: map[object][][]*version{}, merged: h.Header.Parts > 1,
	}
	for i := range h.Txns {
		w.write(&h.Txns[i])
	}
	for _, id := range committed {
		w.live[id] = true
	}
	w.settle(w.crashed())
	for i := range h.Txns {
		if w.live[h.Txns[i].ID()] {
			w.txns = append(w.txns, &h.Txns[i])
		}
	}
	for _, o := range w.objects {
		w.orders[o] = w.order(o)
		for _, v := range w.written[o] {
			w.value(v, 0)
		}
	}
	return w
}

// others returns the other possible worlds: of the transactions of which nobody knows whether they took effect, and nobody saw
// or overwrote anything, each may have. A row may have no version order in such a world.
func (w *world) others() []*world {
	var doubtful []history.TxnID
	for i := range w.h.Txns {
		if t := &w.h.Txns[i]; t.Outcome == history.Indeterminate && !w.live[t.ID()] {
			doubtful = append(doubtful, t.ID())
		}
	}
	var others []*world
	for set := 1; set < 1<<len(doubtful); set++ {
		var committed []history.TxnID
		for i, id := range doubtful {
			if set>>i&1 == 1 {
				committed = append(committed, id)
			}
		}
		others = append(others, w.again(committed...))
	}
	return others
}

// contradictory reports whether a row has no possible version order.
func (w *world) contradictory() bool {
	return slices.ContainsFunc(w.objects, func(o object) bool { return len(w.orders[o]) == 0 })
}

func (w *world) write(t *history.Transaction) {
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Error != nil {
			continue
		}
		for _, r := range op.Rows {
			o := object{op.Table, r.Key}
			if _, ok := w.written[o]; !ok {
				w.written[o] = nil
				w.objects = append(w.objects, o)
			}
			if !op.Kind.Writes() {
				continue
			}
			w.written[o] = append(w.written[o], &version{
				id: t.ID().Version(i), previous: r.Previous, txn: t, op: i, object: o,
				deleted: op.Kind == history.Delete || op.Kind == history.DeleteWhere,
				born:    r.Previous == 0, sent: op.Start, done: op.End, undone: rolledBack(t, i),
			})
		}
		if o := (object{op.Table, op.Key}); op.Kind.NamesRow() && w.written[o] == nil && !slices.Contains(w.objects, o) {
			w.objects = append(w.objects, o)
			w.written[o] = nil
		}
	}
}

// rolledBack returns the operation that rolled operation number i back to a savepoint, 0 if none did.
func rolledBack(t *history.Transaction, i int) int {
	for j := i + 1; j < len(t.Ops); j++ {
		if back := &t.Ops[j]; back.Kind != history.RollbackTo || back.Error != nil {
			continue
		}
		if at := savedAt(t, j, t.Ops[j].Key); at >= 0 && at < i {
			return j
		}
	}
	return 0
}

// savedAt returns the operation that made the savepoint which a number means at operation j, -1 if there is none.
func savedAt(t *history.Transaction, j int, number int64) int {
	var made []int
	for i := range j {
		op := &t.Ops[i]
		if op.Error != nil || op.Kind != history.Savepoint && op.Kind != history.RollbackTo && op.Kind != history.Release {
			continue
		}
		if op.Kind == history.Savepoint {
			made = append(made, i)
			continue
		}
		if n := lastIndex(made, func(m int) bool { return t.Ops[m].Key == op.Key }); n >= 0 {
			made = made[:n]
			if op.Kind == history.RollbackTo {
				made = made[:n+1]
			}
		}
	}
	if n := lastIndex(made, func(m int) bool { return t.Ops[m].Key == number }); n >= 0 {
		return made[n]
	}
	return -1
}

func lastIndex[E any](all []E, is func(E) bool) int {
	for i := len(all) - 1; i >= 0; i-- {
		if is(all[i]) {
			return i
		}
	}
	return -1
}

// settle: committed transactions took effect, and indeterminate ones of which a
// transaction that took effect saw or overwrote something, unless a crash undid them.
func (w *world) settle(crashed map[history.TxnID]bool) {
	for i := range w.h.Txns {
		if t := &w.h.Txns[i]; t.Outcome == history.Committed {
			w.live[t.ID()] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for i := range w.h.Txns {
			t := &w.h.Txns[i]
			if !w.live[t.ID()] {
				continue
			}
			for _, op := range t.Ops {
				for _, r := range op.Rows {
					for _, v := range w.written[object{op.Table, r.Key}] {
						used := !op.Kind.Writes() && v.id == r.Version || op.Kind.Writes() && v.id == r.Previous
						if used && v.undone == 0 && v.txn.Outcome == history.Indeterminate && !w.live[v.txn.ID()] && !crashed[v.txn.ID()] {
							w.live[v.txn.ID()] = true
							changed = true
						}
					}
				}
			}
		}
	}
}

// find returns the version of the object with the id, nil if nobody wrote it.
func (w *world) find(o object, id history.Version) *version {
	for _, v := range w.written[o] {
		if v.id == id {
			return v
		}
	}
	return nil
}

// order tries every order of an object's live versions and keeps the possible ones: each version
// follows the one that it replaced, aborted ones left out; one that made the row comes first
// or follows a delete, unless that delete was sent after the row had been made. A transaction's
// own versions come in the order in which it wrote them.
func (w *world) order(o object) [][]*version {
	var live []*version
	for _, v := range w.written[o] {
		if w.takes(v) {
			live = append(live, v)
		}
	}
	var possible [][]*version
	for order := range permutations(live) {
		if w.orderPossible(o, order) {
			possible = append(possible, slices.Clone(order))
		}
	}
	return possible
}

func (w *world) orderPossible(o object, order []*version) bool {
	for i, v := range order {
		if slices.ContainsFunc(order[:i], func(x *version) bool { return x.txn == v.txn && x.op > v.op }) {
			return false
		}
		var before *version
		if i > 0 {
			before = order[i-1]
		}
		if v.born {
			// A transaction that deleted the row and makes it again does so upon its own delete.
			if own := w.own(v.txn, o, v.op); own != nil && own.deleted && own != before {
				return false
			}
			if before != nil && (!before.deleted || !w.merged && before.sent > v.done) {
				return false
			}
			continue
		}
		replaced := w.find(o, v.previous)
		for replaced != nil && !w.takes(replaced) {
			if replaced.born {
				replaced = nil
				break
			}
			replaced = w.find(o, replaced.previous)
		}
		if replaced != before {
			return false
		}
	}
	return true
}

// value computes a version's columns upon those of the version that it replaced; nil where they are not known.
func (w *world) value(v *version, depth int) []history.Value {
	if v.values != nil || depth > 100 {
		return v.values
	}
	columns := len(w.h.Header.Tables[v.object.table].Columns)
	op := &v.txn.Ops[v.op]
	var values []history.Value
	switch {
	case v.deleted, op.Kind == history.Insert, op.Kind == history.InsertIgnore, (op.Kind == history.Append || op.Kind == history.Upsert) && v.born:
		values = make([]history.Value, columns)
	default:
		base := w.find(v.object, v.previous)
		if base == nil || w.value(base, depth+1) == nil {
			return nil
		}
		values = slices.Clone(base.values)
	}
	if !v.deleted {
		set := op.Set
		if op.Kind == history.Upsert && !v.born {
			set = op.Update
		}
		for _, a := range set {
			values[a.Column] = assigned(values[a.Column], a)
		}
	}
	v.values = values
	return values
}

// items returns the rows that a transaction read.
func (w *world) items(t *history.Transaction) []item {
	if w.lists != nil {
		return w.listItems(t)
	}
	var items []item
	for i := range t.Ops {
		op := &t.Ops[i]
		locked := op.Lock != history.NoLock || op.Kind.Writes()
		switch {
		case op.Error != nil:
		case !op.Kind.Writes() && len(op.Rows) > 0:
			for _, r := range op.Rows {
				items = append(items, item{i, object{op.Table, r.Key}, r.Version, locked})
			}
		case len(op.Rows) == 0 && !op.Gap && (op.Kind == history.Read && op.Lock != history.SkipLocked || (op.Kind == history.Update || op.Kind == history.Delete) && len(op.Where) == 0):
			items = append(items, item{i, object{op.Table, op.Key}, none, locked})
		}
	}
	return items
}

// own returns the transaction's latest version of the object before operation op which it had not rolled back by then, nil if none.
func (w *world) own(t *history.Transaction, o object, op int) *version {
	var own *version
	for _, v := range w.written[o] {
		if v.txn == t && v.op < op && (v.undone == 0 || v.undone >= op) && (own == nil || own.op < v.op) {
			own = v
		}
	}
	return own
}

// permutations yields every order of the elements, in memory that it uses again.
func permutations[E any](elements []E) func(yield func([]E) bool) {
	return func(yield func([]E) bool) {
		order := slices.Clone(elements)
		var permute func(n int) bool
		permute = func(n int) bool {
			if n == len(order) {
				return yield(order)
			}
			for i := n; i < len(order); i++ {
				order[n], order[i] = order[i], order[n]
				if !permute(n + 1) {
					return false
				}
				order[n], order[i] = order[i], order[n]
			}
			return true
		}
		permute(0)
	}
}
