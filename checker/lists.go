package checker

import (
	"context"
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
	seen      []listSeen
	writes    elements
	// garbage are the reads whose list has an element twice, or one that nobody appended.
	garbage []int32
	// conflicts are reads whose lists are no prefixes of the object's longest, which the other one returned.
	conflicts []conflict
	// unobserved are the appends that no read returned, by object: they follow
	// the last version that one did, in an order that is not known.
	unobserved map[int32][]int32
}

// listSeen is what one read returned.
type listSeen struct {
	last   int64
	folded int64
	length int32
}

// conflict is two reads of an object whose lists do not fit together.
type conflict struct{ read, other int32 }

const (
	// unwritten is the version of a read of something that nobody wrote.
	unwritten history.Version = -2
	// unplaced is what a write replaced whose place in the version order is not known.
	unplaced history.Version = -3
)

// read takes in the list that read r returned, to a transaction that committed or not.
func (l *lists) read(r, object int32, text string, committed bool) {
	for int(object) >= len(l.longest) {
		l.longest, l.longestBy = append(l.longest, nil), append(l.longestBy, 0)
	}
	for int(r) >= len(l.seen) {
		l.seen = append(l.seen, listSeen{})
	}
	n, last := countElements(text)
	l.seen[r] = listSeen{last: last, folded: fold(0, text), length: n}
	if committed && int(n) > len(l.longest[object]) {
		l.longest[object], l.longestBy[object] = parseElements(text, l.longest[object][:0]), r+1
	}
}

// countElements returns how many elements a list has, and the last of them.
func countElements(text string) (n int32, last int64) {
	if text == "" {
		return 0, 0
	}
	begin := 0
	for i := range len(text) {
		if text[i] == ',' {
			n++
			begin = i + 1
		}
	}
	last, _ = strconv.ParseInt(text[begin:], 10, 64)
	return n + 1, last
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

// infer gives the reads and writes of the history their versions.
func (l *lists) infer(ctx context.Context, ix *index, src Source) error {
	for w := range ix.writes {
		write := &ix.writes[w]
		if write.numAssigns > 0 && !l.writes.put(write.object, ix.assigns[write.assigns].value.value, int32(w)) {
			l.writes.repeated = append(l.writes.repeated, int32(w))
		}
		write.previous, write.insert = unplaced, false
	}
	if err := l.trim(ctx, ix, src); err != nil {
		return err
	}
	observed := make([]bool, len(ix.writes))
	prefixes := make([][]int64, len(l.longest))
	for object, list := range l.longest {
		prefixes[object] = l.order(ix, int32(object), list, observed)
	}
	for r := range ix.reads {
		l.match(ix, int32(r), prefixes)
	}
	l.unobserved = map[int32][]int32{}
	for w := range ix.writes {
		if !observed[w] {
			object := ix.writes[w].object
			l.unobserved[object] = append(l.unobserved[object], int32(w))
		}
	}
	l.followUp(ix)
	return l.confirm(ctx, ix, src)
}

// order links the writes of an object in the order of its longest list, and
// returns the folded prefixes of that list.
func (l *lists) order(ix *index, object int32, list []int64, observed []bool) []int64 {
	prefix := make([]int64, 1, len(list)+1)
	previous := history.Version(0)
	for _, element := range list {
		prefix = append(prefix, fold(prefix[len(prefix)-1], strconv.FormatInt(element, 10)))
		w := l.writes.get(object, element)
		if w < 0 || observed[w] {
			l.garbage = append(l.garbage, l.longestBy[object]-1)
			continue
		}
		observed[w] = true
		ix.writes[w].previous = previous
		previous = ix.version(w)
	}
	return prefix
}

// match gives a read the version that its last element names.
func (l *lists) match(ix *index, r int32, prefixes [][]int64) {
	read := &ix.reads[r]
	if read.version == absent || int(r) >= len(l.seen) || l.seen[r].length == 0 {
		read.version = 0
		return
	}
	seen := l.seen[r]
	prefix := prefixes[read.object]
	fits := int(seen.length) < len(prefix) && prefix[seen.length] == seen.folded
	if !fits && ix.outcome[owner(ix.readFrom, r)] == history.Committed {
		l.conflicts = append(l.conflicts, conflict{r, l.longestBy[read.object] - 1})
	}
	if w := l.writes.get(read.object, seen.last); w >= 0 {
		read.version = ix.version(w)
	} else {
		read.version = unwritten
	}
}

// followUp places the appends that no read returned after the last one that one
// did, where they are all of one transaction. Else their order is open.
func (l *lists) followUp(ix *index) {
	for object, writes := range l.unobserved {
		live := writes[:0:0]
		one := true
		for _, w := range writes {
			if ix.outcome[ix.writes[w].txn] == history.Committed {
				one = one && (len(live) == 0 || ix.writes[live[0]].txn == ix.writes[w].txn)
				live = append(live, w)
			}
		}
		if !one || len(live) == 0 {
			l.unobserved[object] = live
			continue
		}
		previous := history.Version(0)
		if tail := l.tail(object); tail >= 0 {
			previous = ix.version(tail)
		}
		for _, w := range live {
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

// elements finds the write that appended an element to an object: open addressing over flat arrays.
type elements struct {
	slots    []elementSlot // the length is a power of two
	used     int
	repeated []int32 // writes of an element that another write had appended already
}

type elementSlot struct {
	element int64
	object  int32
	write   int32 // plus one; 0 where the slot is free
}

// put adds an element and reports whether it was new.
func (e *elements) put(object int32, element int64, write int32) bool {
	if 4*e.used >= 3*len(e.slots) {
		old := e.slots
		e.slots = make([]elementSlot, max(64, 2*len(old)))
		for _, s := range old {
			if s.write != 0 {
				*e.slot(s.object, s.element) = s
			}
		}
	}
	s := e.slot(object, element)
	if s.write != 0 {
		return false
	}
	*s = elementSlot{element, object, write + 1}
	e.used++
	return true
}

// get returns the write that appended the element, -1 if none did.
func (e *elements) get(object int32, element int64) int32 {
	if len(e.slots) == 0 {
		return -1
	}
	return e.slot(object, element).write - 1
}

// slot returns the element's slot, a free one if it is not there.
func (e *elements) slot(object int32, element int64) *elementSlot {
	mask := uint64(len(e.slots) - 1)
	for i := mix(mix(uint64(element))^uint64(object)) & mask; ; i = (i + 1) & mask {
		if s := &e.slots[i]; s.write == 0 || s.element == element && s.object == object {
			return s
		}
	}
}
