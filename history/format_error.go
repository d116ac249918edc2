package history

import (
	"fmt"
	"strings"
)

// FormatError says what is wrong with a history file, and where.
type FormatError struct {
	File string
	// Line counts from 1; it is 0 where the problem is with the file as a whole.
	Line int
	// Column is the byte within the line, counted from 1, or 0 where the
	// problem is with the line as a whole.
	Column  int
	Problem string
	// Err is the error that lies beneath, if there is one.
	Err error
}

// Error returns the problem after its place: file:line:column.
func (e *FormatError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Column > 0 {
		if e.File == "" {
			b.WriteString("column ")
		} else {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%d", e.Column)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Problem)
	return b.String()
}

// Unwrap returns the error that lies beneath, if there is one.
func (e *FormatError) Unwrap() error { return e.Err }

// problem says what was expected where the scanner failed, and what is there.
func (s *scanner) problem() string {
	if s.pos >= len(s.line) {
		return "expected " + s.want + ", found the end of the line"
	}
	const most = 24
	rest := s.line[s.pos:]
	more := ""
	if len(rest) > most {
		rest, more = rest[:most], " …"
	}
	return fmt.Sprintf("expected %s, found %q%s", s.want, rest, more)
}
