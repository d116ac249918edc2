package checker_test

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// Worlds of histories of lists: which version a read saw, and in which order versions came, only the
// lists tell (Kingsbury and Alvaro, Elle, 2020). Every committed read returns the elements that took
// effect in their order, as far as it goes.

// element is one element of an object's list.
type element struct {
	object object
	value  string
}

// newListWorld returns the world in which what was seen took effect, and these transactions did.
func newListWorld(h *history.History, committed ...history.TxnID) *world {
	w := layLists(h)
	for _, id := range committed {
		w.live[id] = true
	}
	w.settleLists()
	w.end()
	return w
}

// rolledBackWorlds returns the worlds in which of the transactions with indeterminate outcome only some took effect, though what
// others wrote was seen: before it was rolled back.
func rolledBackWorlds(h *history.History) []*world {
	var doubtful []history.TxnID
	for i := range h.Txns {
		if h.Txns[i].Outcome == history.Indeterminate {
			doubtful = append(doubtful, h.Txns[i].ID())
		}
	}
	var worlds []*world
	for set := range 1 << len(doubtful) {
		w := layLists(h)
		for i := range h.Txns {
			n := slices.Index(doubtful, h.Txns[i].ID())
			w.live[h.Txns[i].ID()] = h.Txns[i].Outcome == history.Committed || n >= 0 && set>>n&1 == 1
		}
		w.end()
		worlds = append(worlds, w)
	}
	return worlds
}

func layLists(h *history.History) *world {
	w := &world{
		again: func(committed ...history.TxnID) *world { return newListWorld(h, committed...) },
		h:     h, live: map[history.TxnID]bool{}, written: map[object][]*version{},
		orders: map[object][][]*version{}, merged: h.Header.Parts > 1, lists: map[element]*version{},
	}
	for i := range h.Txns {
		w.append(&h.Txns[i])
	}
	return w
}

// end derives the rest from which transactions took effect.
func (w *world) end() {
	for i := range w.h.Txns {
		if w.live[w.h.Txns[i].ID()] {
			w.txns = append(w.txns, &w.h.Txns[i])
		}
	}
	for _, o := range w.objects {
		w.orders[o] = w.listOrders(o)
	}
}

func (w *world) append(t *history.Transaction) {
	for i := range t.Ops {
		op := &t.Ops[i]
		o := object{op.Table, op.Key}
		if !slices.Contains(w.objects, o) {
			w.objects = append(w.objects, o)
			w.written[o] = nil
		}
		if op.Kind != history.Append || op.Error != nil {
			continue
		}
		v := &version{id: t.ID().Version(i), previous: none, txn: t, op: i, object: o, sent: op.Start, done: op.End}
		w.written[o] = append(w.written[o], v)
		w.lists[element{o, op.Set[0].Value.String()}] = v
	}
}

// list returns the elements that an operation read, not ok where it is no read.
func listRead(op *history.Op) (elements []string, ok bool) {
	if op.Kind != history.Read || op.Error != nil {
		return nil, false
	}
	if len(op.Rows) == 0 || len(op.Rows[0].Values) == 0 || op.Rows[0].Values[0].Text == "" {
		return nil, true
	}
	return strings.Split(op.Rows[0].Values[0].Text, ","), true
}

// settleLists: what a transaction that took effect saw took effect, unless it is known to have aborted. What is seen is what
// ends a list; and of a committed reader all of it.
func (w *world) settleLists() {
	for i := range w.h.Txns {
		if t := &w.h.Txns[i]; t.Outcome == history.Committed {
			w.live[t.ID()] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for i := range w.h.Txns {
			t := &w.h.Txns[i]
			for j := range t.Ops {
				list, _ := listRead(&t.Ops[j])
				if t.Outcome != history.Committed {
					list = list[max(0, len(list)-1):]
				}
				for _, e := range list {
					v := w.lists[element{object{t.Ops[j].Table, t.Ops[j].Key}, e}]
					if w.live[t.ID()] && v != nil && v.txn.Outcome == history.Indeterminate && !w.live[v.txn.ID()] {
						w.live[v.txn.ID()], changed = true, true
					}
				}
			}
		}
	}
}

// listOrders tries every order of an object's versions that took effect and keeps those that fit what was read: every list that a
// committed transaction read begins the order, elements of aborted transactions left out, and a transaction's own
// elements come in the order in which it appended them.
func (w *world) listOrders(o object) [][]*version {
	var live []*version
	for _, v := range w.written[o] {
		if w.takes(v) {
			live = append(live, v)
		}
	}
	var lists [][]string
	for i := range w.h.Txns {
		t := &w.h.Txns[i]
		for j := range t.Ops {
			list, ok := listRead(&t.Ops[j])
			if !ok || t.Outcome != history.Committed || (object{t.Ops[j].Table, t.Ops[j].Key}) != o {
				continue
			}
			for len(list) > 0 && w.lists[element{o, list[len(list)-1]}] != nil && !w.takes(w.lists[element{o, list[len(list)-1]}]) {
				list = list[:len(list)-1] // what ends a list and took no effect is no part of the order
			}
			lists = append(lists, list)
		}
	}
	slices.SortStableFunc(lists, func(a, b []string) int { return len(b) - len(a) })
	var reads [][]*version
	for _, list := range lists {
		reads = append(reads, w.listed(o, list))
	}
	var possible [][]*version
	for order := range permutations(live) {
		inOrder := !slices.ContainsFunc(order, func(v *version) bool {
			return slices.ContainsFunc(order[:slices.Index(order, v)], func(x *version) bool { return x.txn == v.txn && x.op > v.op })
		})
		begins := func(read []*version) bool { return len(read) <= len(order) && slices.Equal(read, order[:len(read)]) }
		if inOrder && !slices.ContainsFunc(reads, func(read []*version) bool { return !begins(read) }) {
			possible = append(possible, slices.Clone(order))
		}
	}
	return possible
}

// listed returns the versions of a list that took effect, and notes of all which they followed in the longest list.
func (w *world) listed(o object, list []string) []*version {
	var versions []*version
	var last *version
	for _, e := range list {
		v := w.lists[element{o, e}]
		switch {
		case v == nil:
			v = &version{txn: &history.Transaction{}} // nobody wrote it: no order begins so
			versions = append(versions, v)
		case w.takes(v):
			versions = append(versions, v)
		}
		if last != nil && v.previous == none {
			v.previous = last.id
		}
		last = v
	}
	return versions
}

// aborted reports whether an element of a list is one of a transaction that aborted.
func (w *world) aborted(e element) bool {
	v := w.lists[e]
	return v != nil && v.txn.Outcome == history.Aborted
}

// appendsInDoubt reports whether there is an append that no committed read returned, of a transaction that took effect as
// somebody saw something else of it. Nobody knows whether it did not abort after all; the checker leaves it out.
func (w *world) appendsInDoubt() bool {
	for e, v := range w.lists {
		if v.txn.Outcome != history.Indeterminate || !w.takes(v) {
			continue
		}
		read := slices.ContainsFunc(w.h.Txns, func(t history.Transaction) bool {
			return t.Outcome == history.Committed && slices.ContainsFunc(t.Ops, func(op history.Op) bool {
				list, _ := listRead(&op)
				return op.Key == e.object.key && slices.Contains(list, e.value)
			})
		})
		if !read {
			return true
		}
	}
	return false
}

// neverThere reports whether a list has an element twice, or one that nobody appended.
func (w *world) neverThere(o object, list []string) bool {
	for i, e := range list {
		if w.lists[element{o, e}] == nil || slices.Contains(list[:i], e) {
			return true
		}
	}
	return false
}

// listItems returns what a transaction read.
func (w *world) listItems(t *history.Transaction) []item {
	var items []item
	for i := range t.Ops {
		op := &t.Ops[i]
		list, ok := listRead(op)
		if !ok {
			continue
		}
		o, seen := object{op.Table, op.Key}, history.Version(0)
		if len(list) > 0 {
			seen = -2 // nobody wrote it
			if v := w.lists[element{o, list[len(list)-1]}]; v != nil {
				seen = v.id
			}
		}
		items = append(items, item{i, o, seen, op.Lock != history.NoLock})
	}
	return items
}
