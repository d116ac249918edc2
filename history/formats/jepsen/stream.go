package jepsen

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// stream joins invocations with their completions.
type stream struct {
	lexer   lexer
	file    io.Closer
	header  *history.Header
	facts   *facts
	clients clients
	build   builder

	pending map[int64]*event // by process: what it has invoked
	free    []*event
	spare   *event // the event that is read into
	count   int64  // events so far
	last    int64  // the latest time so far
	crashed []*event
	ended   bool
	events  []history.Event
	err     error
}

func newStream(l lexer, file io.Closer, h *history.Header, f *facts) *stream {
	s := &stream{lexer: l, file: file, header: h, facts: f, pending: map[int64]*event{}, spare: &event{}}
	s.clients.direct = f.maxProcess < history.MaxClient
	s.build = builder{facts: f, scanner: l.scanner(), unknown: &history.Error{Class: history.OtherError, Message: "what it answered is not in the history"}}
	return s
}

func (s *stream) Header() *history.Header { return s.header }
func (s *stream) Statements() []string    { return nil }
func (s *stream) Events() []history.Event { return s.events }
func (s *stream) Closed() bool            { return errors.Is(s.err, io.EOF) }
func (s *stream) Close() error            { return s.file.Close() }

func (s *stream) Next(t *history.Transaction) error {
	if s.err == nil {
		s.err = s.next(t)
	}
	return s.err
}

func (s *stream) next(t *history.Transaction) error {
	for !s.ended && s.lexer.next(s.spare) {
		e := s.spare
		s.count++
		if !s.facts.timed {
			e.time = s.count
		}
		s.last = max(s.last, e.time)
		if !e.client {
			s.note(e)
			continue
		}
		begun := s.pending[e.process]
		if e.typ == invoke {
			if begun != nil {
				return s.problem(e, fmt.Sprintf("process %d invokes an operation; what it invoked in line %d was never completed", e.process, begun.at.Line))
			}
			s.begin(e)
			continue
		}
		if begun == nil {
			return s.problem(e, fmt.Sprintf("process %d completes an operation that it never invoked", e.process))
		}
		delete(s.pending, e.process)
		err := s.transaction(t, begun, e)
		s.give(begun)
		return err
	}
	return s.finish(t)
}

// begin keeps an invocation until its completion.
func (s *stream) begin(e *event) {
	if len(s.pending) < mostFree {
		s.pending[e.process] = e
		s.spare = s.take()
		return
	}
	// So many are never completed: they take no more memory than they must.
	c := *e
	c.nodes, c.texts = append([]node(nil), e.nodes...), append([]byte(nil), e.texts...)
	s.pending[e.process] = &c
}

// finish gives out the operations that were never completed: their processes crashed.
func (s *stream) finish(t *history.Transaction) error {
	if !s.ended {
		if err := s.lexer.scanner().Err(); err != nil {
			return err
		}
		s.ended = true
		for _, e := range s.pending {
			s.crashed = append(s.crashed, e)
		}
		slices.SortFunc(s.crashed, func(a, b *event) int {
			return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.at.Line, b.at.Line), cmp.Compare(a.at.Column, b.at.Column))
		})
	}
	if len(s.crashed) == 0 {
		return io.EOF
	}
	e := s.crashed[0]
	s.crashed = s.crashed[1:]
	return s.transaction(t, e, nil)
}

// transaction fills in the transaction that an invocation and its completion are.
// Without a completion nobody knows what became of it.
func (s *stream) transaction(t *history.Transaction, begun, done *event) error {
	*t = history.Transaction{Start: begun.time, End: max(begun.time, s.last), Outcome: history.Indeterminate}
	if done != nil {
		t.End = max(begun.time, done.time)
		switch done.typ {
		case ok:
			t.Outcome = history.Committed
		case fail:
			t.Outcome = history.Aborted
		}
		if done.err != 0 && t.Outcome != history.Committed {
			t.Error = &history.Error{Class: history.OtherError, Message: done.describe(done.err)}
		}
	}
	var err error
	if t.Client, t.Number, err = s.clients.next(begun.process, t.Outcome == history.Indeterminate); err != nil {
		return s.problem(begun, err.Error())
	}
	if !s.build.operations(t, begun, done) {
		return s.lexer.scanner().Err()
	}
	return nil
}

// problem returns an error at an event.
func (s *stream) problem(e *event, text string) error {
	return s.lexer.scanner().ErrorAt(e.at, text)
}

const (
	// mostEvents is how many of a nemesis's events are kept.
	mostEvents = 100_000
	// mostFree is how many events are kept to be used again, and tooBig the number
	// of nodes beyond which one is not.
	mostFree = 1024
	tooBig   = 4096
)

// note keeps what a process other than a client did, such as the nemesis.
func (s *stream) note(e *event) {
	if len(s.events) == mostEvents {
		return
	}
	kind, detail := "event", e.typ.String()
	if e.f != 0 {
		kind = string(e.appendEDN(nil, e.f, 60))
		if f := e.form(e.f); f == keywordForm || f == stringForm {
			kind = string(e.text(e.f)[:min(60, len(e.text(e.f)))])
		}
	}
	if e.value != 0 {
		detail += " " + e.describe(e.value)
	}
	s.events = append(s.events, history.Event{At: e.time, Kind: kind, Detail: detail})
}

func (s *stream) take() *event {
	if n := len(s.free); n > 0 {
		e := s.free[n-1]
		s.free = s.free[:n-1]
		return e
	}
	return &event{}
}

func (s *stream) give(e *event) {
	if len(s.free) < mostFree && cap(e.nodes) <= tooBig && cap(e.texts) <= tooBig {
		s.free = append(s.free, e)
	}
}

// clients gives processes the numbers of clients.
type clients struct {
	// direct says that the processes are few enough to be clients as they are, one higher:
	// client 0 is who sets a run up.
	direct bool
	client map[int64]int
	number []int // by client: its transactions so far
	free   []int // clients whose processes crashed
}

// next returns the client that a process is, and the number of its next
// transaction. A process whose operation ends in doubt is gone in Jepsen; its number is given to
// another process where there are more processes than clients can be.
func (c *clients) next(process int64, crashes bool) (client, number int, err error) {
	if c.direct {
		client = int(process) + 1
	} else if client, err = c.numbered(process); err != nil {
		return 0, 0, err
	}
	for len(c.number) <= client {
		c.number = append(c.number, 0)
	}
	if c.number[client] == history.MaxNumber {
		return 0, 0, fmt.Errorf("process %d has more than %d operations", process, history.MaxNumber)
	}
	c.number[client]++
	if crashes && !c.direct {
		delete(c.client, process)
		c.free = append(c.free, client)
	}
	return client, c.number[client], nil
}

func (c *clients) numbered(process int64) (int, error) {
	if c.client == nil {
		c.client = map[int64]int{}
	}
	client, known := c.client[process]
	if known {
		return client, nil
	}
	switch {
	case len(c.client)+len(c.free) < history.MaxClient:
		client = len(c.client) + len(c.free) + 1
	case len(c.free) > 0:
		client = c.free[0]
		c.free = c.free[1:]
	default:
		return 0, fmt.Errorf("more than %d processes have not crashed; a history has at most that many clients", history.MaxClient)
	}
	c.client[process] = client
	return client, nil
}
