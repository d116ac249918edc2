package probes

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/isocheck/isocheck/history"
)

// SyntaxError is what is wrong with a file of probes, and where.
type SyntaxError struct {
	File         string
	Line, Column int // from 1; the column counts characters
	Message      string
}

// Error returns file:line:column: message.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// tokenKind is what a token is.
type tokenKind uint8

const (
	end    tokenKind = iota // of the line, or where a comment begins
	word                    // read, for, read-only, value
	number                  // 12, -5
	text                    // 'it''s'
	symbol                  // = <> < <= > >= + ( ) , :
)

// token is one word, value or sign of a line.
type token struct {
	kind  tokenKind
	text  string // of a text, without its quotes
	at    int    // byte in the line
	until int
}

// line is one line that is being read.
type line struct {
	file   string
	number int
	text   string
	pos    int
	next   token
}

// fail returns an error about what stands at the byte.
func (l *line) fail(at int, format string, args ...any) error {
	return &SyntaxError{
		File: l.file, Line: l.number, Column: utf8.RuneCountInString(l.text[:min(at, len(l.text))]) + 1,
		Message: fmt.Sprintf(format, args...),
	}
}

// unexpected returns an error about the next token.
func (l *line) unexpected(wanted string) error {
	switch l.next.kind {
	case end:
		return l.fail(l.next.at, "the line ends where %s should be", wanted)
	case text:
		return l.fail(l.next.at, "'%s' where %s should be", l.next.text, wanted)
	default:
		return l.fail(l.next.at, "%q where %s should be", l.next.text, wanted)
	}
}

// advance reads the next token.
func (l *line) advance() error {
	for l.pos < len(l.text) && (l.text[l.pos] == ' ' || l.text[l.pos] == '\t') {
		l.pos++
	}
	from := l.pos
	l.next = token{kind: end, at: from, until: from}
	if from == len(l.text) || l.text[from] == '#' {
		return nil
	}
	c := l.text[from]
	switch {
	case c == '\'':
		return l.quoted()
	case isLetter(c):
		for l.pos < len(l.text) && isWord(l.text[l.pos]) {
			l.pos++
		}
		l.next.kind = word
	case isDigit(c) || c == '-' && from+1 < len(l.text) && isDigit(l.text[from+1]):
		l.pos++
		for l.pos < len(l.text) && isDigit(l.text[l.pos]) {
			l.pos++
		}
		l.next.kind = number
	default:
		if l.pos = from + symbolLength(l.text[from:]); l.pos == from {
			r, _ := utf8.DecodeRuneInString(l.text[from:])
			return l.fail(from, "%q has no meaning here", r)
		}
		l.next.kind = symbol
	}
	l.next.text, l.next.until = l.text[from:l.pos], l.pos
	return nil
}

// quoted reads a text in single quotes, in which two of them are one.
func (l *line) quoted() error {
	from := l.pos
	var value []byte
	for l.pos++; l.pos < len(l.text); l.pos++ {
		if l.text[l.pos] != '\'' {
			value = append(value, l.text[l.pos])
			continue
		}
		l.pos++
		if l.pos < len(l.text) && l.text[l.pos] == '\'' {
			value = append(value, '\'')
			continue
		}
		l.next = token{kind: text, text: string(value), at: from, until: l.pos}
		return nil
	}
	return l.fail(from, "the text that begins here has no closing quote")
}

func symbolLength(s string) int {
	for _, two := range []string{"<>", "<=", ">="} {
		if len(s) >= 2 && s[:2] == two {
			return 2
		}
	}
	switch s[0] {
	case '=', '<', '>', '+', '(', ')', ',', ':':
		return 1
	}
	return 0
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '-' || c == '_' }

// is reports whether the next token is this word or sign.
func (l *line) is(text string) bool {
	return (l.next.kind == word || l.next.kind == symbol) && l.next.text == text
}

// accept takes the next token if it is this word or sign.
func (l *line) accept(text string) (bool, error) {
	if !l.is(text) {
		return false, nil
	}
	return true, l.advance()
}

// expect takes the next token, which must be this word or sign.
func (l *line) expect(text string) error {
	if !l.is(text) {
		return l.unexpected(fmt.Sprintf("%q", text))
	}
	return l.advance()
}

// word takes the next token, which must be a word.
func (l *line) word(wanted string) (string, error) {
	if l.next.kind != word {
		return "", l.unexpected(wanted)
	}
	w := l.next.text
	return w, l.advance()
}

// integer takes the next token, which must be a number.
func (l *line) integer(wanted string) (int64, error) {
	if l.next.kind != number {
		return 0, l.unexpected(wanted)
	}
	n, err := strconv.ParseInt(l.next.text, 10, 64)
	if err != nil {
		return 0, l.fail(l.next.at, "%s is out of range", l.next.text)
	}
	return n, l.advance()
}

// value takes the next token, which must be a value for the column.
func (l *line) value(c history.Column) (history.Value, error) {
	switch {
	case l.is("null"):
		return history.Value{}, l.advance()
	case c.Type == history.Text && l.next.kind == text:
		v := history.TextValue(l.next.text)
		return v, l.advance()
	case c.Type == history.Text:
		return history.Value{}, l.unexpected("a text in quotes")
	}
	n, err := l.integer("a number")
	return history.IntValue(n), err
}

// done fails unless the line has been read to its end.
func (l *line) done() error {
	if l.next.kind != end {
		return l.unexpected("the end of the line")
	}
	return nil
}

// rest returns what is left of the line, as plain text.
func (l *line) rest() string { return l.text[l.next.at:] }
