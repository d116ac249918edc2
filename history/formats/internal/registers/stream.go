package registers

import (
	"errors"
	"fmt"
	"io"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// Parser reads the transactions of a file.
type Parser interface {
	// Next reads the next transaction into t, and returns io.EOF when there is no more.
	Next(t *Txn) error
	// ErrorAt returns an error at a place of the file.
	ErrorAt(at scan.Place, problem string) error
	Close() error
}

// Stream returns the transactions of a file as a history. Sessions become clients. A transaction that writes nothing but 0 is the one that
// some formats write the initial values with: it is left out.
func Stream(p Parser, h *history.Header) history.Stream {
	return &stream{parser: p, header: h, failed: &history.Error{Class: history.OtherError, Message: "it failed"}}
}

type stream struct {
	parser Parser
	header *history.Header
	number []int // by client: its transactions so far
	txn    Txn
	err    error
	failed *history.Error

	ops    []history.Op
	sets   []history.Assign
	rows   []history.Row
	values []history.Value
}

func (s *stream) Header() *history.Header { return s.header }
func (s *stream) Statements() []string    { return nil }
func (s *stream) Events() []history.Event { return nil }
func (s *stream) Closed() bool            { return errors.Is(s.err, io.EOF) }
func (s *stream) Close() error            { return s.parser.Close() }

func (s *stream) Next(t *history.Transaction) error {
	for s.err == nil {
		s.txn.Ops = s.txn.Ops[:0]
		if s.err = s.parser.Next(&s.txn); s.err != nil {
			break
		}
		initial, err := s.initial()
		if err != nil {
			s.err = err
			break
		}
		if !initial {
			s.err = s.transaction(t)
			return s.err
		}
	}
	return s.err
}

// initial reports whether the transaction writes the initial values.
func (s *stream) initial() (bool, error) {
	zeros := 0
	for _, op := range s.txn.Ops {
		if op.Write && op.Value == 0 {
			zeros++
		}
	}
	if zeros > 0 && zeros < len(s.txn.Ops) {
		return false, s.parser.ErrorAt(s.txn.At, "this transaction writes 0, the value that every key has at first, besides other things: what reads 0 could not be told")
	}
	return zeros > 0, nil
}

func (s *stream) transaction(t *history.Transaction) error {
	if s.txn.Session > history.MaxClient {
		return s.parser.ErrorAt(s.txn.At, fmt.Sprintf("this is session %d; a history has at most %d", s.txn.Session, history.MaxClient))
	}
	client := int(s.txn.Session)
	for len(s.number) <= client {
		s.number = append(s.number, 0)
	}
	if s.number[client] == history.MaxNumber {
		return s.parser.ErrorAt(s.txn.At, fmt.Sprintf("this session has more than %d transactions", history.MaxNumber))
	}
	s.number[client]++
	if len(s.txn.Ops) > history.MaxOps {
		return s.parser.ErrorAt(s.txn.At, fmt.Sprintf("this transaction has more than %d operations", history.MaxOps))
	}
	*t = history.Transaction{Client: client, Number: s.number[client], Outcome: s.txn.Outcome}
	s.ops, s.sets, s.rows, s.values = s.ops[:0], s.sets[:0], s.rows[:0], s.values[:0]
	for _, op := range s.txn.Ops {
		s.ops = append(s.ops, s.operation(op))
	}
	t.Ops = s.ops
	return nil
}

func (s *stream) operation(op Op) history.Op {
	o := history.Op{Kind: history.Read, Key: op.Key, Statement: -1}
	if op.Failed {
		o.Error = s.failed
	}
	switch {
	case op.Write:
		s.sets = append(s.sets, history.Assign{Value: history.IntValue(op.Value)})
		n := len(s.sets)
		o.Kind, o.Set = history.Update, s.sets[n-1:n:n]
	case op.Value != 0 && !op.Failed:
		s.values = append(s.values, history.IntValue(op.Value))
		n := len(s.values)
		s.rows = append(s.rows, history.Row{Key: op.Key, Values: s.values[n-1 : n : n]})
		n = len(s.rows)
		o.Rows = s.rows[n-1 : n : n]
	}
	return o
}
