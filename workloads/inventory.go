package workloads

import (
	"math/rand/v2"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func init() { Register(Inventory()) }

// Inventory returns the workload of a shop: clients check that enough of an item
// is in stock, deduct what is ordered, and make the order; or they cancel one. The
// stock must never be negative, and stock and orders together stay what they were.
func Inventory() Workload {
	return Workload{
		Name:       "inventory",
		Summary:    "orders from a stock that must not be oversold",
		Strategies: inventoryGuards().strategies(),
		Keys:       4,
		ReadShare:  0.2,
		New:        newInventory,
		order:      7,
	}
}

// The items' table and its columns (only the optimistic strategy uses the
// revision), the orders' table and its columns, what is in stock of each item at the
// start, and the most that one order is for.
const (
	items        = 0
	stock        = 0
	itemRevision = 1
	orders       = 1
	ofItem       = 0
	quantity     = 1
	initialStock = 20
	mostOrdered  = 4
)

// stockGuard is a strategy of the shop.
type stockGuard struct {
	// change adds to the stock of an item, or takes from it if that much is there. It reports whether it did.
	change func(tx *databases.Tx, item, by int64) bool
	before time.Duration // a slow call that is made before an order begins
}

func inventoryGuards() guards[stockGuard] {
	return guards[stockGuard]{
		{plain("reads the stock, then writes what is left"), stockGuard{change: changeRead(history.NoLock, 0)}},
		{retried("check-then-deduct", "reads the stock, then lets the database deduct: stock = stock - n"), stockGuard{change: func(tx *databases.Tx, item, by int64) bool {
			return enough(tx.Read(items, item), by) && tx.Update(items, item, Add(stock, by))
		}}},
		{retried("atomic", "lets the database check and deduct: stock = stock - n WHERE stock >= n"), stockGuard{change: func(tx *databases.Tx, item, by int64) bool {
			return tx.UpdateIf(items, item, atLeast(stock, -by), Add(stock, by))
		}}},
		{retried("for-update", "reads the stock with FOR UPDATE, then writes what is left"), stockGuard{change: changeRead(history.ForUpdate, 0)}},
		{retried("optimistic", "reads the stock with its revision, writes where that is still the same, and else tries again"), stockGuard{change: changeChecked}},
		{retried("slow-inside", "as for-update, with a slow call made between the read and the write"), stockGuard{change: changeRead(history.ForUpdate, slowCall)}},
		{retried("slow-outside", "as for-update, with the same slow call made before the transaction begins"), stockGuard{change: changeRead(history.ForUpdate, 0), before: slowCall}},
		{serializableRetry(), stockGuard{change: changeRead(history.NoLock, 0)}},
	}
}

// changeRead reads the stock in a lock mode, makes a slow call if something is ordered, and writes the stock.
func changeRead(lock history.Lock, slow time.Duration) func(tx *databases.Tx, item, by int64) bool {
	return func(tx *databases.Tx, item, by int64) bool {
		row := tx.ReadLocked(items, item, lock)
		if !enough(row, by) {
			return false
		}
		if by < 0 {
			tx.Wait(slow)
		}
		return tx.Update(items, item, Set(stock, row.Int(stock)+by))
	}
}

// enough reports whether an item's stock allows for a change.
func enough(row databases.Row, by int64) bool { return by >= 0 || row.Int(stock)+by >= 0 }

func changeChecked(tx *databases.Tx, item, by int64) bool {
	row := tx.Read(items, item)
	if !enough(row, by) {
		return false
	}
	if !tx.UpdateIf(items, item, Where(itemRevision, row.Int(itemRevision)), Set(stock, row.Int(stock)+by), Add(itemRevision, 1)) {
		tx.Retry()
		return false
	}
	return true
}

func newInventory(p Params) Instance {
	strategy := inventoryGuards().named(p.Strategy)
	guard, which := strategy.does, p.Picker()
	return Instance{
		Tables: []history.Table{
			{Name: "items", Columns: intColumns("stock", "revision")},
			{Name: "orders", Columns: intColumns("item", "quantity"), Indexes: []int{ofItem}},
		},
		Rows: firstRows(items, p.Keys, initialStock, 0),
		Invariants: []history.Invariant{
			{Kind: history.AtLeast, Name: "nothing oversold", Table: items, Column: stock, Value: 0},
			{Kind: history.LinearSum, Name: "stock and orders", Value: int64(p.Keys) * initialStock, Terms: []history.Term{
				{Table: items, Column: stock, Times: 1}, {Table: orders, Column: quantity, Times: 1},
			}},
		},
		Params: p.header("items"),
		Client: strategy.clients(func(client int, rng *rand.Rand) Generator {
			fresh := FreshKeys(client)
			return func() Transaction {
				reads, cancels, item := p.reads(rng), rng.IntN(100) < 40, which.Key(rng)
				key, amount, pick, abort := fresh(), 1+rng.Int64N(mostOrdered), rng.IntN(1<<30), p.aborts(rng)
				switch {
				case reads:
					return Transaction{Name: "audit", Options: snapshot(p.Level, rng), Body: audit}
				case cancels:
					return Transaction{Name: "cancel", Body: func(tx *databases.Tx) {
						guard.cancel(tx, item, pick)
						abortIf(abort, tx)
					}}
				default:
					return Transaction{Name: "order", Before: guard.before, Body: func(tx *databases.Tx) {
						if guard.change(tx, item, -amount) {
							abortIf(abort, tx)
							tx.Insert(orders, key, ints(item, amount)...)
						}
					}}
				}
			}
		}),
	}
}

// cancel cancels one of the item's orders, and puts what was ordered back in stock.
func (g stockGuard) cancel(tx *databases.Tx, item int64, pick int) {
	found := tx.ReadWhere(orders, Where(ofItem, item))
	if len(found) == 0 {
		return
	}
	if order := found[pick%len(found)]; tx.Delete(orders, order.Key) {
		g.change(tx, item, order.Int(quantity))
	}
}

// audit reads everything.
func audit(tx *databases.Tx) {
	tx.ReadWhere(items, everyRow())
	tx.ReadWhere(orders, everyRow())
}

// snapshot are the options of a transaction that reads several tables, which
// must fit together: at the weak levels it asks for a snapshot by itself.
func snapshot(level history.Level, rng *rand.Rand) databases.TxOptions {
	options := readOnly(rng)
	if level == history.ReadUncommitted || level == history.ReadCommitted {
		options.Level = history.RepeatableRead
	}
	return options
}
