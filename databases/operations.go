package databases

import "github.com/isocheck/isocheck/history"

// UpdateIf changes the row with the key if it matches, and reports whether it
// did: UPDATE … WHERE id = key AND ….
func (tx *Tx) UpdateIf(table int, key int64, where history.Predicate, set ...history.Assign) bool {
	return len(tx.do(history.Op{Kind: history.Update, Table: table, Key: key, Where: where, Set: set})) > 0
}

// DeleteIf removes the row with the key if it matches, and reports whether it
// did: DELETE … WHERE id = key AND ….
func (tx *Tx) DeleteIf(table int, key int64, where history.Predicate) bool {
	return len(tx.do(history.Op{Kind: history.Delete, Table: table, Key: key, Where: where})) > 0
}

// InsertIgnore makes a row, unless one with the key, or with a value that must
// be unique, is there. It reports whether it made it. Values are the columns in
// the table's order.
func (tx *Tx) InsertIgnore(table int, key int64, values ...history.Value) bool {
	return len(tx.do(history.Op{Kind: history.InsertIgnore, Table: table, Key: key, Set: columns(values)})) > 0
}

// Upsert makes a row of the values, or assigns the updates to the one that has
// the key, if that matches. It reports whether it wrote. Feature UpsertWhere is
// needed for a predicate, UpsertUnique for a table with unique columns.
func (tx *Tx) Upsert(table int, key int64, values []history.Value, where history.Predicate, update ...history.Assign) bool {
	op := history.Op{Kind: history.Upsert, Table: table, Key: key, Where: where, Set: columns(values), Update: update}
	return len(tx.do(op)) > 0
}

// Savepoint makes the savepoint with the number.
func (tx *Tx) Savepoint(n int64) { tx.do(history.Op{Kind: history.Savepoint, Key: n}) }

// RollbackTo undoes what the transaction did since the savepoint, which stays.
func (tx *Tx) RollbackTo(n int64) { tx.do(history.Op{Kind: history.RollbackTo, Key: n}) }

// Release forgets the savepoint and keeps what was done since.
func (tx *Tx) Release(n int64) { tx.do(history.Op{Kind: history.Release, Key: n}) }

// AdvisoryLock waits for the advisory lock with the key, which no row has, and
// holds it until the transaction has ended. Only clients of the same run meet on it.
//
// On PostgreSQL the statement that waits has taken the transaction's snapshot
// before it waits: at repeatable read and serializable a transaction that waited
// does not see what the one before it wrote.
func (tx *Tx) AdvisoryLock(key int64) { tx.do(history.Op{Kind: history.Advisory, Key: key}) }
