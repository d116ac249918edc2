// Package plume reads and writes the text format of Plume, PolySI and IsoVista,
// which AWDIT calls plume. Each line is one operation:
//
//	r(key,value,session,txn)
//	w(key,value,session,txn)
//
// in the order of each session. Value 0 is the initial one; IsoVista writes it by a
// transaction of its own, w(key,0,0,0), which is left out. Transaction -1 is one that
// aborted: what several such transactions of one session wrote is told apart only
// by what stands between them.
package plume

import (
	"fmt"
	"io"
	"os"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// File returns the history in a file.
func File(path string) history.Source { return file(path) }

type file string

func (path file) Open() (history.Stream, error) {
	f, err := os.Open(string(path))
	if err != nil {
		return nil, fmt.Errorf("opening a history: %w", err)
	}
	return registers.Stream(newParser(string(path), f, f), registers.Header("plume")), nil
}

// aborted is the id of transactions that aborted.
const aborted = -1

// parser puts the lines of each session's transaction together: a transaction is
// complete when its session goes on with another one. In memory are the transactions
// that are under way, and a bit for each id.
type parser struct {
	s     *scan.Scanner
	file  io.Closer
	open  map[int64]*session
	order []int64 // the sessions, as they turned up
	line  line
	ahead bool // line is read and belongs to the next transaction
}

// session is a session's transaction that is under way, and those that it had.
type session struct {
	registers.Txn
	seen ids
}

// line is one operation.
type line struct {
	op           registers.Op
	session, txn int64
	at           scan.Place
}

func newParser(name string, src io.Reader, closer io.Closer) *parser {
	return &parser{s: scan.New(name, src), file: closer, open: map[int64]*session{}}
}

func (p *parser) ErrorAt(at scan.Place, problem string) error { return p.s.ErrorAt(at, problem) }
func (p *parser) Close() error                                { return p.file.Close() }

// Next returns the next transaction that is complete.
func (p *parser) Next(t *registers.Txn) error {
	for p.ahead || p.read() {
		p.ahead = false
		l := &p.line
		current := p.open[l.session]
		switch {
		case current == nil:
			current = &session{Txn: registers.Txn{Session: int64(len(p.open)) + 1}, seen: ids{}}
			p.open[l.session] = current
			p.order = append(p.order, l.session)
			if err := p.begin(current); err != nil {
				return err
			}
		case len(current.Ops) == 0:
			if err := p.begin(current); err != nil {
				return err
			}
		case current.ID != l.txn || l.txn == aborted && len(current.Ops) == history.MaxOps:
			p.ahead = true
			p.emit(t, current)
			return nil
		}
		current.Ops = append(current.Ops, l.op)
	}
	if err := p.s.Err(); err != nil {
		return err
	}
	for len(p.order) > 0 {
		current := p.open[p.order[0]]
		p.order = p.order[1:]
		if len(current.Ops) > 0 {
			p.emit(t, current)
			return nil
		}
	}
	return io.EOF
}

// begin starts a transaction with the line that was read.
func (p *parser) begin(t *session) error {
	l := &p.line
	t.ID, t.At, t.Outcome = l.txn, l.at, history.Committed
	if l.txn == aborted {
		t.Outcome = history.Aborted
	} else if !t.seen.add(l.txn) {
		return p.s.ErrorAt(l.at, fmt.Sprintf("transaction %d goes on here, after another transaction of session %d", l.txn, l.session))
	}
	return nil
}

// emit hands a transaction out, and keeps its session ready for the next one.
func (p *parser) emit(t *registers.Txn, current *session) {
	ops := t.Ops[:0]
	*t = current.Txn
	t.Ops = ops
	t.Ops = append(t.Ops, current.Ops...)
	current.Ops = current.Ops[:0]
}

var space = scan.NewSet(" \t\r\n")

// read reads the next line.
func (p *parser) read() bool {
	c := p.s.SkipAll(space)
	if p.s.AtEnd() {
		return false
	}
	l := &p.line
	*l = line{at: p.s.Place()}
	switch c {
	case 'r':
	case 'w':
		l.op.Write = true
	default:
		return p.s.Fail("an operation r(key,value,session,transaction) or w(key,value,session,transaction)")
	}
	p.s.Next()
	before := byte('(')
	for _, field := range []struct {
		name string
		to   *int64
	}{{"a key", &l.op.Key}, {"a value", &l.op.Value}, {"a session", &l.session}, {"a transaction", &l.txn}} {
		if !p.s.Expect(before) {
			return false
		}
		p.s.SkipAll(blank)
		var found bool
		if *field.to, found = p.s.Number(field.name); !found {
			return false
		}
		p.s.SkipAll(blank)
		before = ','
	}
	if !p.s.Expect(')') {
		return false
	}
	if p.s.SkipAll(blank); !p.s.AtEnd() && p.s.Peek() != '\n' {
		return p.s.Fail("the end of the line")
	}
	return true
}

var blank = scan.NewSet(" \t\r")

// ids is a set of integers of which many are close to each other.
type ids map[int64]uint64

// add adds an id and reports whether it is new.
func (s ids) add(id int64) bool {
	bit := uint64(1) << (id & 63)
	if s[id>>6]&bit != 0 {
		return false
	}
	s[id>>6] |= bit
	return true
}
