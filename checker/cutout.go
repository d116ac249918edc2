package checker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// CutOut returns a small history of its own that shows a witness's anomaly when it is checked alone: the
// witness's transactions as they are, and of others only the writes that it takes so that versions, chains and
// predicates still mean the same.
//
// What others wrote is written again with the same values. A version whose history before it is left out is
// an insert of the set-up's. So versions of transactions that are not the witness's may have other numbers; their order, and what
// the witness's own transactions asked for and were answered, stays. Invariants are left out, and
// events, unless the server was killed.
//
// The history is checked before it is returned: the same transactions show the same anomaly
// in it, and if that takes more of the history than seemed necessary, more is taken, in the
// end whole transactions from around the witness's: what shows that a transaction took effect whose client
// never heard so may be anywhere. It is an error if many of these are not enough.
func CutOut(ctx context.Context, src Source, id AnomalyID, w *Witness) (*history.History, error) {
	past, err := gather(ctx, src, pastOf([]*Witness{w}, false))
	if err != nil {
		return nil, err
	}
	return past.cutOut(ctx, src, id, w)
}

// CutOutAll cuts out every witness of the findings, and passes each on with its anomaly and its number
// among the anomaly's witnesses, from 0. It reads the history once for all of them.
func CutOutAll(ctx context.Context, src Source, f *Findings, each func(a *Anomaly, n int, h *history.History) error) error {
	var all []*Witness
	for i := range f.Anomalies {
		for j := range f.Anomalies[i].Witnesses {
			all = append(all, &f.Anomalies[i].Witnesses[j])
		}
	}
	if len(all) == 0 {
		return nil
	}
	past, err := gather(ctx, src, pastOf(all, false))
	if err != nil {
		return err
	}
	for i := range f.Anomalies {
		a := &f.Anomalies[i]
		for j := range a.Witnesses {
			h, err := past.cutOut(ctx, src, a.ID, &a.Witnesses[j])
			if err == nil {
				err = each(a, j, h)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// extent is how much of what others did a cut-out takes along.
type extent int

const (
	// referenced: the versions that the witness's transactions read or replaced.
	referenced extent = iota
	// ofEdges: all of the rows that the witness's edges are about.
	ofEdges
	// ofRows: all of the rows that the witness's transactions touched.
	ofRows
	// ofTables: all of the tables that they read by a predicate.
	ofTables
)

// cutOut tries to take little along, and more where that does not show the anomaly, or shows others.
func (p *past) cutOut(ctx context.Context, src Source, id AnomalyID, w *Witness) (*history.History, error) {
	var best *history.History
	fewest := 0
	for _, e := range []extent{referenced, ofEdges, ofRows, ofTables} {
		if e == ofTables {
			if best != nil || !scans(w) {
				break
			}
			var err error
			if p, err = gather(ctx, src, pastOf([]*Witness{w}, true)); err != nil {
				return nil, err
			}
		}
		h := p.build(id, w, e)
		others, same, err := recheck(ctx, h, id, w)
		if err != nil {
			return nil, err
		}
		if same && (best == nil || others < fewest) {
			best, fewest = h, others
		}
		if best != nil && fewest == 0 {
			break
		}
	}
	if best == nil {
		h, err := p.around(ctx, src, id, w)
		if h == nil && err == nil {
			err = fmt.Errorf("the %s of %s cannot be cut out: it shows only in much of the history", define(id).name, w.Transactions[0].ID())
		}
		return h, err
	}
	if len(best.Txns) > len(w.Transactions)+enough {
		return shrink(ctx, best, id, w, fewest)
	}
	return best, nil
}

func scans(w *Witness) bool {
	for i := range w.Transactions {
		if slices.ContainsFunc(w.Transactions[i].Ops, func(op history.Op) bool { return op.Kind.ByPredicate() }) {
			return true
		}
	}
	return false
}

// recheckWitnesses is more than any cut-out has.
const recheckWitnesses = 1000

// recheck checks a cut-out alone, and reports whether it shows the anomaly in the witness's
// transactions, and how many anomalies it shows in which others take part.
func recheck(ctx context.Context, h *history.History, id AnomalyID, w *Witness) (others int, same bool, err error) {
	own := sortedIDs(w)
	f, err := Check(ctx, h, Options{Witnesses: recheckWitnesses})
	if err != nil {
		return 0, false, errors.Join(errors.New("checking what was cut out"), err)
	}
	for i := range f.Anomalies {
		a := &f.Anomalies[i]
		for j := range a.Witnesses {
			switch ids := sortedIDs(&a.Witnesses[j]); {
			case a.ID == id && slices.Equal(ids, own):
				same = true
			case slices.ContainsFunc(ids, func(t history.TxnID) bool { return !slices.Contains(own, t) }):
				others++
			}
		}
	}
	return others, same, nil
}

func sortedIDs(w *Witness) []history.TxnID {
	var ids []history.TxnID
	for i := range w.Transactions {
		ids = append(ids, w.Transactions[i].ID())
	}
	slices.Sort(ids)
	return ids
}
