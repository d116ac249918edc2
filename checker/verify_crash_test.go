package checker_test

import (
	"errors"
	"slices"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// crashed returns the transactions of unknown outcome that a crash undid: one is where the server
// was killed after its write, and then somebody overwrote, or the final read saw, the version that it
// had replaced. What was written upon such a version is undone with it.
func (w *world) crashed() map[history.TxnID]bool {
	undone := map[history.TxnID]bool{}
	for range w.h.Txns { // one more at least each time, or no more
		for _, versions := range w.written {
			for _, x := range versions {
				if x.txn.Outcome == history.Indeterminate && x.undone == 0 && x.previous > 0 && (w.wentBack(x) || w.uponUndone(x, undone)) {
					undone[x.txn.ID()] = true
				}
			}
		}
	}
	return undone
}

func (w *world) uponUndone(x *version, undone map[history.TxnID]bool) bool {
	p := w.find(x.object, x.previous)
	return p != nil && undone[p.txn.ID()]
}

// wentBack reports whether after a crash the row was again as it had been before a version.
func (w *world) wentBack(x *version) bool {
	killedLater := slices.ContainsFunc(w.h.Events, func(e history.Event) bool { return e.Kind == history.EventKilled && e.At >= x.sent })
	if !killedLater || w.merged {
		return false
	}
	for _, y := range w.written[x.object] {
		if y.txn.Outcome == history.Committed && y.previous == x.previous && y.sent > x.sent {
			return true
		}
	}
	last := w.finalRead()
	return last != nil && slices.ContainsFunc(w.items(last), func(i item) bool { return i.object == x.object && i.version == x.previous })
}

// finalRead returns the read of the final state: isocheck's own transaction that wrote nothing and began when all
// others had ended. nil if there is none.
func (w *world) finalRead() *history.Transaction {
	var last *history.Transaction
	for i := range w.h.Txns {
		t := &w.h.Txns[i]
		writes := slices.ContainsFunc(t.Ops, func(op history.Op) bool { return op.Kind.Writes() })
		if w.h.Header.Run != "" && t.Client == 0 && !writes && t.Outcome == history.Committed {
			last = t
		}
	}
	for i := range w.h.Txns {
		if t := &w.h.Txns[i]; last == nil || t.Client != 0 && t.End > last.Start {
			return nil
		}
	}
	return last
}

// lostCommit checks that a transaction was acknowledged, and that what it wrote was then gone.
func (v *verifier) lostCommit() error {
	if len(v.witness.Edges) != 1 {
		return errors.New("it takes one edge")
	}
	e := &v.witness.Edges[0]
	from, to, o := v.txn(e.From), v.txn(e.To), object{e.Table, e.Key}
	if e.Kind == checker.WW {
		return v.overwrittenAfterCrash(from, to, o)
	}
	if from != v.w.finalRead() || to.Outcome != history.Committed {
		return errors.New("it is not the final read, or the commit was not acknowledged")
	}
	x := v.w.find(o, e.Written)
	if x == nil || x.txn != to {
		return errors.New("the transaction did not write the version")
	}
	if e.Kind == checker.RW {
		if saw, err := v.saw(from, e.FromOp, o); err != nil || v.replaced(x) != saw {
			return errors.New("the final read does not show the version before")
		}
		return nil
	}
	op := &from.Ops[e.FromOp]
	if yes, known := matches(op, x); e.Kind != checker.PredicateRW || !wholeScan(op) || !yes || !known || x.deleted {
		return errors.New("the final read need not give the row")
	}
	if slices.ContainsFunc(op.Rows, func(r history.Row) bool { return r.Key == o.key }) {
		return errors.New("the final read gives the row")
	}
	for _, y := range v.w.written[o] {
		if y != x && y.previous == x.id && y.txn.Outcome != history.Aborted {
			return errors.New("somebody may have replaced the version")
		}
	}
	return nil
}

// overwrittenAfterCrash checks that of two acknowledged transactions which replaced the same version one wrote before, or while, the
// server was killed, and the other after it.
func (v *verifier) overwrittenAfterCrash(from, to *history.Transaction, o object) error {
	for _, x := range v.w.written[o] {
		for _, y := range v.w.written[o] {
			if x.txn != from || y.txn != to || v.replaced(x) != v.replaced(y) || from.Outcome != history.Committed || to.Outcome != history.Committed {
				continue
			}
			for i, kill := range v.w.h.Events {
				over := kill.At
				if i+1 < len(v.w.h.Events) {
					over = v.w.h.Events[i+1].At
				}
				if kill.Kind == history.EventKilled && x.sent <= over && kill.At <= y.sent && x.sent < y.sent {
					return nil
				}
			}
		}
	}
	return errors.New("no crash between two acknowledged writes of the same version")
}

// nonDurable checks that a transaction which took effect saw a version that a crash undid.
func (v *verifier) nonDurable() error {
	e := &v.witness.Edges[0]
	from, to, o := v.txn(e.From), v.txn(e.To), object{e.Table, e.Key}
	saw, err := v.saw(to, e.ToOp, o)
	switch x := v.w.find(o, saw); {
	case len(v.witness.Edges) != 1 || e.Kind != checker.WR:
		return errors.New("it takes one read")
	case err != nil:
		return err
	case x == nil || x.txn != from || !v.w.crashed()[from.ID()] || !v.w.live[to.ID()]:
		return errors.New("what was read was not undone by a crash")
	}
	return nil
}
