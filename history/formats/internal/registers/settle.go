package registers

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/isocheck/isocheck/history"
)

// Summary is what has to be known of a whole history before it is written.
type Summary struct {
	Sessions, Txns, Ops int
	MostTxns, MostOps   int // in one session, in one transaction
	Aborted             int
	// Indeterminate are the transactions whose outcome nobody knows; TookEffect those
	// of them that, as others read from them, committed.
	Indeterminate, TookEffect int
	took                      map[int64]int64 // by transaction: a session of its own
	sessions                  int64           // the number after the highest session
	// Predicates counts the reads and writes by predicate, of which only the rows that they found are left.
	Predicates int
	// Initial are the keys that were read in their initial state.
	Initial map[int64]struct{}
	// DirtyRead says of which transaction, that had aborted, somebody read; nil if nobody did.
	DirtyRead error
}

// Committed reports whether a transaction took effect. One whose outcome nobody knows
// did if one that did read from it; else it makes no difference to anybody.
func (s *Summary) Committed(t *Txn) bool {
	return t.Outcome == history.Committed || s.took[t.ID] != 0
}

// Session returns the session that a transaction is to be written in. One whose outcome
// nobody knows may have taken effect at any later time, also after those that its
// client ran next: it is a session of its own.
func (s *Summary) Session(t *Txn) int64 {
	if own := s.took[t.ID]; own != 0 {
		return own
	}
	return t.Session
}

// Notes says, for people, what a format without times cannot say; aborts says whether it has aborted transactions.
func (s *Summary) Notes(aborts bool) []string {
	var notes []string
	unseen := s.Indeterminate - s.TookEffect
	if s.TookEffect > 0 {
		notes = append(notes, fmt.Sprintf("transactions of indeterminate outcome that others read from, written as committed, in sessions of their own: %d", s.TookEffect))
	}
	switch {
	case aborts && unseen > 0:
		notes = append(notes, fmt.Sprintf("transactions of indeterminate outcome from which nobody read, written as aborted: %d", unseen))
	case !aborts && unseen+s.Aborted > 0:
		notes = append(notes, fmt.Sprintf("transactions left out, because they aborted, or nobody knows their outcome or read from them: %d", unseen+s.Aborted))
	}
	if s.Predicates > 0 {
		notes = append(notes, PredicatesNote(s.Predicates))
	}
	return append(notes, "the format has no times: nothing about real-time order follows from what was written")
}

// PredicatesNote says that reads and writes by predicate were in a history.
func PredicatesNote(count int) string {
	return fmt.Sprintf("reads and writes by predicate, written as those of the rows that they found, so that what the absence of others proves is lost: %d", count)
}

// cell is one value of one key.
type cell struct{ key, value int64 }

// doubt is a transaction whose outcome nobody knows.
type doubt struct {
	id    int64
	reads []cell
}

// Summarise reads a history, once or, where it has transactions in doubt or that aborted, twice.
func Summarise(ctx context.Context, src history.Source) (*Summary, error) {
	s := &Summary{took: map[int64]int64{}, Initial: map[int64]struct{}{}}
	doubts := map[cell]*doubt{}
	aborted := map[cell]int64{}
	sessions := map[int64]int{}
	var err error
	s.Predicates, err = each(ctx, src, func(t *Txn) error {
		s.Txns++
		s.Ops += len(t.Ops)
		sessions[t.Session]++
		s.sessions = max(s.sessions, t.Session+1)
		s.MostTxns = max(s.MostTxns, sessions[t.Session])
		s.MostOps = max(s.MostOps, len(t.Ops))
		var d *doubt
		switch t.Outcome {
		case history.Aborted:
			s.Aborted++
		case history.Indeterminate:
			s.Indeterminate++
			d = &doubt{id: t.ID}
		}
		for _, op := range t.Ops {
			c := cell{op.Key, op.Value}
			switch {
			case !op.Write && op.Value == 0:
				s.Initial[op.Key] = struct{}{}
			case !op.Write && d != nil:
				d.reads = append(d.reads, c)
			case op.Write && d != nil:
				doubts[c] = d
			case op.Write && t.Outcome == history.Aborted:
				aborted[c] = t.ID
			}
		}
		return nil
	})
	s.Sessions = len(sessions)
	if err != nil || len(doubts) == 0 && len(aborted) == 0 {
		return s, err
	}
	return s, s.settle(ctx, src, doubts, aborted)
}

// settle finds out which of the transactions in doubt took effect, and whether somebody
// read from one that aborted.
func (s *Summary) settle(ctx context.Context, src history.Source, doubts map[cell]*doubt, aborted map[cell]int64) error {
	var todo []*doubt
	saw := func(reader int64, c cell) {
		if d := doubts[c]; d != nil && d.id != reader && s.took[d.id] == 0 {
			s.took[d.id] = s.sessions + int64(s.TookEffect)
			s.TookEffect++
			todo = append(todo, d)
		}
		if from, dirty := aborted[c]; dirty && s.DirtyRead == nil {
			s.DirtyRead = fmt.Errorf("%w: transaction %s read what %s wrote, which aborted; the format has no aborted transactions",
				ErrContent, history.TxnID(reader), history.TxnID(from))
		}
	}
	err := Each(ctx, src, func(t *Txn) error {
		if t.Outcome == history.Committed {
			for _, op := range t.Ops {
				if !op.Write && op.Value != 0 {
					saw(t.ID, cell{op.Key, op.Value})
				}
			}
		}
		return nil
	})
	for len(todo) > 0 {
		d := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, c := range d.reads {
			saw(d.id, c)
		}
	}
	return err
}

// Each calls f for every transaction of a history. The transaction is valid until f returns.
func Each(ctx context.Context, src history.Source, f func(*Txn) error) error {
	_, err := each(ctx, src, f)
	return err
}

// each also counts the reads and writes by predicate.
func each(ctx context.Context, src history.Source, f func(*Txn) error) (predicates int, err error) {
	s, err := src.Open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.Close() }() // it was only read
	r, err := NewReader(s)
	if err != nil {
		return 0, err
	}
	var t Txn
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		switch err := r.Next(&t); {
		case errors.Is(err, io.EOF):
			return r.Predicates, nil
		case err != nil:
			return 0, err
		}
		if err := f(&t); err != nil {
			return 0, err
		}
	}
}
