package workloads

import (
	"math/rand/v2"
	"strconv"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Bank returns the workload in which clients move money between a few accounts.
// No money may be made or lost: every read of all the accounts, and the final
// state, must show the same total.
func Bank() Workload {
	return Workload{
		Name:       "bank",
		Summary:    "transfers between a few accounts, whose total must stay the same",
		Strategies: bankGuards().strategies(),
		Keys:       8,
		New:        newBank,
	}
}

// The accounts' table, its column, what is in each account at the start, and the
// most that one transfer moves.
const (
	accounts       = 0
	balance        = 0
	initialBalance = 100
	mostAmount     = 20
)

// transfer is one transfer to make.
type transfer struct {
	from, to, amount int64
	abort            bool
}

// halfWay aborts, where that was drawn, a transfer that has written its first account.
func (t transfer) halfWay(tx *databases.Tx) { abortIf(t.abort, tx) }

// bankGuard is a strategy of the bank.
type bankGuard struct {
	transfer func(tx *databases.Tx, t transfer)
	// overdraws says that transfers do not look at the balance, so that even
	// one after another they can make it negative.
	overdraws bool
}

func bankGuards() guards[bankGuard] {
	return guards[bankGuard]{
		{"plain", "reads both balances, then writes both sums", bankGuard{transfer: func(tx *databases.Tx, t transfer) {
			from := tx.Read(accounts, t.from).Int(balance)
			to := tx.Read(accounts, t.to).Int(balance)
			t.write(tx, from, to)
		}}},
		{"atomic", "lets the database add: balance = balance ± amount", bankGuard{overdraws: true, transfer: func(tx *databases.Tx, t transfer) {
			tx.Update(accounts, t.from, Add(balance, -t.amount))
			t.halfWay(tx)
			tx.Update(accounts, t.to, Add(balance, t.amount))
		}}},
		{"for-update", "reads both balances with FOR UPDATE, the lower account first, then writes both sums", bankGuard{transfer: func(tx *databases.Tx, t transfer) {
			from := tx.ReadLocked(accounts, min(t.from, t.to), history.ForUpdate).Int(balance)
			to := tx.ReadLocked(accounts, max(t.from, t.to), history.ForUpdate).Int(balance)
			if t.from > t.to {
				from, to = to, from
			}
			t.write(tx, from, to)
		}}},
	}
}

// write writes both balances, given what was read of them, unless the first would go negative.
func (t transfer) write(tx *databases.Tx, from, to int64) {
	if from < t.amount {
		return
	}
	tx.Update(accounts, t.from, Set(balance, from-t.amount))
	t.halfWay(tx)
	tx.Update(accounts, t.to, Set(balance, to+t.amount))
}

func newBank(p Params) Instance {
	guard := bankGuards().named(p.Strategy)
	rows := make([]Row, p.Keys)
	for i := range rows {
		rows[i] = Row{Table: accounts, Key: int64(i + 1), Values: []history.Value{history.IntValue(initialBalance)}}
	}
	invariants := []history.Invariant{
		{Kind: history.ConstantSum, Name: "bank total", Table: accounts, Column: balance, Value: int64(p.Keys) * initialBalance},
	}
	if !guard.overdraws {
		invariants = append(invariants, history.Invariant{Kind: history.AtLeast, Name: "no account overdrawn", Table: accounts, Column: balance, Value: 0})
	}
	return Instance{
		Tables:     []history.Table{{Name: "accounts", Columns: []history.Column{{Name: "balance", Type: history.Int}}}},
		Rows:       rows,
		Invariants: invariants,
		Params:     map[string]string{"accounts": strconv.Itoa(p.Keys), "initial balance": strconv.Itoa(initialBalance)},
		Client: func(_ int, rng *rand.Rand) Generator {
			return func() Transaction {
				kind := rng.IntN(100)
				from, to := twoOf(rng, p.Keys)
				t := transfer{from, to, 1 + rng.Int64N(mostAmount), rng.Float64() < p.AbortShare}
				if kind < 75 {
					return Transaction{"transfer", func(tx *databases.Tx) { guard.transfer(tx, t) }}
				}
				return Transaction{"read-all", func(tx *databases.Tx) { tx.ReadWhere(accounts, everyRow()) }}
			}
		},
	}
}
