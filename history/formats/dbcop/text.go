package dbcop

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

func textSource(path string) history.Source { return &text{path: path} }

// text is a .hist file. Its variables have names, which get numbers in the order in which they
// turn up.
type text struct {
	path string

	mu    sync.Mutex // guards names
	names *names
}

func (s *text) Open() (history.Stream, error) {
	if err := s.readNames(); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("opening a history: %w", err)
	}
	h := registers.Header("dbcop-text")
	s.names.params(h.Params)
	p := newTextParser(s.path, f, f)
	p.names = *s.names
	return registers.Stream(p, h), nil
}

// readNames reads the whole file for its names.
func (s *text) readNames() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names != nil {
		return nil
	}
	f, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("opening a history: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	p := newTextParser(s.path, f, f)
	var t registers.Txn
	for err == nil {
		err = p.Next(&t)
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	s.names = &p.names
	return nil
}

// textParser reads one transaction at a time.
type textParser struct {
	base
	names names
}

func newTextParser(name string, src io.Reader, closer io.Closer) *textParser {
	return &textParser{base: base{s: scan.New(name, src), file: closer, session: 1}, names: names{number: map[string]int64{}}}
}

var (
	textSpace = scan.NewSet(" \t\r\n")
	variable  = scan.NewSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
)

// Next reads the next transaction.
func (p *textParser) Next(t *registers.Txn) error {
	*t = registers.Txn{Ops: t.Ops[:0]}
	for {
		c := p.s.SkipAll(textSpace)
		switch {
		case p.s.Err() != nil:
			return p.s.Err()
		case p.s.AtEnd():
			if err := p.s.Err(); err != nil {
				return err
			}
			return io.EOF
		case c == '-':
			for p.s.Skip('-') {
				continue
			}
			p.session++
		case c == '/' && p.s.PeekAt(1) == '/':
			p.s.SkipLine()
		case c == '[':
			t.Session = p.session
			if !p.transaction(t) {
				return p.s.Err()
			}
			return nil
		default:
			p.s.Fail(`a transaction in brackets, "---" between sessions, or a comment`)
		}
	}
}

func (p *textParser) transaction(t *registers.Txn) bool {
	t.At = p.s.Place()
	p.s.Next()
	for p.s.SkipAll(textSpace) != ']' {
		var op registers.Op
		name := p.s.Token(variable)
		if len(name) == 0 {
			return p.s.Fail(`a variable, or "]"`)
		}
		op.Key = p.names.key(name)
		switch c := p.s.Peek(); {
		case c == ':' && p.s.PeekAt(1) == '=':
			op.Write = true
		case c != '=' || p.s.PeekAt(1) != '=':
			return p.s.Fail(`":=" or "=="`)
		}
		p.s.Next()
		p.s.Next()
		if op.Write || !p.s.Skip('?') {
			var found bool
			if op.Value, found = p.s.Number("a version, a number"); !found {
				return false
			}
		}
		if c := p.s.Peek(); !textSpace[c] && c != ']' {
			return p.s.Fail(`a space, or "]"`)
		}
		t.Ops = append(t.Ops, op)
	}
	p.s.Next()
	t.Outcome = outcome(!p.s.Skip('!'))
	return true
}

// names numbers variables. Where all are numbers, or the letter k and a number, as
// they are in what isocheck writes, they are these numbers.
type names struct {
	number map[string]int64
	list   []string
	prefix string // of the first
	words  bool   // some name is no such number
}

// integer returns the number that a name writes behind the prefix.
func (m *names) integer(name []byte) (int64, bool) {
	digits, found := bytes.CutPrefix(name, []byte(m.prefix))
	n, err := strconv.ParseUint(string(digits), 10, 64)
	return int64(n), found && err == nil && strconv.FormatUint(n, 10) == string(digits)
}

func (m *names) key(name []byte) int64 {
	k, known := m.number[string(name)]
	if !known {
		if len(m.list) == 0 && name[0] == 'k' {
			m.prefix = "k"
		}
		_, integer := m.integer(name)
		m.words = m.words || !integer
		k = int64(len(m.list))
		m.list = append(m.list, string(name))
		m.number[string(name)] = k
	}
	if n, integer := m.integer(name); integer && !m.words {
		return n
	}
	return k
}

// mostNamed is how many variables a header names.
const mostNamed = 2000

func (m *names) params(params map[string]string) {
	for i, name := range m.list {
		if !m.words {
			return
		}
		if i == mostNamed {
			params["keys"] = fmt.Sprintf("%d have names; the first %d are named here", len(m.list), mostNamed)
			return
		}
		params["key "+strconv.Itoa(i)] = name
	}
}
