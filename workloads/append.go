package workloads

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func init() { Register(Append()) }

// Append returns Elle's list-append workload (Kingsbury and Alvaro, Elle:
// Inferring Isolation Anomalies from Experimental Observations, 2020), on traced
// tables: short transactions that read lists and append unique values to them,
// over a few lists in several tables. It has no invariant but the dependency graph.
func Append() Workload {
	return Workload{
		Name:       "append",
		Summary:    "short transactions that read and append to a few lists",
		Strategies: appendGuards().strategies(),
		Default:    true,
		Keys:       6,
		Length:     4,
		ReadShare:  0.5,
		Rotate:     32,
		New:        newAppend,
		order:      8,
	}
}

const (
	listTables = 3
	list       = 0 // their column
	listName   = 1 // and the one by which the secondary-key strategy finds them
)

// listGuard is a strategy of the append workload: how it reads a list, and appends a value to it.
type listGuard struct {
	read   func(tx *databases.Tx, table int, key int64) string
	append func(tx *databases.Tx, table int, key, value int64)
	named  bool // the lists have names, with an index
}

func appendGuards() guards[listGuard] {
	upsert := func(tx *databases.Tx, table int, key, value int64) { tx.Append(table, key, value) }
	return guards[listGuard]{
		{plain("reads lists by their key, and appends with INSERT … ON CONFLICT DO UPDATE"), listGuard{read: readList(history.NoLock), append: upsert}},
		{Strategy{Name: "in-place", Summary: "as plain, but appends with UPDATE, and inserts only where there is no list yet"}, listGuard{read: readList(history.NoLock), append: appendInPlace}},
		{Strategy{Name: "secondary-key", Summary: "as plain, but reads lists, and updates them, by a column with an index"}, listGuard{read: readNamed, append: appendNamed, named: true}},
		{retried("for-update", "as plain, but reads lists with FOR UPDATE"), listGuard{read: readList(history.ForUpdate), append: upsert}},
		{serializableRetry(), listGuard{read: readList(history.NoLock), append: upsert}},
	}
}

func readList(lock history.Lock) func(tx *databases.Tx, table int, key int64) string {
	return func(tx *databases.Tx, table int, key int64) string { return tx.ReadLocked(table, key, lock).Text(list) }
}

// concat adds a value to the end of a list.
func concat(value int64) history.Assign {
	return history.Assign{Column: list, Op: history.Concat, Value: history.IntValue(value)}
}

func appendInPlace(tx *databases.Tx, table int, key, value int64) {
	if !tx.Update(table, key, concat(value)) {
		tx.Append(table, key, value)
	}
}

// readNamed reads a list by its name, which is its key's number.
func readNamed(tx *databases.Tx, table int, key int64) string {
	found := tx.ReadWhere(table, Where(listName, key))
	if len(found) == 0 {
		return ""
	}
	return found[0].Text(list)
}

// appendNamed appends to a list that was read by its name, or to a new one.
func appendNamed(tx *databases.Tx, table int, key, value int64) {
	if len(tx.ReadWhere(table, Where(listName, key))) > 0 {
		tx.UpdateWhere(table, Where(listName, key), concat(value))
		return
	}
	first := []history.Value{history.TextValue(strconv.FormatInt(value, 10)), history.IntValue(key)}
	tx.Upsert(table, key, first, nil, concat(value))
}

// step is one operation of a transaction of the append workload.
type step struct {
	slot, key int64
	append    int64 // the value to append; 0 to read
}

func newAppend(p Params) Instance {
	strategy := appendGuards().named(p.Strategy)
	columns := []history.Column{{Name: "list", Type: history.Text}}
	var indexes []int
	if strategy.does.named {
		columns, indexes = append(columns, history.Column{Name: "name", Type: history.Int}), []int{listName}
	}
	tables := make([]history.Table, listTables)
	for i := range tables {
		tables[i] = history.Table{Name: "lists_" + strconv.Itoa(i+1), Columns: columns, Indexes: indexes}
	}
	return Instance{
		Tables: tables,
		Params: p.header("lists"),
		Client: strategy.clients(func(client int, rng *rand.Rand) Generator {
			a := appender{does: strategy.does, params: p, which: p.Picker(), slots: newSlots(p.Keys), value: freshInTurn(client)}
			return func() Transaction {
				steps := a.draw(rng)
				abort := p.aborts(rng)
				t := Transaction{Name: nameOf(steps), Body: func(tx *databases.Tx) {
					for _, s := range steps {
						a.take(tx, s)
					}
					abortIf(abort, tx)
				}}
				if t.Name == "read" && p.Strategy != "for-update" { // which locks
					t.Options = readOnly(rng)
				}
				return t
			}
		}),
	}
}

// appender is what one client of the append workload remembers.
type appender struct {
	does   listGuard
	params Params
	which  Picker
	slots  *slots
	value  func() int64
}

// draw draws the steps of a transaction.
func (a *appender) draw(rng *rand.Rand) []step {
	steps := make([]step, 1+rng.IntN(a.params.Length))
	for i := range steps {
		slot := a.which.Key(rng)
		steps[i] = step{slot: slot, key: a.slots.key(slot)}
		if !a.params.reads(rng) {
			steps[i].append = a.value()
		}
	}
	return steps
}

// take runs one step.
func (a *appender) take(tx *databases.Tx, s step) {
	table := int(s.slot-1) % listTables
	if s.append != 0 {
		a.does.append(tx, table, s.key, s.append)
		return
	}
	if values := a.does.read(tx, table, s.key); strings.Count(values, ",")+1 >= a.params.Rotate {
		a.slots.usedUp(s.slot, s.key)
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
