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
// in it, and nothing that the history does not show. If that takes more of the history than seemed necessary, more is taken, in the
// end whole transactions from around the witness's: what shows that a transaction took effect whose client
// never heard so may be anywhere. It is an error if many of these are not enough.
func CutOut(ctx context.Context, src Source, id AnomalyID, w *Witness) (*history.History, error) {
	past, err := gather(ctx, src, pastOf([]*Witness{w}, false))
	if err != nil {
		return nil, err
	}
	return (&cutter{past: past, known: knownOf(src, nil), src: src, id: id, witness: w}).cutOut(ctx)
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
	known := knownOf(src, f)
	for i := range f.Anomalies {
		a := &f.Anomalies[i]
		for j := range a.Witnesses {
			h, err := (&cutter{past: past, known: known, src: src, id: a.ID, witness: &a.Witnesses[j]}).cutOut(ctx)
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

// cutter cuts out one witness.
type cutter struct {
	past    *past
	known   *known
	src     Source
	id      AnomalyID
	witness *Witness
}

// cutOut tries to take little along, and more where that does not show the anomaly, or shows others.
func (c *cutter) cutOut(ctx context.Context) (*history.History, error) {
	var best *history.History
	var least score
	for _, e := range []extent{referenced, ofEdges, ofRows, ofTables} {
		if e == ofTables {
			if best != nil && least.wrong == 0 || !scans(c.witness) {
				break
			}
			var err error
			if c.past, err = gather(ctx, c.src, pastOf([]*Witness{c.witness}, true)); err != nil {
				return nil, err
			}
		}
		h := c.past.build(c.id, c.witness, e)
		s, err := c.recheck(ctx, h)
		if err != nil {
			return nil, err
		}
		if s.same && (best == nil || s.less(least)) {
			best, least = h, s
		}
		if best != nil && least.clean() {
			break
		}
	}
	for _, more := range []func(context.Context) (*history.History, score, error){c.seen, c.around} {
		if best != nil && least.wrong == 0 {
			break
		}
		h, s, err := more(ctx)
		if err != nil {
			return nil, err
		}
		if h != nil && (best == nil || s.less(least)) {
			best, least = h, s
		}
	}
	if best == nil {
		return nil, fmt.Errorf("the %s of %s cannot be cut out: it shows only in much of the history", define(c.id).name, c.witness.Transactions[0].ID())
	}
	if len(best.Txns) > len(c.witness.Transactions)+enough {
		return c.shrink(ctx, best, least)
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

// score is what a check says of a cut-out.
type score struct {
	same   bool // it shows the anomaly in the witness's transactions
	wrong  int  // how many anomalies it shows that the history does not
	others int  // how many it shows in which others take part
}

func (s score) clean() bool { return s.wrong == 0 && s.others == 0 }

func (s score) less(t score) bool {
	return s.wrong < t.wrong || s.wrong == t.wrong && s.others < t.others
}

// recheckWitnesses is more than any cut-out has.
const recheckWitnesses = 1000

// recheck checks a cut-out alone.
func (c *cutter) recheck(ctx context.Context, h *history.History) (score, error) {
	var s score
	own := sortedIDs(c.witness)
	f, err := Check(ctx, h, Options{Witnesses: recheckWitnesses})
	if err != nil {
		return s, errors.Join(errors.New("checking what was cut out"), err)
	}
	for i := range f.Anomalies {
		a := &f.Anomalies[i]
		for j := range a.Witnesses {
			ids := sortedIDs(&a.Witnesses[j])
			if a.ID == c.id && slices.Equal(ids, own) {
				s.same = true
				continue
			}
			if slices.ContainsFunc(ids, func(t history.TxnID) bool { return !slices.Contains(own, t) }) {
				s.others++
			}
			shown, err := c.known.shows(ctx, a.ID, ids)
			if err != nil {
				return s, err
			}
			if !shown {
				s.wrong++
			}
		}
	}
	return s, nil
}

func sortedIDs(w *Witness) []history.TxnID {
	var ids []history.TxnID
	for i := range w.Transactions {
		ids = append(ids, w.Transactions[i].ID())
	}
	slices.Sort(ids)
	return ids
}
