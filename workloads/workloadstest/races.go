package workloadstest

import (
	"context"
	"fmt"
	"math"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// Raced says that what breaks the promise of the history's level, or else its invariants, is nothing but a race in
// the server that FINDINGS.md explains. It takes more clients than cores, and luck, so that no test can count on
// it, and none must fail for it. Of a strategy that is safe, reads that broke an invariant must have lost a race too.
func Raced(ctx context.Context, h *history.History, safe bool) (bool, error) {
	race := raceAt(h.Header.Database, h.Header.Level)
	if race == nil {
		return false, nil
	}
	f, err := checker.Check(ctx, h, checker.Options{Expect: checker.Model(h.Header.Promise), Witnesses: math.MaxInt32})
	if err != nil {
		return false, fmt.Errorf("looking for a race in the history: %w", err)
	}
	losers := map[history.TxnID]bool{}
	for i := range f.Anomalies {
		for j := range f.Anomalies[i].Witnesses {
			w := &f.Anomalies[i].Witnesses[j]
			if loser := race(w); loser != nil {
				losers[loser.ID()] = true
			} else if w.Violation {
				return false, nil
			}
		}
	}
	if !safe || h.Header.Database == "postgres" { // what is wrong there was written, so that every later read may show it
		return len(losers) > 0, nil
	}
	broken := 0
	for _, inv := range f.Invariants {
		broken += inv.Broken
	}
	// No anomaly is tied to the very read that broke an invariant, but there is none without one.
	return len(losers) > 0 && broken <= len(losers), nil
}

// raceAt returns what finds the race of the product and level in a witness, and the transaction that lost
// it, nil for none; and nil where no race is known.
func raceAt(product string, level history.Level) func(*checker.Witness) *history.Transaction {
	switch {
	case product == "postgres" && level == history.Serializable:
		return commitRace
	case product == "mariadb" && level == history.RepeatableRead:
		return func(w *checker.Witness) *history.Transaction { return snapshotRace(w, firstPlainRead) }
	case product == "mariadb" && level == history.ReadCommitted:
		return func(w *checker.Witness) *history.Transaction { return snapshotRace(w, ownSnapshot) }
	}
	return nil
}

// commitRace finds T1, T2 and T3 in the witness's cycle, where T1 missed a write of T2, and T2
// one of T3; and T3's commit had not been answered when T1 began, and T2 sent its own.
func commitRace(w *checker.Witness) *history.Transaction {
	for i, e := range w.Edges {
		next := w.Edges[(i+1)%len(w.Edges)]
		t1, t2, t3 := &w.Transactions[e.From], &w.Transactions[e.To], &w.Transactions[next.To]
		if missed(e) && missed(next) && t1.Start < t3.End && t2.Finish < t3.End {
			return t1
		}
	}
	return nil
}

// snapshotRace finds T1 in the witness's cycle, whose snapshot was made while both a
// transaction of which it missed a write and the one of which it saw one were committing.
func snapshotRace(w *checker.Witness, snapshot func(t1 *history.Transaction, saw, missed checker.Edge) *history.Op) *history.Transaction {
	for i, e := range w.Edges {
		before := w.Edges[(i+len(w.Edges)-1)%len(w.Edges)]
		if !missed(e) || before.Kind != checker.WR && before.Kind != checker.PredicateWR {
			continue
		}
		t1 := &w.Transactions[e.From]
		made := snapshot(t1, before, e)
		committing := func(t *history.Transaction) bool { return t.Finish < made.End && made.Start < t.End }
		if made != nil && committing(&w.Transactions[before.From]) && committing(&w.Transactions[e.To]) {
			return t1
		}
	}
	return nil
}

// firstPlainRead is where repeatable read makes the snapshot of a transaction.
func firstPlainRead(t1 *history.Transaction, _, _ checker.Edge) *history.Op {
	for i := range t1.Ops {
		if o := &t1.Ops[i]; !o.Kind.Writes() && o.Lock == history.NoLock {
			return o
		}
	}
	return nil
}

// ownSnapshot is the statement that both saw and missed: at read committed each has a snapshot of its own.
func ownSnapshot(t1 *history.Transaction, saw, missed checker.Edge) *history.Op {
	if saw.ToOp != missed.FromOp {
		return nil
	}
	return &t1.Ops[missed.FromOp]
}

func missed(e checker.Edge) bool { return e.Kind == checker.RW || e.Kind == checker.PredicateRW }
