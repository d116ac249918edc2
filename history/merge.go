package history

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"time"
)

// merged is several files as one Stream, in the order in which transactions
// ended as far as the clocks of the machines agree.
type merged struct {
	parts      []*part
	header     Header
	statements []string
	number     map[string]int // of each statement
	last       *part          // whose transaction was given out last
	err        error
}

// part is one of the files, and its next transaction.
type part struct {
	*reader
	shift int64 // to add to times, so that all parts count from the same moment
	remap []int // from the file's statement numbers to the history's
	next  Transaction
	ended bool
}

func openMerged(paths []string) (Stream, error) {
	m := &merged{number: map[string]int{}}
	for _, path := range paths {
		r, err := openReader(path)
		if err != nil {
			return nil, errors.Join(err, m.Close())
		}
		m.parts = append(m.parts, &part{reader: r})
	}
	if err := m.mergeHeaders(); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	for _, p := range m.parts {
		if err := m.advance(p); err != nil {
			return nil, errors.Join(err, m.Close())
		}
	}
	return m, nil
}

// mergeHeaders makes sure that the files are of the same run, and finds out how their clocks relate.
func (m *merged) mergeHeaders() error {
	first := m.parts[0]
	m.header = *first.header
	m.header.Parts, m.header.Clients = len(m.parts), 0
	known := true
	for _, p := range m.parts {
		if what := difference(first.header, p.header); what != "" {
			return &FormatError{File: p.path, Line: 1, Problem: fmt.Sprintf("this is not of one history with %s: %s", first.path, what)}
		}
		m.header.Clients += p.header.Clients
		m.header.Shard = 0
		known = known && !p.header.Started.IsZero()
		if p.header.Started.Before(m.header.Started) {
			m.header.Started = p.header.Started
		}
	}
	for _, p := range m.parts {
		if known {
			p.shift = min(int64(p.header.Started.Sub(m.header.Started)/time.Nanosecond), maxTime)
		}
	}
	return nil
}

// difference says in what the runs that two headers describe differ; "" if they do not.
func difference(a, b *Header) string {
	for _, field := range []struct{ name, a, b string }{
		{"database", a.Database, b.Database},
		{"workload", a.Workload, b.Workload},
		{"strategy", a.Strategy, b.Strategy},
		{"level", string(a.Level), string(b.Level)},
		{"promise", a.Promise, b.Promise},
	} {
		if field.a != field.b {
			return fmt.Sprintf("the %s is %q there and %q here", field.name, field.a, field.b)
		}
	}
	switch {
	case !reflect.DeepEqual(a.Tables, b.Tables):
		return "the tables are not the same"
	case !reflect.DeepEqual(a.Invariants, b.Invariants):
		return "the invariants are not the same"
	}
	return ""
}

func (m *merged) Header() *Header      { return &m.header }
func (m *merged) Statements() []string { return m.statements }

// Events returns the events of all files, in the order of their times.
func (m *merged) Events() []Event {
	var all []Event
	for _, p := range m.parts {
		for _, e := range p.Events() {
			e.At += p.shift
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	return all
}

// Closed says that every file is complete.
func (m *merged) Closed() bool {
	for _, p := range m.parts {
		if !p.Closed() {
			return false
		}
	}
	return true
}

func (m *merged) Close() error {
	var errs []error
	for _, p := range m.parts {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

func (m *merged) Next(t *Transaction) error {
	if m.last != nil && m.err == nil {
		m.err = m.advance(m.last)
	}
	if m.err != nil {
		return m.err
	}
	m.last = nil
	for _, p := range m.parts {
		if !p.ended && (m.last == nil || p.next.End < m.last.next.End) {
			m.last = p
		}
	}
	if m.last == nil {
		m.err = io.EOF
		return m.err
	}
	*t = m.last.next
	return nil
}

// advance reads the part's next transaction.
func (m *merged) advance(p *part) error {
	err := p.Next(&p.next)
	m.renumber(p)
	if errors.Is(err, io.EOF) {
		p.ended = true
		return nil
	}
	if err != nil {
		return err
	}
	t := &p.next
	for _, other := range m.parts {
		if other != p && other.seen.has(t) {
			return p.problem(0, fmt.Sprintf("transaction %s is in %s as well", t.ID(), other.path))
		}
	}
	t.Start, t.End = t.Start+p.shift, t.End+p.shift
	if t.Finish != 0 {
		t.Finish += p.shift
	}
	for i := range t.Ops {
		o := &t.Ops[i]
		o.Start, o.End = o.Start+p.shift, o.End+p.shift
		if o.Statement >= 0 {
			o.Statement = p.remap[o.Statement]
		}
	}
	return nil
}

// renumber gives the part's new statements their numbers in the history.
func (m *merged) renumber(p *part) {
	for _, text := range p.statements[len(p.remap):] {
		n, ok := m.number[text]
		if !ok {
			n = len(m.statements)
			m.statements = append(m.statements, text)
			m.number[text] = n
		}
		p.remap = append(p.remap, n)
	}
}
