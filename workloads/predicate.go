package workloads

import (
	"math/rand/v2"
	"strconv"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Predicate returns the workload in which clients read groups of rows and put
// rows into them, take rows out of them, and move rows between them. A
// transaction that reads a group twice must find the same rows.
func Predicate() Workload {
	return Workload{
		Name:       "predicate",
		Summary:    "groups of rows, read by predicate while rows come and go",
		Strategies: predicateGuards().strategies(),
		Keys:       4,
		New:        newPredicate,
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
		{"plain", "reads groups without locks", history.NoLock},
		{"for-update", "reads groups with FOR UPDATE", history.ForUpdate},
	}
}

// visit is one transaction of the predicate workload: what was drawn for it.
type visit struct {
	lock  history.Lock
	group int64 // that is read
	other int64 // another one
	pick  int   // which of the members read is deleted or moved
	key   int64 // of the member to insert
	val   int64
	abort bool
}

func newPredicate(p Params) Instance {
	lock := predicateGuards().named(p.Strategy)
	return Instance{
		Tables: []history.Table{{
			Name:    "members",
			Columns: []history.Column{{Name: "grp", Type: history.Int}, {Name: "val", Type: history.Int}},
			Indexes: []int{grp},
		}},
		Rows:       firstMembers(p.Keys),
		Invariants: []history.Invariant{{Kind: history.StableRows, Name: "a group read twice", Table: members}},
		Params:     map[string]string{"groups": strconv.Itoa(p.Keys), "room in a group": strconv.Itoa(roomInGroup)},
		Client: func(client int, rng *rand.Rand) Generator {
			fresh := FreshKeys(client)
			return func() Transaction {
				kind := rng.IntN(100)
				a, b := twoOf(rng, p.Keys)
				v := visit{
					lock: lock, group: a, other: b, key: fresh(),
					pick: rng.IntN(1 << 30), val: rng.Int64N(valSpread), abort: rng.Float64() < p.AbortShare,
				}
				switch {
				case kind < 30:
					return Transaction{"read-twice", v.readTwice}
				case kind < 55:
					return Transaction{"join", v.join}
				case kind < 70:
					return Transaction{"join-other", v.joinOther}
				case kind < 85:
					return Transaction{"move", v.move}
				case kind < 95:
					return Transaction{"set-all", v.setAll}
				default:
					return Transaction{"clear", v.clear}
				}
			}
		},
	}
}

// firstMembers fills half of each group's room.
func firstMembers(groups int) []Row {
	rows := make([]Row, groups*roomInGroup/2)
	for i := range rows {
		row := []history.Value{history.IntValue(int64(1 + i%groups)), history.IntValue(int64(i % valSpread))}
		rows[i] = Row{Table: members, Key: int64(i + 1), Values: row}
	}
	return rows
}

func (v visit) read(tx *databases.Tx, group int64) []databases.Row {
	return tx.ReadWhereLocked(members, Where(grp, group), v.lock, 0)
}

// readTwice reads a group, another one, and the first one again.
func (v visit) readTwice(tx *databases.Tx) {
	v.read(tx, v.group)
	v.read(tx, v.other)
	v.read(tx, v.group)
}

// join puts a new member into a group that has room, and else takes one out.
func (v visit) join(tx *databases.Tx) {
	found := v.read(tx, v.group)
	if len(found) < roomInGroup {
		tx.Insert(members, v.key, history.IntValue(v.group), history.IntValue(v.val))
	} else {
		tx.Delete(members, found[v.pick%len(found)].Key)
	}
	abortIf(v.abort, tx)
}

// joinOther puts a new member into one group if there is room in another one. Two
// that do so crosswise and do not see each other are a predicate write skew.
func (v visit) joinOther(tx *databases.Tx) {
	if len(v.read(tx, v.group)) < roomInGroup {
		tx.Insert(members, v.key, history.IntValue(v.other), history.IntValue(v.val))
	}
	abortIf(v.abort, tx)
}

// move takes a member from one group to another, and reads the first one again.
func (v visit) move(tx *databases.Tx) {
	found := v.read(tx, v.group)
	if len(found) > 0 {
		tx.Update(members, found[v.pick%len(found)].Key, Set(grp, v.other))
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
	which := append(Where(grp, v.group), Where(val, v.val)...)
	tx.DeleteWhere(members, which)
	abortIf(v.abort, tx)
}
