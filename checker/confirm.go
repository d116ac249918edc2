package checker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// What a list says may have to be looked at again once it is known which
// transactions committed, which is only at the end of a history. An element of one that
// did not is a dirty read; at the end of a list it is no part of the version order, and it makes no
// two lists contradict each other. Lists are not kept, so the history is read again,
// where that is needed at all.

// trim finds the longest list again of each object whose longest one ends with
// elements of transactions that did not commit, and this time without these. It returns the objects.
func (l *lists) trim(ctx context.Context, ix *index, src Source) (map[int32]bool, error) {
	dirty := map[int32]bool{}
	for object := range l.longest {
		elements := l.longest[object].elements
		if len(l.trimmed(ix, int32(object), elements)) < len(elements) {
			dirty[int32(object)] = true
		}
	}
	return dirty, l.find(ctx, ix, src, dirty)
}

// find makes that list of each of the objects the longest which has the most elements that took effect, and at
// its end no other.
func (l *lists) find(ctx context.Context, ix *index, src Source, objects map[int32]bool) error {
	if len(objects) == 0 {
		return nil
	}
	most := map[int32]int{}
	for object := range objects {
		k := &l.longest[object]
		k.retire(int32(len(l.seen)))
		k.elements = nil
	}
	err := again(ctx, src, func(t *history.Transaction) {
		if t.Outcome != history.Committed {
			return
		}
		n := ix.txnOf(t.ID())
		if n < 0 {
			return // it was written since
		}
		for r := ix.readFrom[n]; r < ix.readFrom[n+1]; r++ {
			read := &ix.reads[r]
			if !objects[read.object] || read.version == absent {
				continue
			}
			list := l.trimmed(ix, read.object, listOf(t, read.op()))
			k, took := &l.longest[read.object], len(l.notAborted(ix, read.object, list))
			if took > most[read.object] || took == most[read.object] && len(list) > len(k.elements) {
				k.elements, k.by, most[read.object] = list, r+1, took
			}
		}
	})
	for object := range objects {
		l.longest[object].text = writeElements(l.longest[object].elements)
	}
	return err
}

// confirm drops the conflicts between lists that are none once the elements of
// transactions that did not commit are left out.
func (l *lists) confirm(ctx context.Context, ix *index, src Source) error {
	if len(l.conflicts) == 0 {
		return nil
	}
	wanted := map[history.TxnID][]conflict{}
	for _, c := range l.conflicts {
		id := ix.ids[owner(ix.readFrom, c.read)]
		wanted[id] = append(wanted[id], c)
	}
	l.conflicts = l.conflicts[:0]
	forks := map[fork]bool{}
	return again(ctx, src, func(t *history.Transaction) {
		for _, c := range wanted[t.ID()] {
			object := ix.reads[c.read].object
			list := listOf(t, ix.reads[c.read].op())
			switch {
			case !fit(l.committed(ix, object, list), l.committed(ix, object, l.longest[object].elements)):
				f := forkOf(l.committed(ix, object, list), l.committed(ix, object, l.longest[object].elements))
				f.object = object
				if !forks[f] { // else others have seen it too, which makes it no other anomaly
					l.conflicts = append(l.conflicts, c)
				}
				forks[f] = true
			case l.impossible(c.read, object, list):
			default:
				l.noteDirty(ix, c.read, list)
				if !fit(l.notAborted(ix, object, list), l.notAborted(ix, object, l.longest[object].elements)) {
					l.contested[object] = true // what became of somebody's element is not known
				}
			}
		}
	})
}

// again reads the history once more.
func again(ctx context.Context, src Source, each func(*history.Transaction)) error {
	stream, err := src.Open()
	if err != nil {
		return fmt.Errorf("opening the history again: %w", err)
	}
	defer func() { _ = stream.Close() }()
	var t history.Transaction
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch err := stream.Next(&t); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading the history again: %w", err)
		}
		each(&t)
	}
}

// listOf returns the list that an operation read, nil where it found no row.
func listOf(t *history.Transaction, op int32) []int64 {
	rows := t.Ops[op].Rows
	if len(rows) == 0 || len(rows[0].Values) == 0 || rows[0].Values[0].Text == "" {
		return nil
	}
	return parseElements(rows[0].Values[0].Text, nil)
}

// trimmed returns a list without the elements at its end that did not commit.
func (l *lists) trimmed(ix *index, object int32, list []int64) []int64 {
	for len(list) > 0 && !l.tookEffect(ix, object, list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	return list
}

// committed returns a list without any elements that are not known to have committed.
func (l *lists) committed(ix *index, object int32, list []int64) []int64 {
	var kept []int64
	for _, element := range list {
		if w := l.writes.get(object, element); w < 0 || ix.outcome[ix.writes[w].txn] == history.Committed {
			kept = append(kept, element)
		}
	}
	return kept
}

// noteDirty notes which element of a list is one of a transaction that aborted, if there is one.
func (l *lists) noteDirty(ix *index, r int32, list []int64) {
	for _, element := range list {
		if !l.tookEffect(ix, ix.reads[r].object, element) {
			l.dirty = append(l.dirty, markedList{read: r, write: l.writes.get(ix.reads[r].object, element)})
			return
		}
	}
}

// notAborted returns a list without the elements that are known to have aborted.
func (l *lists) notAborted(ix *index, object int32, list []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(list), func(element int64) bool { return !l.tookEffect(ix, object, element) })
}

// tookEffect reports whether an element, of a list that a committed transaction read, is not one of a transaction
// that aborted.
func (l *lists) tookEffect(ix *index, object int32, element int64) bool {
	w := l.writes.get(object, element)
	return w < 0 || ix.outcome[ix.writes[w].txn] != history.Aborted
}

// impossible reports whether the list that a read returned has an element that nobody appended, or one twice, and notes it.
func (l *lists) impossible(read, object int32, list []int64) bool {
	sorted := slices.Sorted(slices.Values(list))
	for i, element := range sorted {
		w := l.writes.get(object, element)
		switch {
		case w < 0:
			l.garbage = append(l.garbage, read)
			return true
		case i > 0 && element == sorted[i-1]:
			l.doubled = append(l.doubled, markedList{read, w})
			return true
		}
	}
	return false
}

// fork is where a list goes another way than the object's longest.
type fork struct {
	object  int32
	at      int
	element int64
}

// forkOf returns where a list, and with which element, goes another way than another of which it is no beginning.
func forkOf(list, other []int64) fork {
	for i := range min(len(list), len(other)) {
		if list[i] != other[i] {
			return fork{at: i, element: list[i]}
		}
	}
	return fork{}
}

// fit reports whether one of two lists is the beginning of the other.
func fit(a, b []int64) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
