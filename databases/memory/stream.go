package memory

import (
	"errors"
	"fmt"
	"io"

	"github.com/isocheck/isocheck/history"
)

// Open runs the transactions while they are read: a Config is a source of a
// history that needs no memory for it. Every Open gives the same.
func (c Config) Open() (history.Stream, error) {
	e, err := newEngine(c)
	if err != nil {
		return nil, fmt.Errorf("generating a history: %w", err)
	}
	return &stream{engine: e, header: c.Header()}, nil
}

// Generate runs the transactions and passes each on as it ends. It uses the
// transaction's memory again when each has returned. It ends early with the error that each returns, if it does.
func Generate(c Config, each func(*history.Transaction) error) error {
	s, err := c.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	var t history.Transaction
	for {
		switch err := s.Next(&t); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := each(&t); err != nil {
			return err
		}
	}
}

type stream struct {
	engine *engine
	header history.Header
}

func (s *stream) Header() *history.Header { return &s.header }
func (s *stream) Statements() []string    { return nil }
func (s *stream) Events() []history.Event { return s.engine.planter.events }
func (s *stream) Closed() bool            { return true }
func (s *stream) Close() error            { return nil }

func (s *stream) Next(t *history.Transaction) error {
	next := s.engine.next()
	if next == nil {
		return io.EOF
	}
	*t = *next
	return nil
}
