package workloads

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Append returns Elle's list-append workload (Kingsbury and Alvaro, Elle:
// Inferring Isolation Anomalies from Experimental Observations, 2020), on traced
// tables: short transactions that read lists and append unique values to them,
// over a few lists in several tables. It has no invariant but the dependency graph.
func Append() Workload {
	return Workload{
		Name:       "append",
		Summary:    "short transactions that read and append to a few lists",
		Strategies: appendGuards().strategies(),
		Keys:       6,
		New:        newAppend,
	}
}

const (
	listTables  = 3
	list        = 0 // their column
	mostSteps   = 4
	listIsFull  = 32 // values: then clients go on with a new list
	valueSpread = 10_000
)

// A list that is read without a lock, and appended to in one statement, is all there is to Elle's workload.
func appendGuards() guards[history.Lock] {
	return guards[history.Lock]{
		{"plain", "reads lists without locks, and appends in one statement", history.NoLock},
		{"for-update", "reads lists with FOR UPDATE, and appends in one statement", history.ForUpdate},
	}
}

// step is one operation of a transaction of the append workload.
type step struct {
	slot   int
	key    int64
	append int64 // the value to append; 0 to read
}

func newAppend(p Params) Instance {
	lock := appendGuards().named(p.Strategy)
	tables := make([]history.Table, listTables)
	for i := range tables {
		tables[i] = history.Table{Name: "lists_" + strconv.Itoa(i+1), Columns: []history.Column{{Name: "list", Type: history.Text}}}
	}
	return Instance{
		Tables: tables,
		Params: map[string]string{
			"lists": strconv.Itoa(p.Keys), "operations": strconv.Itoa(mostSteps), "values in a list": strconv.Itoa(listIsFull),
		},
		Client: func(client int, rng *rand.Rand) Generator {
			a := appender{lock: lock, lists: make([]int64, p.Keys), value: int64(client)}
			return func() Transaction {
				steps := a.draw(rng)
				abort := rng.Float64() < p.AbortShare
				return Transaction{nameOf(steps), func(tx *databases.Tx) {
					for _, s := range steps {
						a.take(tx, s)
					}
					abortIf(abort, tx)
				}}
			}
		},
	}
}

// appender is what one client of the append workload remembers.
type appender struct {
	lock history.Lock
	// lists are, for each slot, how many lists the client has seen full. Every
	// client goes on with the slot's next list when it has itself read a full
	// one: so all are at the same lists, on however many machines, and no list grows long.
	lists []int64
	value int64
}

// draw draws the steps of a transaction.
func (a *appender) draw(rng *rand.Rand) []step {
	steps := make([]step, 1+rng.IntN(mostSteps))
	for i := range steps {
		slot := rng.IntN(len(a.lists))
		steps[i] = step{slot: slot, key: a.key(slot)}
		if rng.IntN(2) == 0 {
			// Unique in the run: 170003 is the 17th value of client 3.
			a.value += valueSpread
			steps[i].append = a.value
		}
	}
	return steps
}

// key is the key of the list that is a slot's now.
func (a *appender) key(slot int) int64 {
	return a.lists[slot]*int64(len(a.lists)) + int64(slot) + 1
}

// take runs one step.
func (a *appender) take(tx *databases.Tx, s step) {
	table := s.slot % listTables
	if s.append != 0 {
		tx.Append(table, s.key, s.append)
		return
	}
	values := tx.ReadLocked(table, s.key, a.lock).Text(list)
	if s.key == a.key(s.slot) && strings.Count(values, ",")+1 >= listIsFull {
		a.lists[s.slot]++
	}
}

// nameOf says what kind of transaction the steps are.
func nameOf(steps []step) string {
	reads, appends := false, false
	for _, s := range steps {
		reads = reads || s.append == 0
		appends = appends || s.append != 0
	}
	switch {
	case !appends:
		return "read"
	case !reads:
		return "append"
	default:
		return "read-append"
	}
}
