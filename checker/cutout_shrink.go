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
const enough = 4

// mostChecks bounds how often a cut-out is checked while it is made smaller.
const mostChecks = 500

// shrink takes transactions of others out of a cut-out, more and more at a time, then
// fewer, as long as it shows the anomaly, and no more others, and nothing wrong, than it did (Zeller and Hildebrandt,
// Simplifying and Isolating Failure-Inducing Input, 2002).
func (c *cutter) shrink(ctx context.Context, h *history.History, was score) (*history.History, error) {
	own := map[history.TxnID]bool{}
	for i := range c.witness.Transactions {
		own[c.witness.Transactions[i].ID()] = true
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
			s, err := c.recheck(ctx, &smaller)
			if err != nil {
				return nil, err
			}
			if s.same && !was.less(s) {
				h = &smaller
			} else {
				at += size
			}
		}
	}
	return h, nil
}

// around returns a part of the history, whole transactions from some before the witness's first to some after
// its last, that shows the anomaly, with what they read and replaced of those before: nil if none of at most aroundMost does.
func (c *cutter) around(ctx context.Context) (*history.History, score, error) {
	first, last := -1, -1
	for i := range c.witness.Transactions {
		at := c.past.txns[c.witness.Transactions[i].ID()].at
		if first < 0 || at < first {
			first = at
		}
		last = max(last, at)
	}
	for margin := 64; ; margin *= 8 {
		h, all, err := c.part(ctx, first-margin, last+margin)
		if err != nil {
			return nil, score{}, err
		}
		if !all {
			if h, err = c.completed(ctx, h); err != nil {
				return nil, score{}, err
			}
		}
		s, err := c.recheck(ctx, h)
		switch {
		case err != nil:
			return nil, score{}, err
		case s.same && s.wrong == 0 || s.same && all:
			h.Header = c.past.headerOf(c.id, c.witness)
			return h, s, nil
		case all || last-first+2*margin > aroundMost:
			return nil, score{}, nil
		}
	}
}

// aroundMost is how many transactions around are tried at most.
const aroundMost = 100_000

// part reads some transactions of the history, and those of the set-up, and reports whether that is all.
func (c *cutter) part(ctx context.Context, from, to int) (h *history.History, all bool, err error) {
	stream, err := c.src.Open()
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
