package history

import (
	"errors"
	"fmt"
	"io"
	"runtime"
)

// maxTexts is how much memory the statements and the events of a file may take,
// in bytes.
const maxTexts = 64 << 20

// reader is one history file as a Stream.
type reader struct {
	path       string
	file       *file
	lines      lineReader
	ahead      *ahead // nil where lines are decoded one by one
	several    bool   // several goroutines can run at a time
	line       int    // the number of the line that was read last
	dec        decoder
	header     *Header
	statements []string
	events     []Event
	texts      int // bytes of statements and events
	counts     counts
	closed     bool
	seen       seen
	err        error
}

// openReader opens a file and reads its header.
func openReader(path string) (*reader, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return readFrom(path, f)
}

// newReader is openReader for what was opened already, of some size, 0 if that is not known.
func newReader(path string, src io.ReadCloser, size int64) (*reader, error) {
	f, err := newFile(path, src, size)
	if err != nil {
		return nil, err
	}
	return readFrom(path, f)
}

func readFrom(path string, f *file) (*reader, error) {
	r := &reader{path: path, file: f, lines: lineReader{src: f}, dec: decoder{borrow: true}, several: runtime.GOMAXPROCS(0) > 1}
	if err := r.readHeader(); err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

func (r *reader) Header() *Header      { return r.header }
func (r *reader) Statements() []string { return r.statements }
func (r *reader) Events() []Event      { return r.events }

// Close lets go of the file.
func (r *reader) Close() error {
	if r.ahead != nil {
		r.ahead.stop()
		r.ahead = nil
	}
	return r.file.Close()
}

// Closed is true when the closing line was there and the file ended well after it.
func (r *reader) Closed() bool { return r.closed && errors.Is(r.err, io.EOF) }

// Progress returns the share of the file that was read, 0 if its size is not known.
func (r *reader) Progress() float64 { return r.file.progress() }

func (r *reader) readHeader() error {
	var t Transaction
	kind, line, err := r.nextLine(&t)
	if errors.Is(err, io.EOF) {
		return r.problem(0, "it ends before its header: nothing was recorded, or this is no history")
	}
	if err != nil {
		return err
	}
	if kind != headerLine {
		return r.problem(0, "expected the header in the first line: is this a history?")
	}
	l, err := parseOther(line)
	if err != nil {
		return r.at(err)
	}
	if l.Header == nil {
		return r.problem(0, "the header is null")
	}
	if err := l.Header.Validate(); err != nil {
		return r.at(err)
	}
	r.header = l.Header
	return nil
}

func (r *reader) Next(t *Transaction) error {
	if r.err == nil {
		if r.ahead == nil && r.file.size >= aheadFrom && r.several {
			r.ahead = decodeAhead(r.lines.src, r.lines.buf[r.lines.start:r.lines.end])
		}
		r.err = r.next(t)
	}
	return r.err
}

func (r *reader) next(t *Transaction) error {
	for {
		kind, line, err := r.nextLine(t)
		switch {
		case err != nil:
			return err
		case r.closed:
			return r.problem(0, "expected nothing after the closing line")
		case kind == txnLine:
			return r.accept(t)
		case kind == otherLine:
			continue
		}
		if err := r.other(kind, line); err != nil {
			return err
		}
	}
}

// nextLine reads the next line that is not empty. A line that was cut off ends the stream.
func (r *reader) nextLine(t *Transaction) (lineType, []byte, error) {
	for r.ahead != nil {
		l, err := r.ahead.next(t)
		switch {
		case errors.Is(err, io.EOF):
			return otherLine, nil, err
		case err != nil:
			r.line++
			return otherLine, nil, r.unreadable(err)
		}
		r.line++
		switch {
		case l.ok:
			return l.kind, l.text, nil
		case l.blank:
			continue
		case !l.whole && !r.closed:
			return otherLine, nil, io.EOF
		}
		return otherLine, nil, r.problem(l.column, l.problem)
	}
	for {
		line, whole, err := r.lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return otherLine, nil, err
		case err != nil:
			r.line++
			return otherLine, nil, r.unreadable(err)
		}
		r.line++
		kind, ok := r.dec.decode(line, t)
		switch {
		case ok:
			return kind, line, nil
		case r.dec.blank():
			continue
		case !whole && !r.closed:
			return otherLine, nil, io.EOF
		}
		return otherLine, nil, r.problem(r.dec.pos+1, r.dec.problem())
	}
}

// blank reports whether there is nothing in the line.
func (s *scanner) blank() bool {
	for _, c := range s.line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// accept counts a transaction and makes sure that it belongs to this history.
func (r *reader) accept(t *Transaction) error {
	if err := t.Validate(r.header); err != nil {
		return r.at(err)
	}
	for i := range t.Ops {
		if n := t.Ops[i].Statement; n >= len(r.statements) {
			return r.problem(0, fmt.Sprintf("transaction %s, operation %d: it names statement %d; so far there are %d", t.ID(), i, n, len(r.statements)))
		}
	}
	if !r.seen.add(t) {
		return r.problem(0, fmt.Sprintf("transaction %s is in the file twice", t.ID()))
	}
	r.counts.Transactions++
	r.counts.Operations += int64(len(t.Ops))
	return nil
}

// other takes in a line that is no transaction.
func (r *reader) other(kind lineType, line []byte) error {
	l, err := parseOther(line)
	if err != nil {
		return r.at(err)
	}
	r.texts += len(line)
	switch {
	case r.texts > maxTexts:
		return r.problem(0, "the statements and events so far have more than 64 MiB")
	case kind == headerLine:
		return r.problem(0, "a second header; check the files one by one, or together as two files")
	case l.Statement != nil:
		if l.Statement.Number != len(r.statements) {
			return r.problem(0, fmt.Sprintf("expected statement %d, found statement %d", len(r.statements), l.Statement.Number))
		}
		r.statements = append(r.statements, l.Statement.SQL)
		r.counts.Statements++
	case l.Event != nil:
		if err := l.Event.validate(); err != nil {
			return r.at(err)
		}
		r.events = append(r.events, *l.Event)
		r.counts.Events++
	case l.Closing != nil:
		if *l.Closing != r.counts {
			return r.problem(0, fmt.Sprintf("lines are missing or are too many: the closing line counts %s, the file has %s", l.Closing, &r.counts))
		}
		r.closed = true
	}
	return nil
}

func (c *counts) String() string {
	return fmt.Sprintf("%d transactions with %d operations, %d statements and %d events", c.Transactions, c.Operations, c.Statements, c.Events)
}

// problem returns an error at the line that was read last.
func (r *reader) problem(column int, text string) error {
	return &FormatError{File: r.path, Line: r.line, Column: column, Problem: text}
}

// at returns the error with its place in the file.
func (r *reader) at(err error) error {
	var e *FormatError
	if errors.As(err, &e) {
		return &FormatError{File: r.path, Line: r.line, Column: e.Column, Problem: e.Problem, Err: e.Err}
	}
	return &FormatError{File: r.path, Line: r.line, Problem: err.Error(), Err: err}
}

// unreadable returns the error of a file that cannot be read on.
func (r *reader) unreadable(err error) error {
	if errors.Is(err, errLongLine) {
		return r.at(err)
	}
	return &FormatError{File: r.path, Line: r.line, Problem: "the file cannot be read on from about here: " + err.Error(), Err: err}
}
