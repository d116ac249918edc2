package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func init() { Register(Counter()) }

// Counter returns the workload in which clients increment a few counters: the
// shortest way to lose an update. A counter must end as the number of the
// increments that were acknowledged.
func Counter() Workload {
	return Workload{
		Name:       "counter",
		Summary:    "increments of a few counters, which must not get lost",
		Strategies: counterGuards().strategies(),
		Default:    true,
		Keys:       4,
		ReadShare:  0.25,
		New:        newCounter,
		order:      1,
	}
}

// The counters' table and its columns. All but the optimistic strategy leave the revision alone.
const (
	counters = 0
	count    = 0
	revision = 1
)

func counterGuards() guards[func(tx *databases.Tx, id int64)] {
	return guards[func(tx *databases.Tx, id int64)]{
		{plain("reads the counter, then writes the sum"), increment(history.NoLock)},
		{retried("atomic", "lets the database add: n = n + 1"), func(tx *databases.Tx, id int64) {
			tx.Update(counters, id, Add(count, 1))
		}},
		{retried("for-update", "reads the counter with FOR UPDATE, then writes the sum"), increment(history.ForUpdate)},
		{retried("for-share", "reads the counter with FOR SHARE, then writes the sum: two who have read it deadlock", databases.ForShare), increment(history.ForShare)},
		{retried("nowait", "reads the counter with FOR UPDATE NOWAIT, and tries again where it is locked", databases.NoWait), increment(history.NoWait)},
		{retried("optimistic", "reads the counter with its revision, writes where that is still the same, and else tries again"), func(tx *databases.Tx, id int64) {
			counter := tx.Read(counters, id)
			same := Where(revision, counter.Int(revision))
			if !tx.UpdateIf(counters, id, same, Set(count, counter.Int(count)+1), Add(revision, 1)) {
				tx.Retry()
			}
		}},
		{retried("advisory-lock", "takes the counter's advisory lock, reads it, then writes the sum", databases.AdvisoryLocks), func(tx *databases.Tx, id int64) {
			tx.AdvisoryLock(id)
			increment(history.NoLock)(tx, id)
		}},
		{serializableRetry(), increment(history.NoLock)},
	}
}

// increment reads a counter in one lock mode and writes the sum.
func increment(lock history.Lock) func(tx *databases.Tx, id int64) {
	return func(tx *databases.Tx, id int64) {
		counter := tx.ReadLocked(counters, id, lock)
		tx.Update(counters, id, Set(count, counter.Int(count)+1))
	}
}

func newCounter(p Params) Instance {
	strategy := counterGuards().named(p.Strategy)
	ids := p.Picker()
	return Instance{
		Tables: []history.Table{{Name: "counters", Columns: intColumns("n", "revision")}},
		Rows:   firstRows(counters, p.Keys, 0, 0),
		Invariants: []history.Invariant{
			{Kind: history.CountsWrites, Name: "counted increments", Table: counters, Column: count, Value: 1},
		},
		Params: p.header("counters"),
		Client: strategy.clients(func(_ int, rng *rand.Rand) Generator {
			return func() Transaction {
				reads, id, abort := p.reads(rng), ids.Key(rng), p.aborts(rng)
				switch {
				case !reads:
					return Transaction{Name: "increment", Body: func(tx *databases.Tx) {
						strategy.does(tx, id)
						abortIf(abort, tx)
					}}
				case rng.IntN(10) < 6:
					return Transaction{Name: "read-twice", Options: readOnly(rng), Body: func(tx *databases.Tx) {
						tx.Read(counters, id)
						tx.Read(counters, id)
					}}
				default:
					return Transaction{Name: "read-all", Options: readOnly(rng), Body: func(tx *databases.Tx) {
						tx.ReadWhere(counters, everyRow())
					}}
				}
			}
		}),
	}
}
