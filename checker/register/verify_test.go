package register_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

// verifier holds a witness against the history alone: it knows nothing of how it was found.
type verifier struct {
	txns    []history.Transaction
	base    register.Model
	order   register.Order
	witness *register.Witness
	ref     *reference
	live    []int // of the reference's transactions: their number in txns
	// proven are the orders of writes that earlier cycles proved: of two
	// transactions' writes of an object, the first precedes the second.
	proven map[[3]int64]bool
	// taken are, by cycle, the orders that it takes for granted: not all of a cycle's can be so.
	taken [][][3]int64
}

func verifyWitness(t *rapid.T, txns []history.Transaction, r register.ModelResult) {
	base, order := r.Model.Split()
	ref, _ := newReference(txns, order)
	v := &verifier{txns: txns, base: base, order: order, witness: r.Witness, ref: ref, proven: map[[3]int64]bool{}}
	for i, live := range refLive(txns) {
		if live {
			v.live = append(v.live, i)
		}
	}
	for i, c := range r.Witness.Cycles {
		if err := v.cycle(&c); err != nil {
			t.Fatalf("%s: the witness is wrong: cycle %d: %v\n%+v\n%s", r.Model, i, err, r.Witness, show(txns))
		}
	}
	if order := v.choice(); order != nil {
		t.Fatalf("%s: the witness is wrong: with this order of writes none of its cycles closes: %v\n%+v\n%s", r.Model, order, r.Witness, show(txns))
	}
}

// txn returns the reference's number of a witness's transaction, -1 for the initial one.
func (v *verifier) txn(index int) int {
	if index < 0 {
		return -1
	}
	return slices.IndexFunc(v.live, func(i int) bool { return v.txns[i].ID() == v.witness.Transactions[index] })
}

// cycle verifies one cycle, and notes what it proves.
func (v *verifier) cycle(c *register.Cycle) error {
	var taken [][3]int64
	for i, e := range c.Edges {
		next := c.Edges[(i+1)%len(c.Edges)]
		if e.To != next.From && e.To >= 0 {
			return fmt.Errorf("edge %d does not lead to the next one", i)
		}
		if v.base == register.SnapshotIsolation && e.Kind == register.RW && next.Kind == register.RW && len(c.Edges) > 2 {
			return fmt.Errorf("edge %d and the next one are anti-dependencies, which snapshot isolation allows", i)
		}
		ok, open := v.edge(e)
		if !ok {
			return fmt.Errorf("edge %d is not there: %s", i, e.Text)
		}
		if open {
			a, b := v.writes(e)
			taken = append(taken, [3]int64{e.Key, int64(a), int64(b)})
		}
	}
	v.taken = append(v.taken, taken)
	if len(taken) == 1 {
		v.proven[[3]int64{taken[0][0], taken[0][2], taken[0][1]}] = true
	}
	return nil
}

// choice returns an order of the writes with which no cycle closes, nil if there is none. It tries all, by key, but
// those in which another write comes between a transaction's and the one that it read and overwrote.
func (v *verifier) choice() map[int64][]int {
	var keys []int64
	for _, taken := range v.taken {
		for _, o := range taken {
			if !slices.Contains(keys, o[0]) {
				keys = append(keys, o[0])
			}
		}
	}
	orders := map[int64][]int{}
	var try func(n int) bool
	try = func(n int) bool {
		if n == len(keys) {
			return !slices.ContainsFunc(v.taken, func(taken [][3]int64) bool {
				return !slices.ContainsFunc(taken, func(o [3]int64) bool {
					order := orders[o[0]]
					return slices.Index(order, int(o[1])) > slices.Index(order, int(o[2]))
				})
			})
		}
		var writers []int
		for t := range v.ref.txns {
			if v.ref.txns[t].writes[keys[n]] {
				writers = append(writers, t)
			}
		}
		return v.permute(keys[n], writers, 0, func() bool { orders[keys[n]] = writers; return try(n + 1) })
	}
	if !try(0) {
		return nil
	}
	return orders
}

// permute calls found with each possible order of the writers of a key from number n on, until it returns true.
func (v *verifier) permute(key int64, writers []int, n int, found func() bool) bool {
	if n == len(writers) {
		return found()
	}
	for i := n; i < len(writers); i++ {
		writers[n], writers[i] = writers[i], writers[n]
		before := -1
		if n > 0 {
			before = writers[n-1]
		}
		from := v.readFrom(writers[n], key)
		if (from == -2 || from == before) && v.permute(key, writers, n+1, found) {
			return true
		}
		writers[n], writers[i] = writers[i], writers[n]
	}
	return false
}

// writes returns whose writes an edge says the order of.
func (v *verifier) writes(e register.Edge) (a, b int) {
	if e.Kind == register.RW {
		return v.readFrom(v.txn(e.From), e.Key), v.txn(e.To)
	}
	return v.txn(e.From), v.txn(e.To)
}

// readFrom returns from whom a transaction read an object.
func (v *verifier) readFrom(reader int, key int64) int {
	for _, read := range v.ref.txns[reader].reads {
		if read.key == key {
			return read.from
		}
	}
	return -2
}

// edge reports whether an edge is there, and whether that takes an order of
// writes for granted that is not proven.
func (v *verifier) edge(e register.Edge) (ok, open bool) {
	from, to := v.txn(e.From), v.txn(e.To)
	switch e.Kind {
	case register.Session, register.RealTime:
		return v.ref.so[from][to], false
	case register.WR:
		return v.ref.readsFrom(to, from), false
	case register.Before:
		return v.before(from, to, v.txn(e.Because), e), false
	}
	a, b := v.writes(e)
	if a < -1 || !v.ref.txns[b].writes[e.Key] || a >= 0 && !v.ref.txns[a].writes[e.Key] || a == b {
		return false, false
	}
	known := v.precedes(e.Key, a, b)
	return known || e.Assumes, !known
}

// precedes reports whether a's write of an object is known to precede b's: because a is the
// initial state, because every transaction from a to b read the object from the
// one before and then wrote it, or because of what earlier cycles proved about
// two such rows of writes that a and b are in.
func (v *verifier) precedes(key int64, a, b int) bool {
	if a == -1 || v.follows(key, a, b) || v.follows(key, -1, a) && !v.follows(key, b, a) {
		return true
	}
	for p := range v.proven {
		if p[0] != key {
			continue
		}
		x, y := int(p[1]), int(p[2])
		if v.together(key, a, x) && v.together(key, y, b) {
			return true
		}
	}
	return false
}

// follows reports whether b read the object from a, or from one that follows a, and wrote it.
func (v *verifier) follows(key int64, a, b int) bool {
	for range v.ref.txns {
		if b < 0 || !slices.ContainsFunc(v.ref.txns[b].reads, func(r refRead) bool { return r.key == key }) {
			return false
		}
		b = v.readFrom(b, key)
		if b == a {
			return true
		}
	}
	return false
}

func (v *verifier) together(key int64, a, b int) bool {
	return a == b || v.follows(key, a, b) || v.follows(key, b, a)
}

// before reports whether a model's axiom demands that from comes before to.
func (v *verifier) before(from, to, because int, e register.Edge) bool {
	base := v.base
	if base == register.Serializable || base == register.SnapshotIsolation {
		base = register.Causal // which both include
	}
	if !v.ref.txns[from].writes[e.Key] {
		return false
	}
	reach := v.ref.closure()
	for i, read := range v.ref.txns[because].reads {
		if read.key == e.Key && read.from == to && v.ref.related(base, from, because, i, nil, reach) {
			return true
		}
	}
	return false
}
