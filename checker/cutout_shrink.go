package checker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// enough is how many transactions of others a cut-out may have before some are taken out again.
const enough = 12

// mostChecks bounds how often a cut-out is checked while it is made smaller.
const mostChecks = 500

// shrink takes transactions of others out of a cut-out, more and more at a time, then
// fewer, as long as it shows the anomaly and no more others than it did (Zeller and Hildebrandt,
// Simplifying and Isolating Failure-Inducing Input, 2002).
func shrink(ctx context.Context, h *history.History, id AnomalyID, w *Witness, others int) (*history.History, error) {
	own := map[history.TxnID]bool{}
	for i := range w.Transactions {
		own[w.Transactions[i].ID()] = true
	}
	checks := 0
	for size := len(h.Txns) / 2; size > 0; size /= 2 {
		for at := 0; at < len(h.Txns) && len(h.Txns)-len(own) > 1 && checks < mostChecks; {
			smaller := *h
			smaller.Txns = slices.Clone(h.Txns[:at])
			for i := at; i < len(h.Txns); i++ {
				if i >= at+size || own[h.Txns[i].ID()] {
					smaller.Txns = append(smaller.Txns, h.Txns[i])
				}
			}
			if len(smaller.Txns) == len(h.Txns) {
				at += size
				continue
			}
			checks++
			n, same, err := recheck(ctx, &smaller, id, w)
			if err != nil {
				return nil, err
			}
			if same && n <= others {
				h = &smaller
			} else {
				at += size
			}
		}
	}
	return h, nil
}

// around returns a part of the history, whole transactions from some before the witness's first to some after
// its last, that shows the anomaly: nil if none of at most aroundMost does.
func (p *past) around(ctx context.Context, src Source, id AnomalyID, w *Witness) (*history.History, error) {
	first, last := -1, -1
	for i := range w.Transactions {
		at := p.txns[w.Transactions[i].ID()].at
		if first < 0 || at < first {
			first = at
		}
		last = max(last, at)
	}
	for margin := 64; ; margin *= 8 {
		h, all, err := p.part(ctx, src, first-margin, last+margin)
		if err != nil {
			return nil, err
		}
		others, same, err := recheck(ctx, h, id, w)
		switch {
		case err != nil:
			return nil, err
		case same:
			h.Header = p.headerOf(id, w)
			return shrink(ctx, h, id, w, others)
		case all || last-first+2*margin > aroundMost:
			return nil, nil
		}
	}
}

// aroundMost is how many transactions around are tried at most.
const aroundMost = 100_000

// part reads some transactions of the history, and those of the set-up, and reports whether that is all.
func (p *past) part(ctx context.Context, src Source, from, to int) (h *history.History, all bool, err error) {
	stream, err := src.Open()
	if err != nil {
		return nil, false, fmt.Errorf("opening the history to cut out a part: %w", err)
	}
	defer stream.Close()
	h = &history.History{Header: *stream.Header(), Closed: true}
	h.Header.Invariants = nil
	var t history.Transaction
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		switch err := stream.Next(&t); {
		case errors.Is(err, io.EOF):
			h.Statements, h.Events = slices.Clone(stream.Statements()), kills(stream)
			return h, len(h.Txns) == n, nil
		case err != nil:
			return nil, false, fmt.Errorf("reading the history to cut out a part: %w", err)
		}
		if n >= from && n <= to || t.Client == 0 {
			h.Txns = append(h.Txns, t.Clone())
		}
	}
}
