package checker_test

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/history"
)

// randomHistory is a small history that no database need have produced: reads see any version,
// writes replace mostly, but not always, the newest one.
type randomHistory struct {
	h      *history.History
	rng    *rand.Rand
	events []randomEvent
	// state is what has been written so far, by key.
	state [][]randomVersion
	weird float64 // how often something is drawn that a database would not do
	after []int   // by transaction: how many operations are done
	more  bool    // savepoints, upserts and updates with a condition too
}

type randomVersion struct {
	id      history.Version
	sent    int64
	value   history.Value
	deleted bool
	undone  bool // rolled back to a savepoint
	txn     int
}

// randomEvent is when an operation takes effect.
type randomEvent struct {
	at      int64
	txn, op int
}

// drawHistory draws the shape of a history from rapid, so that it can be shrunk, and its details from a seed.
func drawHistory(t *rapid.T) *history.History {
	seed := rapid.Uint64().Draw(t, "seed")
	r := &randomHistory{rng: rand.New(rand.NewPCG(seed, 1)), h: &history.History{Closed: true}}
	r.h.Header = history.Header{Format: history.FormatVersion, Tables: []history.Table{{Name: "rows", Columns: []history.Column{{Name: "n", Type: history.Int}}}}}
	keys := rapid.IntRange(1, 3).Draw(t, "keys")
	clients := rapid.IntRange(2, 4).Draw(t, "clients")
	r.more = seed%4 == 3
	r.weird = float64(rapid.IntRange(0, 3).Draw(t, "weird")) * 0.15
	if rapid.IntRange(0, 9).Draw(t, "parts") == 0 {
		r.h.Header.Parts = 2
	}
	r.state = make([][]randomVersion, keys)
	r.setup(rapid.IntRange(0, 1<<keys-1).Draw(t, "setup"))
	left := rapid.IntRange(2, 5).Draw(t, "transactions")
	for c := 1; c <= clients && left > 0; c++ {
		n := 1
		if left > clients-c+1 && r.chance(0.5) {
			n = 2
		}
		n = min(n, left)
		r.client(c, n, rapid.IntRange(1, 4).Draw(t, "operations"))
		left -= n
	}
	r.run()
	slices.SortStableFunc(r.h.Txns, func(a, b history.Transaction) int { return cmp.Compare(a.End, b.End) })
	return r.h
}

func (r *randomHistory) chance(p float64) bool { return r.rng.Float64() < p }

// setup makes the rows of which a bit is set.
func (r *randomHistory) setup(rows int) {
	t := history.Transaction{Client: 0, Number: 1, Outcome: history.Committed, Start: 1, Finish: 30, End: 31}
	for k := range r.state {
		if rows>>k&1 == 0 {
			continue
		}
		n := r.value()
		op := history.Op{Kind: history.Insert, Key: int64(k + 1), Set: []history.Assign{{Value: n}}, Start: int64(2 + 2*k), End: int64(3 + 2*k), Statement: -1}
		v := t.ID().Version(len(t.Ops))
		op.Rows = []history.Row{{Key: op.Key, Version: v}}
		t.Ops = append(t.Ops, op)
		r.state[k] = append(r.state[k], randomVersion{id: v, value: n, txn: -1})
	}
	if len(t.Ops) > 0 {
		r.h.Txns = append(r.h.Txns, t)
		r.after = append(r.after, 0)
	}
}

func (r *randomHistory) value() history.Value { return history.IntValue(r.rng.Int64N(2)) }

// client draws the times of a client's transactions, one after the other, and their outcomes.
func (r *randomHistory) client(client, txns, ops int) {
	at := 40 + r.rng.Int64N(60)
	step := func(most int64) int64 { at += 1 + r.rng.Int64N(most); return at }
	for n := range txns {
		t := history.Transaction{Client: client, Number: n + 1, Start: step(10), Outcome: history.Committed}
		switch c := r.rng.Float64(); {
		case c < 0.12:
			t.Outcome = history.Aborted
		case c < 0.2:
			t.Outcome = history.Indeterminate
		}
		for i := range ops {
			op := history.Op{Start: step(25), Statement: -1}
			op.End = step(25)
			t.Ops = append(t.Ops, op)
			r.events = append(r.events, randomEvent{at: op.Start + r.rng.Int64N(op.End-op.Start+1), txn: len(r.h.Txns), op: i})
		}
		t.Finish = step(10)
		t.End = step(25)
		r.h.Txns = append(r.h.Txns, t)
	}
}

// run lets the operations take effect in the order of time.
func (r *randomHistory) run() {
	slices.SortStableFunc(r.events, func(a, b randomEvent) int { return cmp.Compare(a.at, b.at) })
	for _, e := range r.events {
		r.operate(e)
	}
}

func (r *randomHistory) operate(e randomEvent) {
	t := &r.h.Txns[e.txn]
	op := &t.Ops[e.op]
	k := r.rng.IntN(len(r.state))
	op.Key = int64(k + 1)
	if r.chance(0.15) {
		op.Lock = history.ForUpdate
	}
	switch c := r.rng.IntN(100); {
	case c < 35:
		op.Kind = history.Read
		if v := r.look(e, k); v != nil && !v.deleted {
			op.Rows = []history.Row{r.row(v, k)}
		}
	case c < 55:
		r.scan(e, op, history.ReadWhere)
		if r.chance(0.1) {
			op.Limit = 5
		}
	case c < 60:
		r.scan(e, op, history.UpdateWhere)
	case c < 63:
		r.scan(e, op, history.DeleteWhere)
	case c < 73 && !r.there(e, k):
		op.Kind, op.Lock = history.Insert, history.NoLock
		op.Set = []history.Assign{{Value: r.value()}}
		op.Rows = []history.Row{r.write(e, k, nil, false)}
	case c >= 92 && r.more:
		r.savepoint(e, op)
	case c >= 86 && r.more:
		r.upsert(e, op, k)
	case c < 83:
		op.Kind, op.Lock = history.Delete, history.NoLock
		if v := r.target(e, k); v != nil && !v.deleted {
			op.Rows = []history.Row{r.write(e, k, v, true)}
		}
	default:
		op.Kind, op.Lock = history.Update, history.NoLock
		op.Set = []history.Assign{{Value: r.value()}}
		if r.chance(0.3) {
			op.Set[0].Op = history.Add
		}
		if r.more && r.chance(0.3) {
			op.Where = history.Predicate{{Value: r.value()}}
		}
		if v := r.target(e, k); v != nil && !v.deleted && (len(op.Where) == 0 || op.Where.Matches([]history.Value{v.value})) && !r.chance(r.weird/4) {
			op.Rows = []history.Row{r.write(e, k, v, false)}
		}
	}
}

// savepoint makes a savepoint, or rolls back to the one that was made last, or releases it.
func (r *randomHistory) savepoint(e randomEvent, op *history.Op) {
	t := &r.h.Txns[e.txn]
	op.Kind, op.Key, op.Lock = history.Savepoint, int64(r.rng.IntN(2)), history.NoLock
	if savedAt(t, e.op, op.Key) < 0 || r.chance(0.1) {
		return
	}
	if op.Kind = history.RollbackTo; r.chance(0.2) {
		op.Kind = history.Release
		return
	}
	for k := range r.state {
		for i := range r.state[k] {
			if v := &r.state[k][i]; v.txn == e.txn && rolledBack(t, v.id.Op()) == e.op && !r.chance(r.weird/10) {
				v.undone = true
			}
		}
	}
}

// upsert inserts a row unless it is there, or changes it then.
func (r *randomHistory) upsert(e randomEvent, op *history.Op, k int) {
	op.Kind, op.Lock = history.Upsert, history.NoLock
	op.Set, op.Update = []history.Assign{{Value: r.value()}}, []history.Assign{{Op: history.Add, Value: r.value()}}
	if r.chance(0.5) {
		op.Kind, op.Update = history.InsertIgnore, nil
	} else if r.chance(0.3) {
		op.Where = history.Predicate{{Value: r.value()}}
	}
	v := r.target(e, k)
	switch {
	case v == nil || v.deleted:
		op.Rows = []history.Row{r.write(e, k, nil, false)}
	case op.Kind == history.Upsert && (len(op.Where) == 0 || op.Where.Matches([]history.Value{v.value})):
		op.Rows = []history.Row{r.write(e, k, v, false)}
	}
}

// scan evaluates a predicate, for each row on whatever version it sees.
func (r *randomHistory) scan(e randomEvent, op *history.Op, kind history.Kind) {
	op.Kind, op.Key = kind, 0
	if r.chance(0.7) {
		op.Where = history.Predicate{{Value: r.value()}}
	}
	if kind != history.ReadWhere {
		op.Lock = history.NoLock
	}
	if kind == history.UpdateWhere {
		op.Set = []history.Assign{{Value: r.value()}}
	}
	for k := range r.state {
		v := r.look(e, k)
		if kind != history.ReadWhere {
			v = r.target(e, k)
		}
		if v == nil || v.deleted || !op.Where.Matches([]history.Value{v.value}) || r.chance(r.weird/4) {
			continue
		}
		if kind == history.ReadWhere {
			op.Rows = append(op.Rows, r.row(v, k))
		} else {
			op.Rows = append(op.Rows, r.write(e, k, v, kind == history.DeleteWhere))
		}
	}
}
