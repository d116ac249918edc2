package main

import (
	"errors"
	"io"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
)

// counted is a source of which the first stream is open already. How the run went is
// summed up while that is read, so that a history need not be read twice.
type counted struct {
	history.Source
	first *countedStream
	given bool
}

func count(src history.Source) (*counted, error) {
	s, err := src.Open()
	if err != nil {
		return nil, err
	}
	return &counted{Source: src, first: &countedStream{Stream: s, stats: history.NewStats(s.Header())}}, nil
}

// Open implements history.Source.
func (c *counted) Open() (history.Stream, error) {
	if !c.given {
		c.given = true
		return c.first, nil
	}
	return c.Source.Open()
}

// summarise fills in how the run went, as far as the first stream was read.
func (c *counted) summarise(run *reports.Run) {
	run.Summary, run.Events = c.first.stats.Summary(), c.first.events
}

// countedStream is a stream whose transactions are counted as they pass by.
type countedStream struct {
	history.Stream
	stats  *history.Stats
	events []history.Event
}

// Next implements history.Stream.
func (s *countedStream) Next(t *history.Transaction) error {
	err := s.Stream.Next(t)
	switch {
	case err == nil:
		s.stats.Add(t)
	case errors.Is(err, io.EOF):
		s.events = append([]history.Event(nil), s.Events()...)
	}
	return err
}

// Progress tells how much was read, where the stream knows.
func (s *countedStream) Progress() float64 {
	if p, ok := s.Stream.(interface{ Progress() float64 }); ok {
		return p.Progress()
	}
	return 0
}
