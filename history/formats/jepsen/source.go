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
	path string
	as   notation

	mu    sync.Mutex // guards facts
	facts *facts
}

// Open returns a stream of the file's transactions, in the order in which they were completed.
func (s *source) Open() (history.Stream, error) {
	f, err := s.gather()
	if err != nil {
		return nil, err
	}
	l, file, err := s.open(false)
	if err != nil {
		return nil, err
	}
	h := f.workload.header(f)
	h.Params["format"] = "jepsen-edn"
	if s.as == json {
		h.Params["format"] = "jepsen-json"
	}
	if !f.timed {
		h.Params["times"] = "places in the file: not every operation has a time"
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
	l, file, err := s.open(true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	s.facts, err = gather(l)
	return s.facts, err
}

func (s *source) open(skim bool) (lexer, *os.File, error) {
	file, err := os.Open(s.path)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a history: %w", err)
	}
	return newLexer(scan.New(s.path, file), s.as, skim), file, nil
}

// newLexer returns a lexer, which leaves out the elements of lists that were read if it only skims.
func newLexer(s *scan.Scanner, as notation, skim bool) lexer {
	if as == json {
		return &jsonLexer{s: s, skim: skim}
	}
	return &ednLexer{s: s, skim: skim}
}
