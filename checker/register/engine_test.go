package register_test

import (
	"math/rand/v2"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// engine is a database of registers in memory, with transactions that overlap. Each rule of
// isolation can be left out.
type engine struct {
	sessions, ops, keys int
	seed                uint64
	// readers are how many of a hundred transactions only read.
	readers int
	// latest: reads see the newest committed version, not the snapshot's (read committed).
	latest bool
	// validate: a transaction aborts if what it read was overwritten (serializable).
	validate bool
	// lostUpdates: nobody aborts when another transaction wrote the same object.
	lostUpdates bool
	// untimed leaves out all times.
	untimed bool

	random  *rand.Rand
	objects []object
	now     int64
	commits int64
	value   int64
}

type object struct{ versions []stored }

type stored struct {
	commit, value int64
}

// running is a transaction that a session has open.
type running struct {
	txn      history.Transaction
	snapshot int64
	done     int
	readOnly bool
	own      map[int64]int64
}

// generate runs about count transactions that commit, and hands out each as it
// ends. What it hands out is valid until the next one.
func (e *engine) generate(count int, give func(*history.Transaction)) {
	e.random = rand.New(rand.NewPCG(e.seed, 7))
	e.objects = make([]object, e.keys)
	open := make([]running, e.sessions)
	for s := range open {
		e.begin(&open[s], s+1)
	}
	for given := 0; given < count; {
		s := e.random.IntN(e.sessions)
		t := &open[s]
		e.now++
		if t.done < e.ops {
			e.step(t)
			continue
		}
		e.commit(t)
		if t.txn.Outcome == history.Committed {
			given++
		}
		if e.untimed {
			e.stripTimes(&t.txn)
		}
		give(&t.txn)
		e.begin(t, s+1)
	}
}

func (e *engine) begin(t *running, client int) {
	if t.own == nil {
		t.own = map[int64]int64{}
	}
	clear(t.own)
	t.txn = history.Transaction{Client: client, Number: t.txn.Number + 1, Start: e.now, Ops: t.txn.Ops[:0]}
	if cap(t.txn.Ops) < e.ops {
		t.txn.Ops = make([]history.Op, 0, e.ops)
	}
	t.done, t.snapshot = 0, e.commits
	t.readOnly = e.random.IntN(100) < e.readers
	e.now++
}

func (e *engine) step(t *running) {
	if t.done == 0 {
		t.snapshot = e.commits
	}
	key := int64(e.random.IntN(e.keys))
	t.txn.Ops = t.txn.Ops[:t.done+1]
	op := &t.txn.Ops[t.done]
	t.done++
	if !t.readOnly && e.random.IntN(2) == 0 {
		e.value++
		op.Kind, op.Key, op.Rows = history.Update, key, nil
		op.Set = append(op.Set[:0], history.Assign{Value: history.IntValue(e.value)})
		t.own[key] = e.value
	} else {
		op.Kind, op.Key, op.Set = history.Read, key, nil
		v := e.see(t, key)
		if op.Rows == nil {
			op.Rows = []history.Row{{Values: make([]history.Value, 1)}}
		}
		op.Rows[0].Key, op.Rows[0].Values[0] = key, history.IntValue(v)
	}
	op.Start = e.now
	e.now++
	op.End = e.now
}

// see returns what a transaction reads.
func (e *engine) see(t *running, key int64) int64 {
	if v, ok := t.own[key]; ok {
		return v
	}
	versions := e.objects[key].versions
	for i := len(versions) - 1; i >= 0; i-- {
		if e.latest || versions[i].commit <= t.snapshot {
			return versions[i].value
		}
	}
	return 0
}

func (e *engine) commit(t *running) {
	t.txn.Outcome = history.Committed
	for i := range t.txn.Ops {
		op := &t.txn.Ops[i]
		changed := e.changed(op.Key, t.snapshot)
		if op.Kind == history.Update && changed && !e.lostUpdates && !e.latest || op.Kind == history.Read && changed && e.validate {
			t.txn.Outcome = history.Aborted
		}
	}
	if t.txn.Outcome == history.Committed {
		e.commits++
		for key, v := range t.own {
			o := &e.objects[key]
			o.versions = append(o.versions, stored{e.commits, v})
			if len(o.versions) > 2*e.sessions*e.ops+100 {
				o.versions = slices.Delete(o.versions, 0, len(o.versions)/2)
			}
		}
	}
	e.now++
	t.txn.End = e.now
}

func (e *engine) changed(key, since int64) bool {
	versions := e.objects[key].versions
	return len(versions) > 0 && versions[len(versions)-1].commit > since
}

func (e *engine) stripTimes(txn *history.Transaction) {
	txn.Start, txn.End = 0, 0
	for i := range txn.Ops {
		txn.Ops[i].Start, txn.Ops[i].End = 0, 0
	}
}

// history generates a whole history. Sorted by session it looks as many text formats write it.
func (e *engine) history(count int, bySession bool) []history.Transaction {
	var all []history.Transaction
	e.generate(count, func(t *history.Transaction) { all = append(all, t.Clone()) })
	if bySession {
		slices.SortStableFunc(all, func(a, b history.Transaction) int { return int(a.ID() - b.ID()) })
	}
	return all
}
