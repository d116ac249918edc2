package workloads

import (
	"math/rand/v2"
	"strconv"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Counter returns the workload in which clients increment a few counters: the
// shortest way to lose an update. A counter must end as the number of the
// increments that were acknowledged.
func Counter() Workload {
	return Workload{
		Name:       "counter",
		Summary:    "increments of a few counters, which must not get lost",
		Strategies: counterGuards().strategies(),
		Keys:       4,
		New:        newCounter,
	}
}

// The counters' table and its column.
const (
	counters = 0
	count    = 0
)

func counterGuards() guards[func(tx *databases.Tx, id int64)] {
	return guards[func(tx *databases.Tx, id int64)]{
		{"plain", "reads the counter, then writes the sum", func(tx *databases.Tx, id int64) {
			counter := tx.Read(counters, id)
			tx.Update(counters, id, Set(count, counter.Int(count)+1))
		}},
		{"atomic", "lets the database add: n = n + 1", func(tx *databases.Tx, id int64) {
			tx.Update(counters, id, Add(count, 1))
		}},
		{"for-update", "reads the counter with FOR UPDATE, then writes the sum", func(tx *databases.Tx, id int64) {
			counter := tx.ReadLocked(counters, id, history.ForUpdate)
			tx.Update(counters, id, Set(count, counter.Int(count)+1))
		}},
	}
}

func newCounter(p Params) Instance {
	increment := counterGuards().named(p.Strategy)
	rows := make([]Row, p.Keys)
	for i := range rows {
		rows[i] = Row{Table: counters, Key: int64(i + 1), Values: []history.Value{history.IntValue(0)}}
	}
	return Instance{
		Tables: []history.Table{{Name: "counters", Columns: []history.Column{{Name: "n", Type: history.Int}}}},
		Rows:   rows,
		Invariants: []history.Invariant{
			{Kind: history.CountsWrites, Name: "counted increments", Table: counters, Column: count, Value: 1},
		},
		Params: map[string]string{"counters": strconv.Itoa(p.Keys)},
		Client: func(_ int, rng *rand.Rand) Generator {
			return func() Transaction {
				kind, id, abort := rng.IntN(100), 1+rng.Int64N(int64(p.Keys)), rng.Float64() < p.AbortShare
				switch {
				case kind < 75:
					return Transaction{"increment", func(tx *databases.Tx) {
						increment(tx, id)
						abortIf(abort, tx)
					}}
				case kind < 90:
					return Transaction{"read-twice", func(tx *databases.Tx) {
						tx.Read(counters, id)
						tx.Read(counters, id)
					}}
				default:
					return Transaction{"read-all", func(tx *databases.Tx) {
						tx.ReadWhere(counters, everyRow())
					}}
				}
			}
		},
	}
}
