package jepsen

import (
	"container/heap"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// plan is what has to be known of a whole history before its first operation is written.
type plan struct {
	starts   []int64 // of all transactions, sorted
	threads  int     // clients
	timeless bool
}

// makePlan reads a whole history. It keeps eight bytes of each transaction.
func makePlan(ctx context.Context, src history.Source) (*plan, error) {
	p := &plan{timeless: true}
	err := each(ctx, src, func(t *history.Transaction) error {
		p.starts = append(p.starts, t.Start)
		p.threads = max(p.threads, t.Client+1)
		p.timeless = p.timeless && t.End == 0
		return nil
	})
	slices.Sort(p.starts)
	return p, err
}

// each calls f for every transaction of a history.
func each(ctx context.Context, src history.Source, f func(*history.Transaction) error) error {
	s, err := src.Open()
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // it was only read
	var t history.Transaction
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch err := s.Next(&t); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := f(&t); err != nil {
			return err
		}
	}
}

// record is a transaction as it is written: twice.
type record struct {
	client     int
	start, end int64
	outcome    history.Outcome
	invoked    []byte // what it was to do
	done       []byte // and what it did
	completed  bool
	seq        int
}

// orderer writes invocations and completions in the order of their times, of
// transactions that come in about the order in which they ended. In memory are those that
// are under way: transactions that began before the next completion.
type orderer struct {
	plan    *plan
	next    func() (*record, error) // io.EOF at the end
	emit    func(r *record, completion bool) error
	waiting records         // read, not invoked; by start
	running records         // invoked; by end
	busy    map[int]*record // by client: what it has invoked
	read    int
}

// run writes everything.
func (o *orderer) run(ctx context.Context) error {
	o.waiting.before = func(a, b *record) bool { return a.start < b.start }
	o.running.before = func(a, b *record) bool { return a.end < b.end }
	o.busy = map[int]*record{}
	for invoked := 0; ; {
		if invoked%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		more := invoked < len(o.plan.starts)
		if r := o.running.first(); r != nil && (r.completed || !more || r.end < o.plan.starts[invoked]) {
			heap.Pop(&o.running)
			if err := o.complete(r); err != nil {
				return err
			}
			continue
		}
		if !more {
			return nil
		}
		r, err := o.startingAt(o.plan.starts[invoked])
		if err != nil {
			return err
		}
		// A process does one thing at a time, whatever the clock says.
		if before := o.busy[r.client]; before != nil {
			if err := o.complete(before); err != nil {
				return err
			}
		}
		if err := o.emit(r, false); err != nil {
			return err
		}
		invoked++
		o.busy[r.client] = r
		heap.Push(&o.running, r)
	}
}

// startingAt returns a transaction that starts at a time, and that is the first one of those that are left.
func (o *orderer) startingAt(start int64) (*record, error) {
	for r := o.waiting.first(); r == nil || r.start > start; r = o.waiting.first() {
		next, err := o.next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the history changed while it was read")
		}
		if err != nil {
			return nil, err
		}
		o.read++
		next.seq = o.read
		heap.Push(&o.waiting, next)
	}
	return heap.Pop(&o.waiting).(*record), nil
}

func (o *orderer) complete(r *record) error {
	if r.completed {
		return nil
	}
	r.completed = true
	delete(o.busy, r.client)
	return o.emit(r, true)
}

// records is a heap. Of two that are equal the one that was read first comes first.
type records struct {
	all    []*record
	before func(a, b *record) bool
}

func (h *records) first() *record {
	if len(h.all) == 0 {
		return nil
	}
	return h.all[0]
}

func (h *records) Len() int      { return len(h.all) }
func (h *records) Swap(i, j int) { h.all[i], h.all[j] = h.all[j], h.all[i] }
func (h *records) Push(r any)    { h.all = append(h.all, r.(*record)) }

func (h *records) Less(i, j int) bool {
	a, b := h.all[i], h.all[j]
	return h.before(a, b) || !h.before(b, a) && a.seq < b.seq
}

func (h *records) Pop() any {
	last := len(h.all) - 1
	r := h.all[last]
	h.all[last] = nil
	h.all = h.all[:last]
	return r
}
