package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func init() { Register(Predicate()) }

// Predicate returns the workload in which clients read groups of rows and put
// rows into them, take rows out of them, and move rows between them. Who moves or
// replaces a row locks it first, and looks whether it is still in the group in
// which it was found. A transaction that reads a group twice must find the same rows.
func Predicate() Workload {
	return Workload{
		Name:       "predicate",
		Summary:    "groups of rows, read by predicate while rows come and go",
		Strategies: predicateGuards().strategies(),
		Default:    true,
		Keys:       4,
		ReadShare:  0.3,
		New:        newPredicate,
		order:      3,
	}
}

// The members' table, its columns, and how many members a group has room for. The
// room keeps reads cheap: a group that is full loses a member instead of gaining one.
const (
	members     = 0
	grp         = 0
	val         = 1
	roomInGroup = 6
	valSpread   = 10
)

// A strategy is no more than how groups are locked when they are read.
func predicateGuards() guards[history.Lock] {
	return guards[history.Lock]{
		{plain("reads groups without locks, and locks only a member that it moves or replaces"), history.NoLock},
		{retried("for-update", "reads groups with FOR UPDATE"), history.ForUpdate},
		{retried("for-share", "reads groups with FOR SHARE", databases.ForShare), history.ForShare},
		{serializableRetry(), history.NoLock},
	}
}

// visit is one transaction of the predicate workload: what was drawn for it.
type visit struct {
	lock  history.Lock
	group int64 // that is read
	other int64 // another one
	pick  int   // which of the members read is read again, deleted, moved or replaced
	key   int64 // of the member to insert
	val   int64
	abort bool
}

func newPredicate(p Params) Instance {
	strategy := predicateGuards().named(p.Strategy)
	groups := p.Picker()
	return Instance{
		Tables:     []history.Table{{Name: "members", Columns: intColumns("grp", "val"), Indexes: []int{grp}}},
		Rows:       firstMembers(p.Keys),
		Invariants: []history.Invariant{{Kind: history.StableRows, Name: "a group read twice", Table: members}},
		Params:     p.header("groups"),
		Client: strategy.clients(func(client int, rng *rand.Rand) Generator {
			fresh := FreshKeys(client)
			return func() Transaction {
				reads, kind := p.reads(rng), rng.IntN(100)
				a, b := groups.Two(rng)
				v := visit{
					lock: strategy.does, group: a, other: b, key: fresh(),
					pick: rng.IntN(1 << 30), val: rng.Int64N(valSpread), abort: p.aborts(rng),
				}
				if reads {
					return Transaction{Name: "read-twice", Options: v.options(rng), Body: v.readTwice}
				}
				return v.transaction(kind)
			}
		}),
	}
}

// transaction is one of those that write, by a number under 100.
func (v visit) transaction(kind int) Transaction {
	switch {
	case kind < 35:
		return Transaction{Name: "join", Body: v.join}
	case kind < 55:
		return Transaction{Name: "join-other", Body: v.joinOther}
	case kind < 68:
		return Transaction{Name: "move", Body: v.move}
	case kind < 78:
		return Transaction{Name: "replace", Body: v.replace}
	case kind < 93:
		return Transaction{Name: "set-all", Body: v.setAll}
	default:
		return Transaction{Name: "clear", Body: v.clear}
	}
}

// options says to the database, half of the time, that a transaction only reads. One that locks must not.
func (v visit) options(rng *rand.Rand) databases.TxOptions {
	if options := readOnly(rng); v.lock == history.NoLock {
		return options
	}
	return databases.TxOptions{}
}

// firstMembers fills half of each group's room.
func firstMembers(groups int) []Row {
	rows := make([]Row, groups*roomInGroup/2)
	for i := range rows {
		rows[i] = Row{Table: members, Key: int64(i + 1), Values: ints(int64(1+i%groups), int64(i%valSpread))}
	}
	return rows
}

func (v visit) read(tx *databases.Tx, group int64) []databases.Row {
	return tx.ReadWhereLocked(members, Where(grp, group), v.lock, 0)
}

// readTwice reads a group, one of its members by its key, another group, and the first one again.
func (v visit) readTwice(tx *databases.Tx) {
	found := v.read(tx, v.group)
	if len(found) > 0 {
		tx.Read(members, found[v.pick%len(found)].Key)
	}
	v.read(tx, v.other)
	v.read(tx, v.group)
}

// join puts a new member into a group that has room, and else takes one out.
func (v visit) join(tx *databases.Tx) {
	found := v.read(tx, v.group)
	if len(found) < roomInGroup {
		tx.Insert(members, v.key, ints(v.group, v.val)...)
	} else {
		tx.Delete(members, found[v.pick%len(found)].Key)
	}
	abortIf(v.abort, tx)
}

// joinOther puts a new member into one group if there is room in another one. Two
// that do so crosswise and do not see each other are a predicate write skew.
func (v visit) joinOther(tx *databases.Tx) {
	if len(v.read(tx, v.group)) < roomInGroup {
		tx.Insert(members, v.key, ints(v.other, v.val)...)
	}
	abortIf(v.abort, tx)
}

// lockOne reads the group, locks one of the members found with FOR UPDATE, whatever the strategy, and says
// whether that is still one of them. At InnoDB's repeatable read a plain read sees the snapshot and a
// locking read the newest row, so that who does both may see a part of what another transaction wrote.
func (v visit) lockOne(tx *databases.Tx) (member databases.Row, ok bool) {
	found := v.read(tx, v.group)
	if len(found) == 0 {
		return member, false
	}
	member = tx.ReadLocked(members, found[v.pick%len(found)].Key, history.ForUpdate)
	return member, member.Exists && member.Int(grp) == v.group
}

// move takes a member from one group to another, and reads the first one again.
func (v visit) move(tx *databases.Tx) {
	if member, ok := v.lockOne(tx); ok {
		tx.Update(members, member.Key, Set(grp, v.other))
	}
	v.read(tx, v.group)
	abortIf(v.abort, tx)
}

// replace deletes a member of one group, puts another one into another group in its place, and
// reads the first one again.
func (v visit) replace(tx *databases.Tx) {
	if old, ok := v.lockOne(tx); ok {
		tx.Delete(members, old.Key)
		tx.Insert(members, v.key, ints(v.other, old.Int(val))...)
	}
	v.read(tx, v.group)
	abortIf(v.abort, tx)
}

// setAll changes every member of a group between two reads of it.
func (v visit) setAll(tx *databases.Tx) {
	v.read(tx, v.group)
	tx.UpdateWhere(members, Where(grp, v.group), Set(val, v.val))
	v.read(tx, v.group)
	abortIf(v.abort, tx)
}

// clear deletes those members of a group that have one value.
func (v visit) clear(tx *databases.Tx) {
	tx.DeleteWhere(members, both(Where(grp, v.group), Where(val, v.val)))
	abortIf(v.abort, tx)
}
