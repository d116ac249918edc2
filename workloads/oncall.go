package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func init() { Register(OnCall()) }

// OnCall returns the workload in which doctors leave their shift if somebody
// else stays, and come back: the example of write skew of Cahill, Röhm and
// Fekete (Serializable Isolation for Snapshot Databases, 2008). No shift may
// ever be without a doctor.
func OnCall() Workload {
	return Workload{
		Name:       "on-call",
		Summary:    "doctors who leave their shift only if another one stays on call",
		Strategies: onCallGuards().strategies(),
		Keys:       4,
		ReadShare:  0.2,
		New:        newOnCall,
		order:      4,
	}
}

// The doctors' table and its columns, the table of conflict rows, one for each
// shift, and how many doctors a shift has.
const (
	doctors   = 0
	shift     = 0
	onCall    = 1
	conflicts = 1
	departed  = 0
	inShift   = 3
)

// A strategy decides how a doctor who wants to leave finds out who is on call.
func onCallGuards() guards[func(tx *databases.Tx, s int64) []databases.Row] {
	return guards[func(tx *databases.Tx, s int64) []databases.Row]{
		{plain("counts the doctors on call, then leaves"), func(tx *databases.Tx, s int64) []databases.Row {
			return tx.ReadWhere(doctors, onCallIn(s))
		}},
		{retried("for-update", "counts the doctors on call with FOR UPDATE, then leaves"), func(tx *databases.Tx, s int64) []databases.Row {
			return tx.ReadWhereLocked(doctors, onCallIn(s), history.ForUpdate, 0)
		}},
		{retried("conflict-row", "writes a row that all who leave the shift write, counts the doctors on call, then leaves"), func(tx *databases.Tx, s int64) []databases.Row {
			tx.Update(conflicts, s, Add(departed, 1))
			return tx.ReadWhere(doctors, onCallIn(s))
		}},
		{serializableRetry(), func(tx *databases.Tx, s int64) []databases.Row {
			return tx.ReadWhere(doctors, onCallIn(s))
		}},
	}
}

// onCallIn chooses the doctors of a shift who are on call.
func onCallIn(s int64) history.Predicate { return both(Where(shift, s), over(onCall, 0)) }

func newOnCall(p Params) Instance {
	strategy := onCallGuards().named(p.Strategy)
	shifts := p.Picker()
	return Instance{
		Tables: []history.Table{
			{Name: "doctors", Columns: intColumns("shift", "on_call"), Indexes: []int{shift}},
			{Name: "shifts", Columns: intColumns("departures")},
		},
		Rows: append(firstDoctors(p.Keys), firstRows(conflicts, p.Keys, 0)...),
		Invariants: []history.Invariant{
			{Kind: history.GroupAtLeast, Name: "somebody on call", Table: doctors, Column: onCall, Group: shift, Value: 1},
		},
		Params: p.header("shifts"),
		Client: strategy.clients(func(_ int, rng *rand.Rand) Generator {
			return func() Transaction {
				reads, comes := p.reads(rng), rng.IntN(100) < 40
				s, pick, abort := shifts.Key(rng), rng.IntN(inShift), p.aborts(rng)
				switch {
				case reads:
					return Transaction{Name: "who-is-on-call", Options: readOnly(rng), Body: func(tx *databases.Tx) {
						tx.ReadWhere(doctors, onCallIn(s))
					}}
				case comes:
					return Transaction{Name: "come", Body: func(tx *databases.Tx) {
						tx.Update(doctors, doctor(s, pick), Set(onCall, 1))
						abortIf(abort, tx)
					}}
				default:
					return Transaction{Name: "leave", Body: func(tx *databases.Tx) {
						leave(tx, strategy.does(tx, s), pick)
						abortIf(abort, tx)
					}}
				}
			}
		}),
	}
}

// leave takes one of those who are on call off call, if another one stays.
func leave(tx *databases.Tx, present []databases.Row, pick int) {
	if len(present) > 1 {
		tx.Update(doctors, present[pick%len(present)].Key, Set(onCall, 0))
	}
}

// doctor is the key of one of a shift's doctors.
func doctor(s int64, pick int) int64 { return (s-1)*inShift + int64(pick) + 1 }

// firstDoctors has all doctors on call.
func firstDoctors(shifts int) []Row {
	var rows []Row
	for s := range int64(shifts) {
		for i := range inShift {
			rows = append(rows, Row{Table: doctors, Key: doctor(s+1, i), Values: ints(s+1, 1)})
		}
	}
	return rows
}
