// Package awdit reads and writes the text that AWDIT calls test:
//
//	w 1 10
//	r 2 0
//	-----
//	r 1 10
//	=====
//	w 2 20
//
// Each line reads or writes a key and a value; dashes stand between transactions,
// equals signs between sessions. All transactions committed. The initial value 0 is written by
// a session of its own, which is left out when it is read.
package awdit

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

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
	return registers.Stream(newParser(string(path), f, f), registers.Header("awdit")), nil
}

// parser reads transactions as they come.
type parser struct {
	s       *scan.Scanner
	file    io.Closer
	session int64
}

func newParser(name string, src io.Reader, closer io.Closer) *parser {
	return &parser{s: scan.New(name, src), file: closer, session: 1}
}

func (p *parser) ErrorAt(at scan.Place, problem string) error { return p.s.ErrorAt(at, problem) }
func (p *parser) Close() error                                { return p.file.Close() }

var (
	space = scan.NewSet(" \t\r\n")
	blank = scan.NewSet(" \t\r")
)

// Next reads up to the next separator behind an operation.
func (p *parser) Next(t *registers.Txn) error {
	*t = registers.Txn{Ops: t.Ops[:0], Outcome: history.Committed}
	for {
		c := p.s.SkipAll(space)
		switch {
		case p.s.AtEnd() || (c == '-' || c == '=') && len(t.Ops) > 0:
			t.Session = p.session
			return p.end(t)
		case c == '-':
			p.s.Next()
		case c == '=':
			for p.s.Skip('=') {
				continue
			}
			p.session++
		case !p.operation(t):
			return p.s.Err()
		}
	}
}

// end ends a transaction, or the file.
func (p *parser) end(t *registers.Txn) error {
	if err := p.s.Err(); err != nil {
		return err
	}
	if len(t.Ops) == 0 {
		return io.EOF
	}
	return nil
}

func (p *parser) operation(t *registers.Txn) bool {
	at := p.s.Place()
	if len(t.Ops) == 0 {
		t.At = at
	}
	var op registers.Op
	switch p.s.Peek() {
	case 'r':
	case 'w':
		op.Write = true
	default:
		return p.s.Fail("an operation (r KEY VALUE or w KEY VALUE), dashes or equals signs")
	}
	p.s.Next()
	for _, field := range []struct {
		name string
		to   *int64
	}{{"a key", &op.Key}, {"a value", &op.Value}} {
		if !blank[p.s.Peek()] {
			return p.s.Fail("a space")
		}
		p.s.SkipAll(blank)
		var found bool
		if *field.to, found = p.s.Number(field.name); !found {
			return false
		}
	}
	if p.s.SkipAll(blank); !p.s.AtEnd() && p.s.Peek() != '\n' {
		return p.s.Fail("the end of the line")
	}
	t.Ops = append(t.Ops, op)
	return true
}

// Write writes a history. It returns notes on what the format cannot say.
func Write(ctx context.Context, w io.Writer, src history.Source) ([]string, error) {
	summary, err := registers.Summarise(ctx, src)
	if err == nil {
		err = summary.DirtyRead
	}
	if err != nil {
		return nil, err
	}
	spool := &registers.Spool{}
	defer func() { _ = spool.Close() }() // it is a temporary file
	err = registers.Each(ctx, src, func(t *registers.Txn) error {
		if !summary.Committed(t) || len(t.Ops) == 0 {
			return nil
		}
		section := spool.Section(summary.Session(t))
		if section.Count > 0 {
			section.Text = append(section.Text, "-----\n"...)
		}
		section.Count++
		for _, op := range t.Ops {
			section.Text = appendLine(section.Text, op)
		}
		return spool.Flush(section)
	})
	if err != nil {
		return nil, err
	}
	if err := writeSessions(w, summary, spool); err != nil {
		return nil, fmt.Errorf("writing awdit: %w", err)
	}
	return summary.Notes(false), nil
}

// writeSessions writes the session that writes the initial values, and the others.
func writeSessions(w io.Writer, summary *registers.Summary, spool *registers.Spool) error {
	out := bufio.NewWriterSize(w, 256<<10)
	keys := make([]int64, 0, len(summary.Initial))
	for key := range summary.Initial {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var buf []byte
	first := len(keys) == 0
	for _, key := range keys {
		buf = appendLine(buf[:0], registers.Op{Write: true, Key: key})
		if _, err := out.Write(buf); err != nil {
			return err
		}
	}
	for _, session := range spool.Sessions() {
		if !first {
			if _, err := out.WriteString("=====\n"); err != nil {
				return err
			}
		}
		first = false
		if err := spool.Write(out, spool.Section(session)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// appendLine appends a line. Keys and values are written unsigned: a minus sign would be a separator.
func appendLine(b []byte, op registers.Op) []byte {
	if op.Write {
		b = append(b, "w "...)
	} else {
		b = append(b, "r "...)
	}
	b = append(strconv.AppendUint(b, uint64(op.Key), 10), ' ')
	return append(strconv.AppendUint(b, uint64(op.Value), 10), '\n')
}
