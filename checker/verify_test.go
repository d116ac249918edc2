package checker_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// verifyFindings checks every witness against the transactions' own operations.
func verifyFindings(w *world, f *checker.Findings) error {
	var errs []error
	for i := range f.Anomalies {
		a := &f.Anomalies[i]
		if a.Count > 0 && len(a.Witnesses) == 0 || a.Violations > a.Count {
			errs = append(errs, fmt.Errorf("%s: %d found, %d violations, and %d witnesses", a.ID, a.Count, a.Violations, len(a.Witnesses)))
		}
		for j := range a.Witnesses {
			v := verifier{w: w, id: a.ID, witness: &a.Witnesses[j]}
			if err := v.verify(); err != nil {
				errs = append(errs, fmt.Errorf("%s, witness %d: %w\n%s", a.ID, j, err, formatWitness(v.witness)))
			}
		}
	}
	return errors.Join(errs...)
}

// verifier checks one witness. It knows the definitions, and nothing of how the witness was found.
type verifier struct {
	w       *world
	id      checker.AnomalyID
	witness *checker.Witness
}

func (v *verifier) verify() error {
	if v.witness.Sentence == "" || len(v.witness.Edges) == 0 {
		return errors.New("it says nothing")
	}
	for i := range v.witness.Transactions {
		t := &v.witness.Transactions[i]
		if !slices.ContainsFunc(v.w.h.Txns, func(u history.Transaction) bool { return u.ID() == t.ID() && len(u.Ops) == len(t.Ops) }) {
			return fmt.Errorf("transaction %s is not in the history", t.ID())
		}
	}
	switch v.id {
	case checker.IncompatibleVersions, checker.GarbageRead, checker.FutureRead, checker.InternalRead, checker.DirtyRead, checker.DirtyUpdate, checker.IntermediateRead:
		return v.single()
	case checker.LostCommit:
		return v.lostCommit()
	case checker.NonDurableRead:
		return v.nonDurable()
	}
	return v.cycle()
}

// cycle checks a cycle: it closes, goes through each transaction once, every edge is one, and the class is right.
func (v *verifier) cycle() error {
	n := len(v.witness.Edges)
	if len(v.witness.Transactions) != n {
		return fmt.Errorf("%d edges join %d transactions", n, len(v.witness.Transactions))
	}
	for i := range v.witness.Edges {
		e := &v.witness.Edges[i]
		if e.From != i || e.To != (i+1)%n {
			return fmt.Errorf("edge %d goes from %d to %d", i, e.From, e.To)
		}
		if !v.w.live[v.txn(e.From).ID()] {
			return fmt.Errorf("T%d took no effect", e.From+1)
		}
		if err := v.edge(e); err != nil {
			return fmt.Errorf("edge %d, %s: %w", i, e.Text, err)
		}
	}
	return v.class()
}

func (v *verifier) txn(i int) *history.Transaction {
	id := v.witness.Transactions[i].ID()
	for j := range v.w.h.Txns {
		if v.w.h.Txns[j].ID() == id {
			return &v.w.h.Txns[j]
		}
	}
	return nil
}

var antiKinds = []checker.EdgeKind{checker.RW, checker.PredicateRW}

// class checks that the edges are those of the anomaly's definition.
func (v *verifier) class() error {
	edges := v.witness.Edges
	count := map[checker.EdgeKind]int{}
	adjacent, objects := false, map[object]bool{}
	for i, e := range edges {
		count[e.Kind]++
		objects[object{e.Table, e.Key}] = true
		adjacent = adjacent || slices.Contains(antiKinds, e.Kind) && slices.Contains(antiKinds, edges[(i+1)%len(edges)].Kind)
	}
	anti := count[checker.RW] + count[checker.PredicateRW]
	predicate := count[checker.PredicateRW]+count[checker.PredicateWR] > 0
	reads := count[checker.WR] + count[checker.PredicateWR]
	id := string(v.id)
	if base, ok := strings.CutSuffix(id, "-session"); ok {
		if id = base; count[checker.Session] == 0 || count[checker.RealTime] > 0 {
			return errors.New("not closed by session order")
		}
	} else if base, ok := strings.CutSuffix(id, "-real-time"); ok {
		if id = base; count[checker.RealTime] == 0 {
			return errors.New("not closed by real-time order")
		}
	} else if count[checker.Session]+count[checker.RealTime] > 0 {
		return errors.New("no variant, but with session or real-time order")
	}
	ordered := string(v.id) != id
	ok := false
	switch checker.AnomalyID(id) {
	case checker.DirtyWrite:
		ok = anti == 0 && reads == 0
	case checker.CircularFlow:
		ok = anti == 0 && reads > 0
	case checker.LostUpdate, checker.CursorLostUpdate:
		locked := v.txn(0).Ops[edges[0].FromOp].Lock != history.NoLock && edges[0].Seen > 0
		ok = edges[0].Kind == checker.RW && count[checker.WW] == len(edges)-1 && len(objects) == 1 && locked == (v.id == checker.CursorLostUpdate)
	case checker.NonRepeatableRead:
		ok = edges[0].Kind == checker.RW && edges[len(edges)-1].Kind == checker.WR && anti == 1 && reads == 1 && len(objects) == 1
	case checker.Phantom:
		ok = anti == 1 && predicate
	case checker.ReadSkew:
		ok = anti == 1 && (!predicate || ordered)
	case checker.FracturedRead:
		ok = anti == 1 && slices.Contains(antiKinds, edges[0].Kind) && edges[len(edges)-1].Kind == checker.WR &&
			edges[0].FromOp >= edges[len(edges)-1].ToOp
	case checker.LongFork:
		ok = anti >= 2 && !adjacent
	case checker.WriteSkew:
		ok = anti >= 2 && adjacent && count[checker.PredicateRW] == 0
	case checker.PredicateWriteSkew:
		ok = anti >= 2 && adjacent && count[checker.PredicateRW] > 0
	}
	if !ok {
		return fmt.Errorf("the edges are not those of %s: %v", v.id, count)
	}
	return nil
}

func formatWitness(w *checker.Witness) string {
	var b strings.Builder
	fmt.Fprintln(&b, w.Sentence)
	for _, e := range w.Edges {
		fmt.Fprintf(&b, "  T%d --%s--> T%d  ops %d, %d  saw %d wrote %s: %s\n", e.From+1, e.Kind, e.To+1, e.FromOp, e.ToOp, e.Seen, e.Written, e.Text)
	}
	for i := range w.Transactions {
		fmt.Fprintf(&b, "  T%d is %s\n", i+1, w.Transactions[i].ID())
	}
	return b.String()
}
