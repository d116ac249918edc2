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
// elements of transactions that did not commit, and this time without these.
func (l *lists) trim(ctx context.Context, ix *index, src Source) error {
	dirty := map[int32]bool{}
	for object, list := range l.longest {
		if len(l.trimmed(ix, int32(object), list)) < len(list) {
			dirty[int32(object)] = true
			l.longest[object], l.longestBy[object], l.texts[object] = nil, 0, longestList{}
		}
	}
	if len(dirty) == 0 {
		return nil
	}
	return again(ctx, src, func(t *history.Transaction) {
		if t.Outcome != history.Committed {
			return
		}
		n := ix.txnOf(t.ID())
		if n < 0 {
			return // it was written since
		}
		for r := ix.readFrom[n]; r < ix.readFrom[n+1]; r++ {
			read := &ix.reads[r]
			if !dirty[read.object] || read.version == absent {
				continue
			}
			list := l.trimmed(ix, read.object, listOf(t, read.op))
			if len(list) > len(l.longest[read.object]) {
				l.longest[read.object], l.longestBy[read.object] = list, r+1
			}
		}
	})
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
	return again(ctx, src, func(t *history.Transaction) {
		for _, c := range wanted[t.ID()] {
			object := ix.reads[c.read].object
			list := listOf(t, ix.reads[c.read].op)
			switch {
			case !fit(l.committed(ix, object, list), l.committed(ix, object, l.longest[object])):
				l.conflicts = append(l.conflicts, c)
			case l.impossible(object, list):
				l.garbage = append(l.garbage, c.read)
			default:
				l.noteDirty(ix, c.read, list)
				if !fit(l.notAborted(ix, object, list), l.notAborted(ix, object, l.longest[object])) {
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
			l.dirty = append(l.dirty, dirtyList{read: r, write: l.writes.get(ix.reads[r].object, element)})
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

// impossible reports whether a list has an element twice, or one that nobody appended.
func (l *lists) impossible(object int32, list []int64) bool {
	sorted := slices.Sorted(slices.Values(list))
	for i, element := range sorted {
		if i > 0 && element == sorted[i-1] || l.writes.get(object, element) < 0 {
			return true
		}
	}
	return false
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
