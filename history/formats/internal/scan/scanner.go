// Package scan reads text from a stream of any length, and knows at each byte
// which line and column it is.
package scan

import (
	"fmt"
	"io"

	"github.com/isocheck/isocheck/history"
)

const (
	bufferSize = 64 << 10
	// MaxToken is how long a token may be, in bytes.
	MaxToken = 1 << 20
)

// Scanner reads text from left to right. After the first thing that is not as it
// should be, its methods do nothing, and Err says what it was.
type Scanner struct {
	file     string
	src      io.Reader
	buf      []byte
	pos, end int
	base     int64 // where buf[0] is in the file
	ended    bool
	lines    int   // newlines that were passed
	lineAt   int64 // where the line begins
	err      error
}

// New returns a scanner of a file of that name.
func New(file string, src io.Reader) *Scanner {
	return &Scanner{file: file, src: src, buf: make([]byte, bufferSize)}
}

// Place is where something is in a text.
type Place struct{ Line, Column int }

// Place returns where the next byte is.
func (s *Scanner) Place() Place {
	return Place{Line: s.lines + 1, Column: int(s.base+int64(s.pos)-s.lineAt) + 1}
}

// Err returns what was wrong: a *history.FormatError, or an error of reading.
func (s *Scanner) Err() error { return s.err }

// Fail says what was expected where the scanner is, and what is there. It returns false.
func (s *Scanner) Fail(want string) bool {
	if s.err == nil {
		found := "the end of the file"
		if rest := s.rest(); len(rest) > 0 {
			found = fmt.Sprintf("%q", rest)
		}
		return s.FailAt(s.Place(), "expected "+want+", found "+found)
	}
	return false
}

// rest returns the next few bytes, for an error.
func (s *Scanner) rest() []byte {
	const most = 24
	s.ensure(most)
	rest := s.buf[s.pos:min(s.end, s.pos+most)]
	for i, c := range rest {
		if c == '\n' && i > 0 {
			return rest[:i]
		}
	}
	return rest
}

// FailAt says what is wrong at a place. It returns false. Nothing is left to read then.
func (s *Scanner) FailAt(at Place, problem string) bool {
	if s.err == nil {
		s.err = s.ErrorAt(at, problem)
	}
	s.pos, s.ended = s.end, true
	return false
}

// ErrorAt returns an error at a place of the file.
func (s *Scanner) ErrorAt(at Place, problem string) error {
	return &history.FormatError{File: s.file, Line: at.Line, Column: at.Column, Problem: problem}
}

// fill reads more, behind what is in the buffer from position from on; what is
// before is let go. It is false at the end of the text.
func (s *Scanner) fill(from int) bool {
	if s.ended || s.err != nil {
		return false
	}
	if from > 0 {
		copy(s.buf, s.buf[from:s.end])
		s.base += int64(from)
		s.pos, s.end = s.pos-from, s.end-from
	}
	if s.end == len(s.buf) {
		if len(s.buf) > MaxToken {
			return s.FailAt(s.Place(), "this is longer than 1 MiB, without a space or a delimiter")
		}
		grown := make([]byte, 2*len(s.buf))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	for tries := 0; ; tries++ {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		switch {
		case err == io.EOF:
			s.ended = true
			return n > 0
		case err != nil:
			s.err, s.ended = fmt.Errorf("reading %s: %w", s.file, err), true
			return false
		case n > 0:
			return true
		case tries > 100:
			s.err = fmt.Errorf("reading %s: %w", s.file, io.ErrNoProgress)
			return false
		}
	}
}

// ensure tries to have the next n bytes in the buffer.
func (s *Scanner) ensure(n int) {
	for s.end-s.pos < n && s.fill(s.pos) {
		continue
	}
}

// Peek returns the next byte, 0 at the end of the text.
func (s *Scanner) Peek() byte {
	if s.pos < s.end || s.fill(s.pos) {
		return s.buf[s.pos]
	}
	return 0
}

// PeekAt returns the byte n after the next one, 0 behind the end of the text. n is small.
func (s *Scanner) PeekAt(n int) byte {
	s.ensure(n + 1)
	if s.pos+n < s.end {
		return s.buf[s.pos+n]
	}
	return 0
}

// AtEnd reports whether nothing is left, or something was wrong.
func (s *Scanner) AtEnd() bool { return s.err != nil || s.pos == s.end && !s.fill(s.pos) }

// Next goes over the byte that Peek returned.
func (s *Scanner) Next() {
	if s.pos == s.end {
		return
	}
	if s.buf[s.pos] == '\n' {
		s.lines++
		s.lineAt = s.base + int64(s.pos) + 1
	}
	s.pos++
}

// Skip goes over the byte if it is next.
func (s *Scanner) Skip(c byte) bool {
	if s.AtEnd() || s.buf[s.pos] != c {
		return false
	}
	s.Next()
	return true
}

// Expect goes over the byte, or fails.
func (s *Scanner) Expect(c byte) bool {
	return s.Skip(c) || s.Fail(fmt.Sprintf("%q", c))
}

// Buffered returns what was read from the file and not gone over yet, some of it at
// least if it is not the end. It is valid until the scanner goes on.
func (s *Scanner) Buffered() []byte {
	s.ensure(1)
	return s.buf[s.pos:s.end]
}

// Advance goes over the next n bytes of what is buffered, no newlines among them.
func (s *Scanner) Advance(n int) { s.pos += n }

// Set is a set of bytes.
type Set [256]bool

// NewSet returns the set of the bytes of a text.
func NewSet(members string) *Set {
	set := &Set{}
	for i := range len(members) {
		set[members[i]] = true
	}
	return set
}

// SkipAll goes over all bytes of the set that come next, and returns the one after them, 0 at the end.
func (s *Scanner) SkipAll(set *Set) byte {
	for {
		for s.pos < s.end {
			c := s.buf[s.pos]
			if !set[c] {
				return c
			}
			if c == '\n' {
				s.lines++
				s.lineAt = s.base + int64(s.pos) + 1
			}
			s.pos++
		}
		if !s.fill(s.pos) {
			return 0
		}
	}
}

// Token goes over all bytes of the set that come next, no newlines among them, and
// returns them. They are valid until the scanner goes on. It returns nothing where there are too many.
func (s *Scanner) Token(set *Set) []byte {
	i := s.pos
	for {
		for i < s.end && set[s.buf[i]] {
			i++
		}
		if i < s.end {
			break
		}
		n := i - s.pos
		more := s.fill(s.pos)
		if s.err != nil {
			return nil
		}
		if i = s.pos + n; !more {
			break
		}
	}
	token := s.buf[s.pos:i]
	s.pos = i
	return token
}

// SkipLine goes to the end of the line.
func (s *Scanner) SkipLine() {
	for s.pos < s.end || s.fill(s.pos) {
		if s.buf[s.pos] == '\n' {
			return
		}
		s.pos++
	}
}
