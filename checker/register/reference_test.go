package register_test

import (
	"slices"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

// reference judges small histories by trying every commit order. The axioms are
// those of Biswas and Enea (OOPSLA 2019), figure 3, written down as they stand; without
// session order the session relation is empty, with real-time order it
// contains every pair of transactions that did not overlap.
type reference struct {
	txns []refTxn
	// so holds, by pairs of transactions, what the model's order demands.
	so [][]bool
}

// refTxn is what a live transaction read of others and wrote. Transaction -1 is the initial one, which wrote everything.
type refTxn struct {
	reads  []refRead
	writes map[int64]bool
}

type refRead struct {
	key  int64
	from int
}

// newReference takes the reads that are right by themselves. wrong are the kinds of those that are not.
func newReference(txns []history.Transaction, order register.Order) (r *reference, wrong map[register.ReadAnomalyKind]bool) {
	live := refLive(txns)
	wrong = map[register.ReadAnomalyKind]bool{}
	at := make([]int, len(txns)) // of live transactions: their number
	r = &reference{}
	var from []int
	for t := range txns {
		at[t] = -1
		if live[t] {
			at[t] = len(from)
			from = append(from, t)
		}
	}
	for _, t := range from {
		r.txns = append(r.txns, refJudge(txns, t, live, at, wrong))
	}
	r.so = make([][]bool, len(from))
	for i, a := range from {
		r.so[i] = make([]bool, len(from))
		for j, b := range from {
			first, then := &txns[a], &txns[b]
			if first.Outcome != history.Committed || order == register.NoOrder {
				continue
			}
			r.so[i][j] = first.Client == then.Client && first.Number < then.Number ||
				order == register.RealTimeOrder && first.End < then.Start
		}
	}
	return r, wrong
}

// refLive says which transactions took effect as far as it matters.
func refLive(txns []history.Transaction) []bool {
	live := make([]bool, len(txns))
	for t := range txns {
		live[t] = txns[t].Outcome == history.Committed
	}
	for changed := true; changed; {
		changed = false
		for t := range txns {
			own := map[int64]bool{} // what a transaction wrote itself it does not see of others
			for _, op := range txns[t].Ops {
				own[op.Key] = own[op.Key] || op.Kind == history.Update
				if w, _ := refWriter(txns, &op); live[t] && !own[op.Key] && w >= 0 && !live[w] && txns[w].Outcome == history.Indeterminate {
					live[w], changed = true, true
				}
			}
		}
	}
	return live
}

// refWriter returns who wrote what a read returned, and by which operation; -1 for the initial value, -2 for nobody.
func refWriter(txns []history.Transaction, op *history.Op) (txn, write int) {
	if op.Kind != history.Read || len(op.Rows) == 0 {
		return -1, -1
	}
	for t := range txns {
		for i, o := range txns[t].Ops {
			if o.Kind == history.Update && o.Key == op.Key && o.Set[0].Value == op.Rows[0].Values[0] {
				return t, i
			}
		}
	}
	if op.Rows[0].Values[0].Int == 0 {
		return -1, -1
	}
	return -2, -1
}

// refJudge returns a live transaction's reads of others and its writes.
func refJudge(txns []history.Transaction, t int, live []bool, at []int, wrong map[register.ReadAnomalyKind]bool) refTxn {
	result := refTxn{writes: map[int64]bool{}}
	saw := map[int64]int{}
	own := map[int64]int{}
	for i := range txns[t].Ops {
		op := &txns[t].Ops[i]
		if op.Kind == history.Update {
			own[op.Key] = i
			result.writes[op.Key] = true
			continue
		}
		w, write := refWriter(txns, op)
		if last, wrote := own[op.Key]; wrote {
			if w != t || write != last {
				wrong[register.InternalRead] = true
			}
			continue
		}
		switch {
		case w == -2:
			wrong[register.GarbageRead] = true
			continue
		case w == t:
			wrong[register.FutureRead] = true
			continue
		case w >= 0 && !live[w]:
			wrong[register.DirtyRead] = true
			continue
		case w >= 0 && slices.ContainsFunc(txns[w].Ops[write+1:], func(o history.Op) bool { return o.Kind == history.Update && o.Key == op.Key }):
			wrong[register.IntermediateRead] = true
			continue
		}
		if before, ok := saw[op.Key]; ok && before != w {
			wrong[register.NonRepeatableRead] = true
		}
		saw[op.Key] = w
		if w >= 0 {
			w = at[w]
		}
		result.reads = append(result.reads, refRead{op.Key, w})
	}
	return result
}

// holds tries every commit order.
func (r *reference) holds(base register.Model) bool {
	order := make([]int, 0, len(r.txns))
	used := make([]bool, len(r.txns))
	var extend func() bool
	extend = func() bool {
		if len(order) == len(r.txns) {
			return r.allows(base, order)
		}
		for t := range r.txns {
			if used[t] {
				continue
			}
			used[t] = true
			order = append(order, t)
			if extend() {
				return true
			}
			order = order[:len(order)-1]
			used[t] = false
		}
		return false
	}
	return extend()
}

// allows reports whether a commit order includes session order and write-read
// dependencies, and keeps the model's axiom: for every read of x by t3 from t1, and every other t2 that
// wrote x, if the axiom relates t2 to t3 then t2 comes before t1.
func (r *reference) allows(base register.Model, order []int) bool {
	place := make([]int, len(order))
	for i, t := range order {
		place[t] = i
	}
	before := func(a, b int) bool { return a == -1 && b != -1 || a != -1 && b != -1 && place[a] < place[b] }
	for a := range r.txns {
		for b := range r.txns {
			if (r.so[a][b] || r.readsFrom(b, a)) && !before(a, b) {
				return false
			}
		}
	}
	reach := r.closure()
	for t3 := range r.txns {
		for i, read := range r.txns[t3].reads {
			for t2 := range r.txns {
				if t2 == read.from || t2 == t3 || !r.txns[t2].writes[read.key] || before(t2, read.from) {
					continue
				}
				if r.related(base, t2, t3, i, before, reach) {
					return false
				}
			}
		}
	}
	return true
}

// related is the premise of a model's axiom.
func (r *reference) related(base register.Model, t2, t3, read int, before func(a, b int) bool, reach [][]bool) bool {
	switch base {
	case register.ReadCommitted:
		return false
	case register.MonotonicAtomicView:
		return slices.ContainsFunc(r.txns[t3].reads[:read], func(e refRead) bool { return e.from == t2 })
	case register.ReadAtomic:
		return r.so[t2][t3] || r.readsFrom(t3, t2)
	case register.Causal:
		return reach[t2][t3]
	case register.Serializable:
		return before(t2, t3)
	}
	// Snapshot isolation is the conjunction of Prefix and Conflict.
	for t4 := range r.txns {
		if t4 != t2 && !before(t2, t4) {
			continue
		}
		if r.so[t4][t3] || r.readsFrom(t3, t4) {
			return true
		}
		for key := range r.txns[t4].writes {
			if r.txns[t3].writes[key] && before(t4, t3) {
				return true
			}
		}
	}
	return false
}

func (r *reference) readsFrom(reader, writer int) bool {
	return slices.ContainsFunc(r.txns[reader].reads, func(e refRead) bool { return e.from == writer })
}

// closure returns the transitive closure of session order and write-read dependencies.
func (r *reference) closure() [][]bool {
	n := len(r.txns)
	reach := make([][]bool, n)
	for a := range reach {
		reach[a] = make([]bool, n)
		for b := range reach {
			reach[a][b] = r.so[a][b] || r.readsFrom(b, a)
		}
	}
	for k := range n {
		for a := range n {
			for b := range n {
				reach[a][b] = reach[a][b] || reach[a][k] && reach[k][b]
			}
		}
	}
	return reach
}
