package databases

import (
	"context"
	"fmt"
	"time"

	"github.com/isocheck/isocheck/history"
)

// Tx is a transaction that is being run. Its operations read like a textbook's,
// because errors stick: after one has failed, the transaction sends nothing
// more, reads return rows that do not exist, and Session.Run rolls back. A body
// that needs to know looks at Failed.
type Tx struct {
	session *Session
	conn    Conn // that it runs on
	ctx     context.Context
	txn     *history.Transaction
	failed  *history.Error
	abort   bool
	retry   bool
}

// Row is what a read found, valid until the transaction ends. Where there was no such row, or the transaction has
// failed, Exists is false and every column is NULL.
type Row struct {
	Key    int64
	Exists bool
	Values []history.Value
}

// Int returns an integer column by its number, 0 where the row does not exist.
func (r Row) Int(column int) int64 {
	if column >= len(r.Values) {
		return 0
	}
	return r.Values[column].Int
}

// Text returns a text column by its number, "" where the row does not exist.
func (r Row) Text(column int) string {
	if column >= len(r.Values) {
		return ""
	}
	return r.Values[column].Text
}

// Context returns the context of the run, for bodies that do something slow of their own.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Failed reports whether an operation has failed, so that the transaction will be rolled back.
func (tx *Tx) Failed() bool { return tx.failed != nil }

// Abort makes the transaction roll back on purpose. Operations after it do nothing.
func (tx *Tx) Abort() { tx.abort = true }

// Retry makes the transaction roll back on purpose, as Abort, and Session.Run
// return ErrRetry: what was read shows that another attempt is needed. It is what a client
// does that checks versions by itself.
func (tx *Tx) Retry() {
	if !tx.abort { // what follows an Abort finds nothing, and is no reason to try again
		tx.abort, tx.retry = true, true
	}
}

// Wait does nothing for a while: it stands for something slow of the body's own,
// such as a call to another service. It is not recorded, and ends early when the
// run stops or the transaction has already failed.
func (tx *Tx) Wait(d time.Duration) {
	if tx.failed != nil || tx.abort || d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-tx.session.Stop:
	case <-tx.ctx.Done():
	}
}

// Read reads the row with the key.
func (tx *Tx) Read(table int, key int64) Row { return tx.ReadLocked(table, key, history.NoLock) }

// ReadLocked reads the row with the key and locks it.
func (tx *Tx) ReadLocked(table int, key int64, lock history.Lock) Row {
	rows := tx.do(history.Op{Kind: history.Read, Table: table, Key: key, Lock: lock})
	if len(rows) == 0 {
		return Row{Key: key}
	}
	return Row{Key: key, Exists: true, Values: rows[0].Values}
}

// ReadWhere reads all rows that match the predicate, in the order of their keys.
func (tx *Tx) ReadWhere(table int, where history.Predicate) []Row {
	return tx.ReadWhereLocked(table, where, history.NoLock, 0)
}

// ReadWhereLocked reads rows that match the predicate, at most limit of them when
// limit is not 0, lowest keys first, and locks them.
func (tx *Tx) ReadWhereLocked(table int, where history.Predicate, lock history.Lock, limit int) []Row {
	found := tx.do(history.Op{Kind: history.ReadWhere, Table: table, Where: where, Lock: lock, Limit: limit})
	rows := make([]Row, len(found))
	for i, r := range found {
		rows[i] = Row{Key: r.Key, Exists: true, Values: r.Values}
	}
	return rows
}

// Insert makes a row; values are its columns in the table's order.
func (tx *Tx) Insert(table int, key int64, values ...history.Value) {
	tx.do(history.Op{Kind: history.Insert, Table: table, Key: key, Set: columns(values)})
}

// columns are the assignments that give a new row its columns.
func columns(values []history.Value) []history.Assign {
	set := make([]history.Assign, len(values))
	for i, v := range values {
		set[i] = history.Assign{Column: i, Value: v}
	}
	return set
}

// Update changes the row with the key and reports whether there was one.
func (tx *Tx) Update(table int, key int64, set ...history.Assign) bool {
	return len(tx.do(history.Op{Kind: history.Update, Table: table, Key: key, Set: set})) > 0
}

// UpdateWhere changes all rows that match the predicate.
func (tx *Tx) UpdateWhere(table int, where history.Predicate, set ...history.Assign) {
	tx.do(history.Op{Kind: history.UpdateWhere, Table: table, Where: where, Set: set})
}

// Delete removes the row with the key and reports whether there was one.
func (tx *Tx) Delete(table int, key int64) bool {
	return len(tx.do(history.Op{Kind: history.Delete, Table: table, Key: key})) > 0
}

// DeleteWhere removes all rows that match the predicate.
func (tx *Tx) DeleteWhere(table int, where history.Predicate) {
	tx.do(history.Op{Kind: history.DeleteWhere, Table: table, Where: where})
}

// Append adds a value to the end of the list in the first column of the row, and
// makes the row when there is none.
func (tx *Tx) Append(table int, key, value int64) {
	set := []history.Assign{{Op: history.Concat, Value: history.IntValue(value)}}
	tx.do(history.Op{Kind: history.Append, Table: table, Key: key, Set: set})
}

// do sends one operation and records it, and returns the rows that it answered.
func (tx *Tx) do(op history.Op) []history.Row {
	if tx.failed != nil || tx.abort {
		return nil
	}
	s, t, n := tx.session, tx.txn, len(tx.txn.Ops)
	if n >= history.MaxOps {
		tx.fail(&history.Error{Class: history.OtherError, Message: fmt.Sprintf("a transaction may have at most %d operations", history.MaxOps)})
		return nil
	}
	if n > 0 && s.Pause != nil {
		s.Pause(tx.ctx)
	}
	if tx.ctx.Err() != nil {
		tx.fail(stopped())
		return nil
	}
	op.Statement = -1
	t.Ops = append(t.Ops, op)
	sent := &t.Ops[n] // lives in the session's memory: op itself would be garbage after every statement
	sent.Start = s.Clock()
	err := tx.conn.Do(tx.ctx, sent, t.ID().Version(n))
	sent.End = s.Clock()
	if err != nil {
		sent.Error, sent.Rows, sent.Gap = asError(err), nil, false
		tx.failed = sent.Error
	}
	return sent.Rows
}

// fail ends the transaction for a reason that is no statement's.
func (tx *Tx) fail(err *history.Error) {
	tx.failed = err
	tx.txn.Error = err
}
