package workloads

import (
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// bankGuard is a strategy of the bank.
type bankGuard struct {
	transfer func(tx *databases.Tx, t transfer)
	// before is a slow call that is made before a transfer begins.
	before time.Duration
	// checked says that the table has CHECK (balance >= 0).
	checked bool
	// overdraws says that transfers do not look at the balance, so that even
	// one after another they can make it negative.
	overdraws bool
	// deferrable says that all accounts are read in DEFERRABLE transactions.
	deferrable bool
}

// slowCall is how long a call to another service takes that a transaction needs:
// long beside a statement, short beside what people wait for.
const slowCall = 5 * time.Millisecond

// fee is what a transfer costs in the strategy with a savepoint; it goes to who gets the money.
const fee = 2

func bankGuards() guards[bankGuard] {
	const checks = databases.Checks
	return guards[bankGuard]{
		{plain("reads both balances, then writes both sums"), bankGuard{transfer: transferPlain}},
		{Strategy{Name: "plain-check", Summary: "as plain, on a table with CHECK (balance >= 0)", Needs: []databases.Feature{checks}}, bankGuard{transfer: transferPlain, checked: true}},
		{retried("atomic", "lets the database add: balance = balance ± amount"), bankGuard{transfer: transferAtomic, overdraws: true}},
		{retried("atomic-check", "as atomic, on a table with CHECK (balance >= 0), which refuses what would overdraw", checks), bankGuard{transfer: transferAtomic, checked: true}},
		{retried("for-update", "reads both balances with FOR UPDATE, the lower account first, then writes both sums"), bankGuard{transfer: transferLocked}},
		{retried("for-update-unordered", "reads both balances with FOR UPDATE, the paying account first, which deadlocks"), bankGuard{transfer: transferUnordered}},
		{retried("nowait", "reads both balances with FOR UPDATE NOWAIT, and tries again where one is locked", databases.NoWait), bankGuard{transfer: transferNoWait}},
		{retried("optimistic", "reads both balances with their revisions, writes where these are still the same, and else tries again"), bankGuard{transfer: transferChecked}},
		{retried("savepoint", "as for-update, with a fee booked after a savepoint that half of the transfers roll back to", databases.Savepoints), bankGuard{transfer: transferWithFee}},
		{retried("slow-inside", "as for-update, with a slow call made between the reads and the writes"), bankGuard{transfer: transferSlow}},
		{retried("slow-outside", "as for-update, with the same slow call made before the transaction begins"), bankGuard{transfer: transferLocked, before: slowCall}},
		{serializableRetry(), bankGuard{transfer: transferPlain}},
		{
			Strategy{
				Name: "deferrable", Level: history.Serializable, Retries: tries, Needs: []databases.Feature{databases.Deferrable},
				Summary: "as serializable-retry, with all accounts read in READ ONLY DEFERRABLE transactions",
			},
			bankGuard{transfer: transferPlain, deferrable: true},
		},
	}
}

func transferPlain(tx *databases.Tx, t transfer) {
	from := tx.Read(accounts, t.from).Int(balance)
	to := tx.Read(accounts, t.to).Int(balance)
	t.write(tx, from, to)
}

func transferAtomic(tx *databases.Tx, t transfer) {
	tx.Update(accounts, t.from, Add(balance, -t.amount))
	t.halfWay(tx)
	tx.Update(accounts, t.to, Add(balance, t.amount))
}

// lock reads both balances in a lock mode, the lower account first.
func (t transfer) lock(tx *databases.Tx, lock history.Lock) (from, to int64) {
	low := tx.ReadLocked(accounts, min(t.from, t.to), lock).Int(balance)
	high := tx.ReadLocked(accounts, max(t.from, t.to), lock).Int(balance)
	if t.from < t.to {
		return low, high
	}
	return high, low
}

func transferLocked(tx *databases.Tx, t transfer) {
	from, to := t.lock(tx, history.ForUpdate)
	t.write(tx, from, to)
}

func transferUnordered(tx *databases.Tx, t transfer) {
	from := tx.ReadLocked(accounts, t.from, history.ForUpdate).Int(balance)
	to := tx.ReadLocked(accounts, t.to, history.ForUpdate).Int(balance)
	t.write(tx, from, to)
}

func transferNoWait(tx *databases.Tx, t transfer) {
	from, to := t.lock(tx, history.NoWait)
	t.write(tx, from, to)
}

func transferSlow(tx *databases.Tx, t transfer) {
	from, to := t.lock(tx, history.ForUpdate)
	tx.Wait(slowCall)
	t.write(tx, from, to)
}

func transferChecked(tx *databases.Tx, t transfer) {
	from, to := tx.Read(accounts, t.from), tx.Read(accounts, t.to)
	if from.Int(balance) < t.amount {
		return
	}
	write := func(row databases.Row, amount int64) {
		same := Where(accountRevision, row.Int(accountRevision))
		if !tx.UpdateIf(accounts, row.Key, same, Set(balance, row.Int(balance)+amount), Add(accountRevision, 1)) {
			tx.Retry()
		}
	}
	write(from, -t.amount)
	t.halfWay(tx)
	write(to, t.amount)
}

func transferWithFee(tx *databases.Tx, t transfer) {
	from, to := t.lock(tx, history.ForUpdate)
	if from < t.amount+fee {
		return
	}
	tx.Savepoint(1)
	tx.Update(accounts, t.from, Add(balance, -fee))
	tx.Update(accounts, t.to, Add(balance, fee))
	if t.waived {
		tx.RollbackTo(1)
	} else {
		tx.Release(1)
		from, to = from-fee, to+fee
	}
	t.write(tx, from, to)
}
