package history

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// text reads a string. The bytes are valid until the next text or member.
func (s *scanner) text() ([]byte, bool) {
	if s.peek() != '"' {
		if s.null() {
			return nil, true
		}
		return nil, s.fail("a string")
	}
	line := s.line
	i := s.pos + 1
	start := i
	i = plainEnd(line, i)
	if i < len(line) && line[i] == '"' {
		s.pos = i + 1
		return line[start:i], true
	}
	s.scratch = append(s.scratch[:0], line[start:i]...)
	s.pos = i
	return s.oddText()
}

// plainEnd returns the index of the first byte from i on that is not plain.
func plainEnd(line []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for i+8 <= len(line) {
		word := binary.LittleEndian.Uint64(line[i:])
		quote, escape := word^ones*'"', word^ones*'\\'
		// The high bit of the first byte, and perhaps of later ones, that is a
		// quote, an escape, a control character or not ASCII.
		odd := ((quote-ones)&^quote | (escape-ones)&^escape | (word-ones*' ')&^word | word) & highs
		if odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
		i += 8
	}
	for i < len(line) && plain[line[i]] {
		i++
	}
	return i
}

// plain are the bytes that stand for themselves in a string.
var plain = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// oddText reads the rest of a string, from its first escape, non-ASCII character
// or mistake on. Bytes that are not valid UTF-8 become U+FFFD.
func (s *scanner) oddText() ([]byte, bool) {
	for s.pos < len(s.line) {
		switch c := s.line[s.pos]; {
		case plain[c]:
			s.scratch = append(s.scratch, c)
			s.pos++
		case c == '"':
			s.pos++
			return s.scratch, true
		case c == '\\':
			if !s.escape() {
				return nil, false
			}
		case c < ' ':
			return nil, s.fail("no control character in a string")
		default:
			r, size := utf8.DecodeRune(s.line[s.pos:])
			s.scratch = utf8.AppendRune(s.scratch, r)
			s.pos += size
		}
	}
	return nil, s.fail("the end of the string")
}

// escape reads a backslash and what follows.
func (s *scanner) escape() bool {
	if s.pos+1 >= len(s.line) {
		s.pos = len(s.line)
		return s.fail("the end of the string")
	}
	var c byte
	switch s.line[s.pos+1] {
	case '"', '\\', '/':
		c = s.line[s.pos+1]
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return s.unicode()
	default:
		return s.fail(`an escape: one of \" \\ \/ \b \f \n \r \t \u`)
	}
	s.scratch = append(s.scratch, c)
	s.pos += 2
	return true
}

// unicode reads \uXXXX, or two of them that are a surrogate pair. A lone
// surrogate becomes U+FFFD.
func (s *scanner) unicode() bool {
	r, ok := hex4(s.line[s.pos+2:])
	if !ok {
		return s.fail(`four hexadecimal digits after \u`)
	}
	s.pos += 6
	if utf16.IsSurrogate(r) {
		low, ok := rune(0), false
		if rest := s.line[s.pos:]; len(rest) >= 2 && rest[0] == '\\' && rest[1] == 'u' {
			low, ok = hex4(rest[2:])
		}
		if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
			s.pos += 6
		}
	}
	s.scratch = utf8.AppendRune(s.scratch, r)
	return true
}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// str reads a string and keeps it.
func (s *scanner) str() (string, bool) {
	b, ok := s.text()
	return s.keep.str(b), ok
}

// borrowed reads a string without a copy of it, unless it has escapes: it lies in
// the line. Long lists come in most operations of some histories, and copies of them would
// be most of the memory that reading such a history takes.
func (s *scanner) borrowed() (string, bool) {
	b, ok := s.text()
	if len(b) == 0 || len(s.scratch) > 0 && &b[0] == &s.scratch[0] {
		return string(b), ok
	}
	return unsafe.String(&b[0], len(b)), ok
}

// interner gives the same string for the same bytes as far as it remembers
// them, so that names that come again and again cost no memory. It is a small
// cache: what it forgot is only made again.
type interner [512]string

func (in *interner) str(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > 64 {
		return string(b)
	}
	hash := uint32(2166136261)
	for _, c := range b {
		hash = (hash ^ uint32(c)) * 16777619
	}
	slot := &in[hash>>8%uint32(len(in))]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}
