package checker

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// mostSeers is how many transactions are tried of those that saw what one wrote whose client never heard what became of it.
const mostSeers = 4

// seen returns a cut-out with transactions of others that saw what those of the witness's transactions wrote whose outcome is
// not known: only so it is certain that these took effect. It is nil where none of these shows the anomaly.
func (c *cutter) seen(ctx context.Context) (*history.History, score, error) {
	seers, err := c.seers(ctx)
	if err != nil || len(seers) == 0 {
		return nil, score{}, err
	}
	for n := range mostSeers {
		part := &history.History{Txns: slices.Clone(c.witness.Transactions)}
		for _, of := range seers {
			t := of[min(n, len(of)-1)]
			if !slices.ContainsFunc(part.Txns, func(o history.Transaction) bool { return o.ID() == t.ID() }) {
				part.Txns = append(part.Txns, t)
			}
		}
		h, err := c.completed(ctx, part)
		if err != nil {
			return nil, score{}, err
		}
		h.Header = c.past.headerOf(c.id, c.witness)
		s, err := c.recheck(ctx, h)
		if err != nil || s.same && s.wrong == 0 {
			return h, s, err
		}
	}
	return nil, score{}, nil
}

// seers returns the first transactions that saw what the witness's transactions wrote whose outcome is not known, by these.
func (c *cutter) seers(ctx context.Context) (map[history.TxnID][]history.Transaction, error) {
	seers := map[history.TxnID][]history.Transaction{}
	own := sortedIDs(c.witness)
	for i := range c.witness.Transactions {
		if t := &c.witness.Transactions[i]; t.Outcome == history.Indeterminate && c.past.header.Traces == history.TracedRows {
			seers[t.ID()] = nil
		}
	}
	if len(seers) == 0 {
		return nil, nil
	}
	err := again(ctx, c.src, func(t *history.Transaction) {
		if t.Outcome != history.Committed || slices.Contains(own, t.ID()) {
			return
		}
		for id, of := range seers {
			if len(of) < mostSeers && sees(t, id) {
				seers[id] = append(of, onlySeeing(t.Clone(), id))
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("cutting out a part: %w", err)
	}
	maps.DeleteFunc(seers, func(_ history.TxnID, of []history.Transaction) bool { return len(of) == 0 })
	return seers, nil
}

// sees reports whether a transaction read or replaced what another wrote.
func sees(t *history.Transaction, id history.TxnID) bool {
	return slices.ContainsFunc(t.Ops, func(op history.Op) bool { return seesIn(&op, id) })
}

func seesIn(op *history.Op, id history.TxnID) bool {
	return op.Error == nil && slices.ContainsFunc(op.Rows, func(r history.Row) bool {
		return r.Version > 0 && r.Version.Txn() == id || r.Previous > 0 && r.Previous.Txn() == id
	})
}

// onlySeeing leaves of a transaction only the read that saw what another wrote, if it is one of a
// row: that is enough, and what else the transaction did would show other anomalies.
func onlySeeing(t history.Transaction, id history.TxnID) history.Transaction {
	n := slices.IndexFunc(t.Ops, func(op history.Op) bool { return op.Kind == history.Read && seesIn(&op, id) })
	if n >= 0 {
		t.Ops = t.Ops[n : n+1]
	}
	return t
}

// completed adds to a part of a history what its transactions read and replaced of others.
func (c *cutter) completed(ctx context.Context, part *history.History) (*history.History, error) {
	w := &Witness{Transactions: part.Txns}
	p, err := gather(ctx, c.src, pastOf([]*Witness{w}, false))
	if err != nil {
		return nil, err
	}
	return p.build(c.id, w, referenced), nil
}
