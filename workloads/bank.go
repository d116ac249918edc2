package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func init() { Register(Bank()) }

// Bank returns the workload in which clients move money between a few accounts.
// No money may be made or lost: every read of all the accounts, and the final
// state, must show the same total.
func Bank() Workload {
	return Workload{
		Name:       "bank",
		Summary:    "transfers between a few accounts, whose total must stay the same",
		Strategies: bankGuards().strategies(),
		Default:    true,
		Keys:       8,
		ReadShare:  0.25,
		New:        newBank,
		order:      2,
	}
}

// The accounts' table and its columns (all but the optimistic strategy leave
// the revision alone), what is in each account at the start, and the most that
// one transfer moves.
const (
	accounts        = 0
	balance         = 0
	accountRevision = 1
	initialBalance  = 100
	mostAmount      = 20
)

// transfer is one transfer to make.
type transfer struct {
	from, to, amount int64
	// waived says that the fee which is booked is taken back, abort that the
	// transfer is aborted when it has written its first account.
	waived, abort bool
}

// halfWay aborts, where that was drawn, a transfer that has written its first account.
func (t transfer) halfWay(tx *databases.Tx) { abortIf(t.abort, tx) }

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
	strategy := bankGuards().named(p.Strategy)
	guard, ids := strategy.does, p.Picker()
	table := history.Table{Name: "accounts", Columns: intColumns("balance", "revision")}
	if guard.checked {
		table.NotNegative = []int{balance}
	}
	invariants := []history.Invariant{
		{Kind: history.ConstantSum, Name: "bank total", Table: accounts, Column: balance, Value: int64(p.Keys) * initialBalance},
	}
	if !guard.overdraws {
		invariants = append(invariants, history.Invariant{Kind: history.AtLeast, Name: "no account overdrawn", Table: accounts, Column: balance, Value: 0})
	}
	return Instance{
		Tables:     []history.Table{table},
		Rows:       firstRows(accounts, p.Keys, initialBalance, 0),
		Invariants: invariants,
		Params:     p.header("accounts"),
		Client: strategy.clients(func(_ int, rng *rand.Rand) Generator {
			return func() Transaction {
				reads := p.reads(rng)
				from, to := ids.Two(rng)
				t := transfer{from: from, to: to, amount: 1 + rng.Int64N(mostAmount), waived: rng.IntN(2) == 0, abort: p.aborts(rng)}
				if !reads {
					return Transaction{Name: "transfer", Before: guard.before, Body: func(tx *databases.Tx) { guard.transfer(tx, t) }}
				}
				options := readOnly(rng)
				if guard.deferrable {
					options = databases.TxOptions{ReadOnly: true, Deferrable: true}
				}
				return Transaction{Name: "read-all", Options: options, Body: func(tx *databases.Tx) { tx.ReadWhere(accounts, everyRow()) }}
			}
		}),
	}
}
