package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func init() { Register(Claim()) }

// Claim returns the workload in which clients check that a name is free, and
// then take it: names, seats, time slots. Each must be taken at most once, and who is refused
// one must see who has it.
func Claim() Workload {
	return Workload{
		Name:       "claim",
		Summary:    "names that are taken if they are free, each at most once",
		Strategies: claimGuards().strategies(),
		Keys:       4,
		ReadShare:  0.15,
		Rotate:     4,
		New:        newClaim,
		order:      5,
	}
}

// The claims' table. In one form of it every claim is a new row, and a name is free again
// when its claim has been deleted; in the other the name is the row's key, and
// claims counts how often it was taken, or asked for. The parents' table has a row for each name.
const (
	claims   = 0
	name     = 0
	holder   = 1
	claimed  = 2
	parents  = 1
	nobody   = 0
	children = 0
)

// claim is one client's try to take a name.
type claim struct {
	name   int64
	key    int64 // of the claim
	client int64
	slots  *slots // where the name is the key
	slot   int64
	most   int64 // how often a name can be taken
	pick   int
	abort  bool
}

func newClaim(p Params) Instance {
	strategy := claimGuards().named(p.Strategy)
	guard, names := strategy.does, p.Picker()
	table := history.Table{Name: "claims", Columns: intColumns("name", "holder", "claims"), Indexes: []int{name}}
	if guard.unique {
		table.Indexes, table.Unique = nil, []int{name}
	}
	instance := Instance{
		Tables:     []history.Table{table, {Name: "names", Columns: intColumns("claims")}},
		Rows:       firstRows(parents, p.Keys, 0),
		Invariants: []history.Invariant{{Kind: history.UniqueValues, Name: "a name taken once", Table: claims, Column: name}},
		Params:     p.header("names"),
		Client: strategy.clients(func(client int, rng *rand.Rand) Generator {
			fresh, slots := FreshKeys(client), newSlots(p.Keys)
			return func() Transaction {
				reads, kind := p.reads(rng), rng.IntN(100)
				c := claim{
					name: names.Key(rng), key: fresh(), client: int64(client), slots: slots,
					most: int64(p.Rotate), pick: rng.IntN(1 << 30), abort: p.aborts(rng),
				}
				if guard.byKey {
					c.slot = c.name
					c.name = slots.key(c.slot)
					c.key = c.name
				}
				return guard.transaction(c, reads, kind, rng)
			}
		}),
	}
	if guard.refusals {
		instance.Invariants = append(instance.Invariants, history.Invariant{
			Kind: history.RefusalSeen, Name: "who is refused sees a holder", Table: claims, Column: holder,
		})
	}
	return instance
}

// transaction is the one that was drawn.
func (g claimGuard) transaction(c claim, reads bool, kind int, rng *rand.Rand) Transaction {
	switch {
	case reads:
		return Transaction{Name: "look", Options: readOnly(rng), Body: func(tx *databases.Tx) { g.look(tx, c) }}
	case kind < 40 && g.release != nil:
		return Transaction{Name: "release", Body: func(tx *databases.Tx) {
			g.release(tx, c)
			abortIf(c.abort, tx)
		}}
	default:
		return Transaction{Name: "claim", Body: func(tx *databases.Tx) {
			g.claim(tx, c)
			abortIf(c.abort, tx)
		}}
	}
}

// look reads all claims, or, where these stay for ever, the one of the name.
func (g claimGuard) look(tx *databases.Tx, c claim) {
	if g.byKey {
		c.read(tx)
		return
	}
	tx.ReadWhere(claims, everyRow())
}

// read reads the name's row, where the name is the key, and goes on with the next name when this one is used up.
func (c claim) read(tx *databases.Tx) databases.Row {
	row := tx.Read(claims, c.key)
	if row.Int(claimed) >= c.most {
		c.slots.usedUp(c.slot, c.key)
	}
	return row
}
