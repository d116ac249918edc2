package jepsen

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// notation is how a file writes its values.
type notation uint8

const (
	edn notation = iota
	json
)

// maxString is how long a string may be, in bytes.
const maxString = scan.MaxToken

// appendString reads a string in quotes.
func appendString(s *scan.Scanner, text *[]byte, as notation) bool {
	s.Next()
	from := len(*text)
	for !s.AtEnd() && len(*text)-from < maxString {
		c := s.Peek()
		switch {
		case c == '"':
			s.Next()
			return true
		case c == '\\':
			s.Next()
			if !appendEscape(s, text, as) {
				return false
			}
			continue
		case c < ' ' && as == json:
			return s.Fail("no control character in a string")
		}
		*text = append(*text, c)
		s.Next()
	}
	return s.Fail("the end of the string")
}

// escaped returns what the character after a backslash stands for, 0 for those that stand for nothing.
func escaped(c byte, as notation) byte {
	switch c {
	case '"', '\\':
		return c
	case '/':
		if as == json {
			return c
		}
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

// appendEscape reads what follows a backslash.
func appendEscape(s *scan.Scanner, text *[]byte, as notation) bool {
	if to := escaped(s.Peek(), as); to != 0 {
		*text = append(*text, to)
		s.Next()
		return true
	}
	r, found := unicode(s)
	if !found {
		return false
	}
	if utf16.IsSurrogate(r) && s.Peek() == '\\' && s.PeekAt(1) == 'u' {
		s.Next()
		low, found := unicode(s)
		if !found {
			return false
		}
		r = utf16.DecodeRune(r, low)
	}
	*text = utf8.AppendRune(*text, r) // U+FFFD for half a pair
	return true
}

// unicode reads a u and four hexadecimal digits.
func unicode(s *scan.Scanner) (rune, bool) {
	if s.Peek() != 'u' {
		return 0, s.Fail("an escape")
	}
	r := rune(0)
	for i := 1; i <= 4; i++ {
		digit, valid := hex(s.PeekAt(i))
		if !valid {
			return 0, s.Fail("four hexadecimal digits after u")
		}
		r = r<<4 | digit
	}
	for range 5 {
		s.Next()
	}
	return r, true
}

func hex(c byte) (rune, bool) {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0'), true
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}
