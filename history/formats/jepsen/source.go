// Package jepsen reads and writes the histories of Jepsen, as EDN and as JSON: each
// operation of a process is a map for its invocation, and one for its completion.
//
//	{:index 0, :type :invoke, :process 3, :time 100, :f :txn, :value [[:append 5 1] [:r 6 nil]]}
//	{:index 1, :type :ok, :process 3, :time 200, :f :txn, :value [[:append 5 1] [:r 6 [2 3]]]}
//
// Reading joins the two. The type :ok is a commit, :fail an abort, :info leaves the
// outcome in doubt, as does an operation that is never completed: its process has crashed, and
// its client goes on as another process. Other processes, such as the nemesis, become events.
//
//	history      operations                                     becomes
//	list-append  :txn of [:append key element], [:r key list]   history.ListAppend
//	rw-register  :txn of [:w key value], [:r key value]         history.Registers
//	bank         :transfer {:from, :to, :amount}, :read {…}     history.Untraced, history.ConstantSum, history.AtLeast
//	counter      :add number, :read number                      history.Untraced, history.CountsWrites
//	set          :add element, :read [element …]                history.Untraced, history.KeepsInserts
//
// A bank's balances may be negative in some tests and not in others, which the file
// does not tell: they may not, unless the source is one WithDebts.
package jepsen

import (
	"fmt"
	"os"
	"sync"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// EDN returns the history in a file in Jepsen's EDN.
func EDN(path string) history.Source { return &source{path: path, as: edn} }

// JSON returns the history in a file in which Jepsen's operations are JSON objects.
func JSON(path string) history.Source { return &source{path: path, as: json} }

// source is a file. It is read twice: what kind of history it is, and what its
// keys are called, follows from the whole file.
type source struct {
	path  string
	as    notation
	debts bool // a bank's accounts may be overdrawn

	mu    sync.Mutex // guards facts
	facts *facts
}

// Open returns a stream of the file's transactions, in the order in which they were completed.
func (s *source) Open() (history.Stream, error) {
	f, err := s.gather()
	if err != nil {
		return nil, err
	}
	l, file, err := s.open()
	if err != nil {
		return nil, err
	}
	h := f.workload.header(f, s.debts)
	h.Params["format"] = "jepsen-edn"
	if s.as == json {
		h.Params["format"] = "jepsen-json"
	}
	if !f.timed {
		h.Params[history.TimesParam] = "places in the file: not every operation has a time"
	}
	f.names.params(h.Params)
	return newStream(l, file, h, f), nil
}

func (s *source) gather() (*facts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.facts != nil {
		return s.facts, nil
	}
	l, file, err := s.open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	s.facts, err = gather(l)
	return s.facts, err
}

func (s *source) open() (lexer, *os.File, error) {
	file, err := os.Open(s.path)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a history: %w", err)
	}
	return newLexer(scan.New(s.path, file), s.as), file, nil
}

func newLexer(s *scan.Scanner, as notation) lexer {
	if as == json {
		return &jsonLexer{s: s}
	}
	return &ednLexer{s: s}
}
