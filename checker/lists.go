package checker

import (
	"context"
	"slices"
	"strconv"

	"github.com/isocheck/isocheck/history"
)

// lists infers the versions of histories that carry none: of list-append, where
// every read returns the whole list and every element is appended once. It is
// the inference of Kingsbury and Alvaro, Elle: Inferring Isolation Anomalies from
// Experimental Observations (2020): the last element of a list names the write that a
// read saw, and the longest list of an object is its version order, of which every
// other read must be a prefix.
//
// Of the lists themselves only each object's longest is kept; whether another
// is a prefix of it is told by comparing folded lists.
type lists struct {
	longest   [][]int64 // by object
	longestBy []int32   // by object: the read that returned it, plus one
	texts     []longestList
	seen      []listSeen
	writes    elements
	// garbage are the reads whose list has an element twice, or one that nobody appended, or one without what the
	// same transaction had appended before.
	garbage []int32
	// conflicts are reads whose lists are no prefixes of the object's longest, which the other one returned.
	conflicts []conflict
	// dirty are reads whose lists fit together only without elements of aborted transactions, and the
	// write of one of these.
	dirty []dirtyList
	// unobserved are the appends that no read returned, by object: they follow
	// the last version that one did, in an order that is not known.
	unobserved map[int32][]int32
	// contested are the objects of which lists are wrong or do not fit together.
	contested map[int32]bool
}

// listSeen is what one read returned.
type listSeen struct {
	last   int64
	folded int64
	length int32
}

// dirtyList is a read, and the write of an element of its list that took no effect.
type dirtyList struct{ read, write int32 }

// conflict is two reads of an object whose lists do not fit together.
type conflict struct{ read, other int32 }

const (
	// unwritten is the version of a read of something that nobody wrote.
	unwritten history.Version = -2
	// unplaced is what a write replaced whose place in the version order is not known.
	unplaced history.Version = -3
)

// read takes in the list that read r returned, to a transaction that committed or not.
func (l *lists) read(r, object int32, text string, committed bool, read progress) {
	for int(object) >= len(l.longest) {
		l.longest, l.longestBy, l.texts = append(l.longest, nil), append(l.longestBy, 0), append(l.texts, longestList{})
	}
	for int(r) >= len(l.seen) {
		l.seen = push(l.seen, listSeen{}, read)
	}
	known := l.longest[object]
	seen, rest := l.texts[object].scan(text, known)
	l.seen[r] = seen
	if committed && int(seen.length) > len(known) {
		l.longest[object], l.longestBy[object] = l.texts[object].become(text, rest, known), r+1
	}
}

func parseElements(text string, into []int64) []int64 {
	for begin, i := 0, 0; i <= len(text); i++ {
		if i == len(text) || text[i] == ',' {
			n, _ := strconv.ParseInt(text[begin:i], 10, 64)
			into = append(into, n)
			begin = i + 1
		}
	}
	return into
}

// infer gives the reads and writes of the history their versions. It may be called again when more
// of a history was added.
func (l *lists) infer(ctx context.Context, ix *index, src Source) error {
	l.garbage, l.conflicts, l.dirty, l.unobserved = nil, nil, nil, map[int32][]int32{}
	l.writes.gather(ix)
	for w := range ix.writes {
		ix.writes[w].previous, ix.writes[w].insert = unplaced, false
	}
	if err := l.trim(ctx, ix, src); err != nil {
		return err
	}
	observed := make([]bool, len(ix.writes))
	orders := make([]listOrder, ix.objects.len())
	for object, list := range l.longest {
		orders[object] = l.order(ix, int32(object), list, observed)
	}
	for r := range ix.reads {
		l.match(ix, int32(r), orders)
	}
	for w := range ix.writes {
		if write := &ix.writes[w]; !observed[w] && ix.outcome[write.txn] == history.Committed {
			l.unobserved[write.object] = append(l.unobserved[write.object], int32(w))
		}
	}
	l.contested = map[int32]bool{}
	if err := l.confirm(ctx, ix, src); err != nil {
		return err
	}
	slices.Sort(l.garbage)
	l.garbage = slices.Compact(l.garbage) // a list may be wrong in several ways
	l.contest(ix)
	l.followUp(ix)
	return nil
}

// isGarbage reports whether a read is among the garbage.
func (l *lists) isGarbage(r int32) bool {
	_, found := slices.BinarySearch(l.garbage, r)
	return found
}

// contest leaves open what nobody read of objects of which lists are wrong or do not fit together.
func (l *lists) contest(ix *index) {
	for _, r := range l.garbage {
		l.contested[ix.reads[r].object] = true
	}
	for _, c := range l.conflicts {
		l.contested[ix.reads[c.read].object] = true
	}
	for object := range l.contested {
		delete(l.unobserved, object)
	}
}

// listOrder is the version order of one object: for each beginning of its longest list, from its first element on, what that
// folds to, and by which write its last element is; -1 where that is not plain.
type listOrder struct {
	folded []int64
	writes []int32
}

// order links the writes of an object in the order of its longest list.
func (l *lists) order(ix *index, object int32, list []int64, observed []bool) listOrder {
	o := listOrder{folded: l.texts[object].folded, writes: make([]int32, 0, len(list))}
	if len(o.folded) != len(list) {
		o.folded = foldNumbers(list)
	}
	previous := history.Version(0)
	for _, element := range list {
		w := l.writes.get(object, element)
		if w < 0 || observed[w] {
			l.garbage = append(l.garbage, l.longestBy[object]-1)
			w = -1
		} else {
			if own := ix.ownWrite(ix.writes[w].txn, object, ix.writes[w].op); own >= 0 && !observed[own] && l.tookEffect(ix, object, element) {
				l.garbage = append(l.garbage, l.longestBy[object]-1)
			}
			observed[w] = true
			ix.writes[w].previous = previous
			previous = ix.version(w)
		}
		o.writes = append(o.writes, w)
	}
	return o
}

// match gives a read the version that its last element names, and the write that made it.
func (l *lists) match(ix *index, r int32, orders []listOrder) {
	read := &ix.reads[r]
	read.source = -1
	if read.version == absent || int(r) >= len(l.seen) || l.seen[r].length == 0 {
		read.version = 0
		return
	}
	seen, order, w := &l.seen[r], &orders[read.object], int32(-1)
	if n := int(seen.length); n <= len(order.folded) && order.folded[n-1] == seen.folded {
		w = order.writes[n-1]
	} else if ix.outcome[owner(ix.readFrom, r)] == history.Committed {
		l.conflicts = append(l.conflicts, conflict{r, l.longestBy[read.object] - 1})
	}
	if w < 0 {
		w = l.writes.get(read.object, seen.last)
	}
	read.version = unwritten
	if w >= 0 {
		read.version, read.source = ix.version(w), w
	}
}

// followUp places the appends of committed transactions that no read returned after the last one that
// one did, where they are all of one transaction. Else their order is open.
func (l *lists) followUp(ix *index) {
	for object, writes := range l.unobserved {
		if slices.ContainsFunc(writes, func(w int32) bool { return ix.writes[w].txn != ix.writes[writes[0]].txn }) {
			continue
		}
		previous := history.Version(0)
		if tail := l.tail(object); tail >= 0 {
			previous = ix.version(tail)
		}
		for _, w := range writes {
			ix.writes[w].previous = previous
			previous = ix.version(w)
		}
		delete(l.unobserved, object)
	}
}

// tail returns the write of the last element that a read of the object returned, -1 if none did.
func (l *lists) tail(object int32) int32 {
	if int(object) >= len(l.longest) {
		return -1
	}
	for i := len(l.longest[object]) - 1; i >= 0; i-- {
		if w := l.writes.get(object, l.longest[object][i]); w >= 0 {
			return w
		}
	}
	return -1
}
