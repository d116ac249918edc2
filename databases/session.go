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
	Conn Conn
	// Replica, if set, is a connection to a replica, for the transactions that are to run there.
	Replica Conn
	Client  int
	// Clock gives the nanoseconds since the start of the run.
	Clock func() int64
	// Record gets each transaction when it has ended. The transaction, and all
	// that it points to, belongs to the session: Record must not keep it.
	Record func(*history.Transaction)
	// Pause, if set, is called before each statement but the first.
	Pause func(ctx context.Context)
	// Level is the history's: a transaction that ran at another is recorded with its own.
	Level history.Level
	// Stop, if set, is closed when the run stops: a Tx.Wait then ends early.
	Stop <-chan struct{}

	number int
	txn    history.Transaction
	broken bool
}

var (
	// ErrBroken says that a session's connection is lost, or in a state that
	// nobody knows, so that no transaction can follow.
	ErrBroken = errors.New("the connection is lost")
	// ErrNotCommitted is what the error of a Conn's Commit wraps when the
	// server's answer says that the transaction did not take effect.
	ErrNotCommitted = errors.New("not committed")
	// ErrRetry says that a transaction aborted itself and asks for another attempt: see Tx.Retry.
	ErrRetry = errors.New("the transaction asks for another attempt")
)

// rollbackTime is how long a rollback may take before its connection is given up.
const rollbackTime = 2 * time.Second

// Run runs one transaction: BEGIN, the body's operations, COMMIT, or ROLLBACK
// when an operation failed or the body called Abort. It returns how the
// transaction ended and, when it did not commit, why: the *history.Error of
// the operation that failed, ErrRetry, or nil for an abort on purpose. When the run has
// been stopped, or after a lost connection (ErrBroken), it begins nothing and
// records nothing.
//
// The outcome is what the client can know. Committed: the server acknowledged
// the commit. Aborted: the commit was never sent, or the server answered that
// the transaction is rolled back. Indeterminate: the commit was sent, and there
// was no answer or one that does not tell.
func (s *Session) Run(ctx context.Context, name string, options TxOptions, body func(*Tx)) (history.Outcome, error) {
	switch {
	case s.broken:
		return history.Aborted, ErrBroken
	case ctx.Err() != nil:
		return history.Aborted, stopped()
	case s.number >= history.MaxNumber:
		return history.Aborted, fmt.Errorf("client %d has run %d transactions, the most that version ids can count", s.Client, history.MaxNumber)
	}
	s.number++
	t := &s.txn
	*t = history.Transaction{Client: s.Client, Number: s.number, Name: name, Ops: t.Ops[:0], Start: s.Clock()}
	t.ReadOnly, t.Deferrable, t.Attempt = options.ReadOnly, options.Deferrable, options.Attempt
	t.Replica = options.Replica && s.Replica != nil
	if options.Level != s.Level {
		t.Level = options.Level
	}
	tx := Tx{session: s, conn: s.Conn, ctx: ctx, txn: t}
	if t.Replica {
		tx.conn = s.Replica
	}
	if err := tx.conn.Begin(ctx, options); err != nil {
		tx.fail(asError(err))
	} else {
		body(&tx)
	}
	s.finish(ctx, &tx)
	s.Record(t)
	switch {
	case tx.failed != nil:
		return t.Outcome, tx.failed
	case tx.retry:
		return t.Outcome, ErrRetry
	}
	return t.Outcome, nil
}

// finish ends a transaction whose body has run. Whatever happens, either the
// server has ended the transaction too or the session is broken.
func (s *Session) finish(ctx context.Context, tx *Tx) {
	t := tx.txn
	t.Outcome = history.Aborted
	defer func() { t.End = s.Clock() }()
	if tx.failed == nil && !tx.abort {
		t.Finish = s.Clock()
		if s.commit(ctx, tx); t.Outcome == history.Committed {
			return
		}
	}
	if tx.failed != nil && tx.failed.Class == history.ConnectionLost {
		s.broken = true
		return
	}
	commitSent := t.Finish != 0
	if !commitSent {
		t.Finish = s.Clock()
	}
	if err := s.rollback(ctx, tx); err != nil {
		s.broken = true
		switch {
		case tx.failed == nil:
			tx.fail(asError(err))
		case !commitSent: // the statement that failed took the connection with it
			t.Finish = 0
		}
	}
}

// rollback sends the rollback also when the run has been stopped: locks that
// stay would hold up the other clients' last transactions.
func (s *Session) rollback(ctx context.Context, tx *Tx) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	return tx.conn.Rollback(ctx)
}

func (s *Session) commit(ctx context.Context, tx *Tx) {
	err := tx.conn.Commit(ctx)
	if err == nil {
		tx.txn.Outcome = history.Committed
		return
	}
	tx.fail(asError(err))
	if !errors.Is(err, ErrNotCommitted) {
		tx.txn.Outcome = history.Indeterminate
	}
}

// asError returns the error as a *history.Error, of class other when it is none.
func asError(err error) *history.Error {
	var e *history.Error
	if errors.As(err, &e) {
		return e
	}
	return &history.Error{Class: history.OtherError, Message: err.Error()}
}
