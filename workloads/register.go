package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func init() { Register(Registers()) }

// Registers returns the workload of reads and writes of many registers, most of them
// mini-transactions, in which each write follows a read of the same register
// (MTC: Black-box Checking of Isolation Guarantees with Mini-Transactions, 2024).
// Every value is written once. It has no invariant but the dependency graph.
func Registers() Workload {
	return Workload{
		Name:       "register",
		Summary:    "short transactions that read and write many registers",
		Strategies: registerGuards().strategies(),
		Keys:       24,
		Length:     4,
		ReadShare:  0.5,
		Rotate:     32,
		New:        newRegisters,
		order:      9,
	}
}

// The registers' table and its columns: the value, how often the register was
// written, and a number by which it is found too.
const (
	registers  = 0
	value      = 0
	written    = 1
	registerID = 2
)

func registerGuards() guards[history.Lock] {
	return guards[history.Lock]{
		{plain("reads registers without locks"), history.NoLock},
		{retried("for-update", "reads registers with FOR UPDATE"), history.ForUpdate},
		{serializableRetry(), history.NoLock},
	}
}

// The ways in which a register is read or written, and how many in a hundred reads or writes are of the rarer ways.
type way uint8

const (
	byKey      way = iota
	byNumber       // a read by the column that has an index
	inPlace        // an update after a read
	blindly        // an upsert
	ifNewer        // an upsert that leaves a row with a newer value as it is
	ifAbsent       // an insert that is refused where the register is there
	deleteMake     // delete and insert
)

const (
	numberShare = 25
	blindShare  = 12
	newerShare  = 8
	absentShare = 8
	deleteShare = 8
)

// access is one read or write of a transaction of the register workload.
type access struct {
	way       way
	slot, key int64
	value     int64
}

func newRegisters(p Params) Instance {
	strategy := registerGuards().named(p.Strategy)
	return Instance{
		Tables: []history.Table{{Name: "registers", Columns: intColumns("value", "writes", "number"), Indexes: []int{registerID}}},
		Params: p.header("registers"),
		Client: strategy.clients(func(client int, rng *rand.Rand) Generator {
			r := registrar{lock: strategy.does, params: p, which: p.Picker(), slots: newSlots(p.Keys), value: freshInTurn(client)}
			return func() Transaction {
				accesses, name := r.draw(rng)
				abort := p.aborts(rng)
				t := Transaction{Name: name, Body: func(tx *databases.Tx) {
					for _, a := range accesses {
						r.take(tx, a)
					}
					abortIf(abort, tx)
				}}
				if name == "read" && r.lock == history.NoLock {
					t.Options = readOnly(rng)
				}
				return t
			}
		}),
	}
}

// registrar is what one client of the register workload remembers.
type registrar struct {
	lock   history.Lock
	params Params
	which  Picker
	slots  *slots
	value  func() int64
}

// draw draws what a transaction does, and says what it is called.
func (r *registrar) draw(rng *rand.Rand) ([]access, string) {
	accesses, name := make([]access, 1+rng.IntN(r.params.Length)), "read"
	for i := range accesses {
		slot := r.which.Key(rng)
		a := access{slot: slot, key: r.slots.key(slot)}
		reads, share := r.params.reads(rng), rng.IntN(100)
		switch {
		case reads && share < numberShare:
			a.way = byNumber
		case reads:
		case share < blindShare:
			a.way = blindly
		case share < blindShare+newerShare:
			a.way = ifNewer
		case share < blindShare+newerShare+absentShare:
			a.way = ifAbsent
		case share < blindShare+newerShare+absentShare+deleteShare:
			a.way = deleteMake
		default:
			a.way = inPlace
		}
		if !reads {
			a.value, name = r.value(), "read-write"
		}
		accesses[i] = a
	}
	return accesses, name
}

// take runs one access.
func (r *registrar) take(tx *databases.Tx, a access) {
	fresh := func(writes int64) []history.Value { return ints(a.value, writes, a.key) }
	switch a.way {
	case byNumber:
		tx.ReadWhereLocked(registers, Where(registerID, a.key), r.lock, 0)
	case byKey:
		r.read(tx, a)
	case blindly:
		tx.Upsert(registers, a.key, fresh(1), nil, Set(value, a.value), Add(written, 1))
	case ifNewer:
		tx.Upsert(registers, a.key, fresh(1), under(value, a.value), Set(value, a.value), Add(written, 1))
	case ifAbsent:
		tx.InsertIgnore(registers, a.key, fresh(1)...)
	case inPlace:
		if row := r.read(tx, a); !row.Exists || !tx.Update(registers, a.key, Set(value, a.value), Add(written, 1)) {
			tx.Upsert(registers, a.key, fresh(1), nil, Set(value, a.value), Add(written, 1))
		}
	case deleteMake:
		if row := r.read(tx, a); row.Exists && tx.Delete(registers, a.key) {
			tx.InsertIgnore(registers, a.key, fresh(row.Int(written)+1)...)
		}
	}
}

// read reads a register, and goes on with the next one when it has been written often enough.
func (r *registrar) read(tx *databases.Tx, a access) databases.Row {
	row := tx.ReadLocked(registers, a.key, r.lock)
	if row.Int(written) >= int64(r.params.Rotate) {
		r.slots.usedUp(a.slot, a.key)
	}
	return row
}
