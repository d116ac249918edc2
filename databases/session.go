package databases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/isocheck/isocheck/history"
)

// Session is one client's connection, which runs transactions and records them.
type Session struct {
	Conn   Conn
	Client int
	// Clock gives the nanoseconds since the start of the run.
	Clock func() int64
	// Record gets each transaction when it has ended. The transaction, and all
	// that it points to, belongs to the session: Record must not keep it.
	Record func(*history.Transaction)
	// Pause, if set, is called before each statement but the first.
	Pause func(ctx context.Context)

	number int
	txn    history.Transaction
	broken bool
}

// ErrBroken says that a session's connection is lost, so that no transaction can follow.
var ErrBroken = errors.New("the connection is lost")

// rollbackTime is how long a rollback, or a commit in flight when the run is
// stopped, may take before its connection is given up.
const rollbackTime = 2 * time.Second

// Run runs one transaction: BEGIN, the body's operations, COMMIT, or ROLLBACK
// when an operation failed or the body called Abort. It returns how the
// transaction ended and, when it did not commit, why: the *history.Error of
// the operation that failed, or nil for an abort on purpose. After a lost
// connection it returns ErrBroken without beginning anything.
func (s *Session) Run(ctx context.Context, name string, body func(*Tx)) (history.Outcome, error) {
	if s.broken {
		return history.Aborted, ErrBroken
	}
	s.number++
	if s.number > history.MaxNumber {
		return history.Aborted, fmt.Errorf("client %d has run %d transactions, the most that version ids can count", s.Client, history.MaxNumber)
	}
	t := &s.txn
	*t = history.Transaction{Client: s.Client, Number: s.number, Name: name, Ops: t.Ops[:0], Start: s.Clock()}
	tx := Tx{session: s, ctx: ctx, txn: t}
	if err := s.Conn.Begin(ctx); err != nil {
		t.Error = asError(err)
		tx.failed = t.Error
		t.Outcome, t.End = history.Aborted, s.Clock()
	} else {
		body(&tx)
		s.finish(ctx, &tx)
	}
	s.Record(t)
	if tx.failed == nil {
		return t.Outcome, nil
	}
	s.broken = tx.failed.Class == history.ConnectionLost || tx.failed.Class == history.Cancelled
	return t.Outcome, tx.failed
}

// finish ends a transaction whose body has run.
func (s *Session) finish(ctx context.Context, tx *Tx) {
	t := tx.txn
	t.Outcome = history.Aborted
	t.Finish = s.Clock()
	if tx.failed == nil && !tx.abort {
		s.commit(ctx, tx)
	} else if tx.failed == nil || tx.failed.Class != history.ConnectionLost {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
		defer cancel()
		if err := s.Conn.Rollback(ctx); err != nil && tx.failed == nil {
			t.Error = asError(err)
			tx.failed = t.Error
		}
	}
	t.End = s.Clock()
}

// commit sends the commit even when the run has just been stopped: a commit that
// was cut off would be indeterminate for no good reason.
func (s *Session) commit(ctx context.Context, tx *Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	t := tx.txn
	err := s.Conn.Commit(ctx)
	if err == nil {
		t.Outcome = history.Committed
		return
	}
	t.Error = asError(err)
	tx.failed = t.Error
	switch t.Error.Class {
	case history.ConnectionLost, history.Cancelled, history.OtherError:
		t.Outcome = history.Indeterminate
	}
}

// commitTime bounds how long a commit may take before its outcome is given up as unknown.
const commitTime = 30 * time.Second

// asError returns the error as a *history.Error, of class other when it is none.
func asError(err error) *history.Error {
	var e *history.Error
	if errors.As(err, &e) {
		return e
	}
	return &history.Error{Class: history.OtherError, Message: err.Error()}
}
