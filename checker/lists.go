package checker

import (
	"cmp"
	"context"
	"maps"
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
// Of the lists themselves only each object's longest is kept, and of every other how much of it that is: mostly
// it is a beginning of the longest. Of the few that are not, what they fold to is compared.
type lists struct {
	longest []longestList // by object
	// seen is, by read, of how many elements the list was that it returned, where that was a beginning of
	// the longest; 0 where there was none; below 0 one of odd, from -1 for odd[0] on.
	seen   []int32
	odd    []oddList
	writes elements
	// garbage are the reads whose list has an element that nobody appended, or one without what the
	// same transaction had appended before.
	garbage []int32
	// doubled are reads whose lists have an element twice, and the write that appended it: one for each such element. What
	// those saw whose lists end with it for the second time is unclear.
	doubled []markedList
	unclear map[int32]bool
	// conflicts are reads whose lists are no prefixes of the object's longest, which the other one returned: one for each
	// element with which lists go another way.
	conflicts []conflict
	// dirty are reads whose lists fit together only without elements of aborted transactions, and the
	// write of one of these.
	dirty []markedList
	// unobserved are, by object, the appends that no read returned: they follow
	// the last version that one did, in an order that is not known.
	unobserved [][]int32
	// contested are the objects of which lists are wrong or do not fit together.
	contested map[int32]bool
}

// markedList is a read, and the write of an element of its list.
type markedList struct{ read, write int32 }

// conflict is two reads of an object whose lists do not fit together.
type conflict struct{ read, other int32 }

const (
	// unwritten is the version of a read of something that nobody wrote.
	unwritten history.Version = -2
	// unplaced is what a write replaced whose place in the version order is not known.
	unplaced history.Version = -3
)

// read takes in the list that read r returned, to a transaction that committed or may have.
func (l *lists) read(r, object int32, text string, committed bool, read progress) {
	for int(object) >= len(l.longest) {
		l.longest = append(l.longest, longestList{})
	}
	for int(r) >= len(l.seen) {
		l.seen = push(l.seen, 0, read)
	}
	k := &l.longest[object]
	switch {
	case text == "":
	case k.begins(text):
		l.seen[r] = lengthOf(text)
	case committed && (k.goOn(text, r) || k.giveWay(text, r)):
		l.seen[r] = int32(len(k.elements))
	default:
		l.odd = append(l.odd, oddListOf(text))
		l.seen[r] = int32(-len(l.odd))
	}
}

// parseElements appends the elements of a list.
func parseElements(text string, into []int64) []int64 {
	for begin, i := 0, 0; i <= len(text); i++ {
		if i == len(text) || text[i] == ',' {
			into = append(into, parseElement(text[begin:i]))
			begin = i + 1
		}
	}
	return into
}

// parseElement returns the number that a text is, 0 where it is none.
func parseElement(text string) int64 {
	n := int64(0)
	for i := range len(text) {
		digit := text[i] - '0'
		if digit > 9 || i >= 18 { // a sign, or perhaps more than 64 bits, which few have
			n, _ = strconv.ParseInt(text, 10, 64)
			return n
		}
		n = 10*n + int64(digit)
	}
	return n
}

// infer gives the reads and writes of the history their versions. It may be called again when more
// of a history was added.
func (l *lists) infer(ctx context.Context, ix *index, src Source) error {
	l.garbage, l.doubled, l.conflicts, l.dirty, l.unclear = nil, nil, nil, nil, map[int32]bool{}
	l.writes.gather(ix)
	trimmed, err := l.trim(ctx, ix, src)
	if err != nil {
		return err
	}
	observed := make([]bool, len(ix.writes))
	orders, mixed := l.orders(ix, observed)
	maps.DeleteFunc(mixed, func(object int32, _ bool) bool { return trimmed[object] })
	if len(mixed) > 0 { // another list may be shorter, and have more that took effect
		if err := l.find(ctx, ix, src, mixed); err != nil {
			return err
		}
		l.garbage, l.doubled = nil, nil
		l.writes.gather(ix)
		clear(observed)
		orders, _ = l.orders(ix, observed)
	}
	for r := range ix.reads {
		l.match(ix, int32(r), orders)
	}
	l.unobserved = make([][]int32, ix.objects.len())
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
	slices.SortFunc(l.doubled, func(a, b markedList) int { return cmp.Or(cmp.Compare(a.write, b.write), cmp.Compare(a.read, b.read)) })
	l.doubled = slices.CompactFunc(l.doubled, func(a, b markedList) bool { return a.write == b.write })
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
	for _, m := range l.doubled {
		l.contested[ix.reads[m.read].object] = true
	}
	for _, c := range l.conflicts {
		l.contested[ix.reads[c.read].object] = true
	}
	for object := range l.contested {
		l.unobserved[object] = nil
	}
}

// listOrder is the version order of one object: by which write each element of its longest list is; -1 where that is not plain.
type listOrder struct {
	writes []int32
	folded []int64 // what the beginnings of the list fold to, once that is asked for
	// past is how many of the former lists were the longest only for reads before the one at hand, and common is
	// how many elements the next one has in common with the list.
	past   int
	common int32
}

// orders links the writes of all objects in the orders of their longest lists. It also returns the objects whose
// longest list has elements of transactions that aborted.
func (l *lists) orders(ix *index, observed []bool) (orders []listOrder, mixed map[int32]bool) {
	orders, mixed = make([]listOrder, ix.objects.len()), map[int32]bool{}
	all := 0
	for object := range l.longest {
		all += len(l.longest[object].elements)
	}
	room := make([]int32, all)
	for object := range l.longest {
		k, o := &l.longest[object], &orders[object]
		o.writes, room = room[:len(k.elements)], room[len(k.elements):]
		if l.order(ix, int32(object), o.writes, observed) {
			mixed[int32(object)] = true
		}
		if len(k.former) > 0 {
			o.common = alike(k.former[0].text, k.text)
		}
	}
	return orders, mixed
}

// order finds and links the writes of an object in the order of its longest list. It reports whether some are of
// transactions that aborted.
func (l *lists) order(ix *index, object int32, writes []int32, observed []bool) (mixed bool) {
	previous, by := history.Version(0), l.longest[object].by-1
	for i, element := range l.longest[object].elements {
		w := l.writes.get(object, element)
		writes[i] = w
		if w < 0 || observed[w] {
			if w < 0 {
				l.garbage = append(l.garbage, by)
			} else {
				l.doubled = append(l.doubled, markedList{by, w})
			}
			writes[i] = -1
			continue
		}
		if own := ix.ownBefore(w); own >= 0 && !observed[own] && l.tookEffect(ix, object, element) {
			l.garbage = append(l.garbage, by)
		}
		observed[w] = true
		ix.writes[w].previous = previous
		previous = ix.version(w)
		mixed = mixed || ix.outcome[ix.writes[w].txn] == history.Aborted
	}
	return mixed
}

// match gives a read the version that its last element names, and the write that made it. It must be called for the
// reads in their order.
func (l *lists) match(ix *index, r int32, orders []listOrder) {
	read := &ix.reads[r]
	read.source = -1
	if int(r) >= len(l.seen) || l.seen[r] == 0 {
		read.version = 0
		return
	}
	w, last, fits := l.sawIn(&orders[read.object], r, read.object)
	if !fits && ix.outcome[owner(ix.readFrom, r)] == history.Committed {
		l.conflicts = append(l.conflicts, conflict{r, l.longest[read.object].by - 1})
	}
	read.version = unwritten
	if w < 0 {
		w = l.writes.get(read.object, last)
		if w >= 0 && fits { // the list ends with an element that it has before
			l.doubled = append(l.doubled, markedList{r, w})
			l.unclear[r] = true
			return
		}
	}
	if w >= 0 {
		read.version, read.source = ix.version(w), w
	}
}

// sawIn returns whether what read r returned is a beginning of the object's longest list, its last element, and
// by which write that is, -1 where that is not plain.
func (l *lists) sawIn(o *listOrder, r, object int32) (w int32, last int64, fits bool) {
	k, n := &l.longest[object], l.seen[r]
	if n < 0 {
		odd := &l.odd[-n-1]
		if o.folded == nil {
			o.folded = foldAll(k.text)
		}
		if n = odd.length; int(n) <= len(o.folded) && o.folded[n-1] == odd.folded {
			return o.writes[n-1], odd.last, true
		}
		return -1, odd.last, false
	}
	for ; o.past < len(k.former) && k.former[o.past].until <= r; o.past++ {
		o.common = 0
		if o.past+1 < len(k.former) {
			o.common = alike(k.former[o.past+1].text, k.text)
		}
	}
	if o.past < len(k.former) && n > o.common {
		return -1, elementAt(k.former[o.past].text, n-1), false
	}
	return o.writes[n-1], k.elements[n-1], true
}

// followUp places the appends of committed transactions that no read returned after the last one that
// one did, where they are all of one transaction. Else their order is open.
func (l *lists) followUp(ix *index) {
	for object, writes := range l.unobserved {
		if len(writes) == 0 || slices.ContainsFunc(writes, func(w int32) bool { return ix.writes[w].txn != ix.writes[writes[0]].txn }) {
			continue
		}
		previous := history.Version(0)
		if tail := l.tail(int32(object)); tail >= 0 {
			previous = ix.version(tail)
		}
		for _, w := range writes {
			ix.writes[w].previous = previous
			previous = ix.version(w)
		}
		l.unobserved[object] = nil
	}
}

// tail returns the write of the last element that a read of the object returned, -1 if none did.
func (l *lists) tail(object int32) int32 {
	if int(object) >= len(l.longest) {
		return -1
	}
	list := l.longest[object].elements
	for i := len(list) - 1; i >= 0; i-- {
		if w := l.writes.get(object, list[i]); w >= 0 {
			return w
		}
	}
	return -1
}
