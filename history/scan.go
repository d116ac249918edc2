package history

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
)

// scanner reads one line of JSON, from left to right, without memory of its own
// except for strings. Its methods report false after the first thing that is
// not as it should be; want then says what should have stood at pos.
//
// An object is read with
//
//	if s.open('{') {
//		for s.member() {
//			switch string(s.key) { … read or skip the value … }
//		}
//	}
//
// and an array with open('[') and element. A null in place of an object, an
// array, a number or a string is its zero value.
type scanner struct {
	line []byte
	pos  int
	want string
	// key is that of the member that was come to; it is valid until the next member.
	key []byte
	// fresh says that an object or array was just opened, so that no comma comes next.
	fresh   bool
	scratch []byte
	keep    interner
}

func (s *scanner) reset(line []byte) {
	s.line, s.pos, s.want, s.fresh = line, 0, "", false
}

// fail notes what was expected at pos; the first failure counts.
func (s *scanner) fail(want string) bool {
	if s.want == "" {
		s.want = want
	}
	return false
}

// peek skips white space and returns the next byte, 0 at the end of the line.
func (s *scanner) peek() byte {
	for s.pos < len(s.line) {
		c := s.line[s.pos]
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c
		}
		s.pos++
	}
	return 0
}

// open enters an object or an array. It is false, without a failure, for null.
func (s *scanner) open(bracket byte) bool {
	if s.peek() == bracket {
		s.pos++
		s.fresh = true
		return true
	}
	if s.null() {
		return false
	}
	if bracket == '{' {
		return s.fail("an object")
	}
	return s.fail("an array")
}

// member comes to the next member of an object, sets key, and stands before the
// value. It is false at the end of the object, which it leaves, and after a failure.
func (s *scanner) member() bool {
	line, i := s.line, s.pos
	switch {
	case !s.fresh && s.want == "" && i+1 < len(line) && line[i] == ',' && line[i+1] == '"':
		i += 2
	case !s.advance('}', "a comma or the end of the object"):
		return false
	case s.peek() != '"':
		return s.fail("a key in quotes")
	default:
		i = s.pos + 1
	}
	start := i
	i = plainEnd(line, i)
	if i+1 < len(line) && line[i] == '"' && line[i+1] == ':' {
		s.key, s.pos = line[start:i], i+2
		return true
	}
	return s.oddMember(start - 1)
}

// oddMember reads a key with escapes or with white space after it.
func (s *scanner) oddMember(quote int) bool {
	s.pos = quote
	key, ok := s.text()
	if !ok {
		return false
	}
	s.key = key
	if s.peek() != ':' {
		return s.fail("a colon")
	}
	s.pos++
	return true
}

// element comes to the next element of an array. It is false at the end of the
// array, which it leaves, and after a failure.
func (s *scanner) element() bool {
	if !s.fresh && s.want == "" && s.pos < len(s.line) && s.line[s.pos] == ',' {
		s.pos++
		return true
	}
	return s.advance(']', "a comma or the end of the array")
}

// advance goes over the comma before the next member or element, or out of the
// object or array.
func (s *scanner) advance(end byte, want string) bool {
	if s.want != "" {
		return false
	}
	c := s.peek()
	fresh := s.fresh
	s.fresh = false
	switch {
	case c == end:
		s.pos++
		return false
	case fresh:
		return true
	case c == ',':
		s.pos++
		return true
	}
	return s.fail(want)
}

// null goes over a null, if one is next.
func (s *scanner) null() bool { return s.literal("null") }

func (s *scanner) literal(word string) bool {
	if s.want == "" && len(s.line)-s.pos >= len(word) && string(s.line[s.pos:s.pos+len(word)]) == word {
		s.pos += len(word)
		return true
	}
	return false
}

// boolean reads true or false.
func (s *scanner) boolean() (value, ok bool) {
	s.peek()
	switch {
	case s.literal("true"):
		return true, true
	case s.literal("false"), s.null():
		return false, true
	}
	return false, s.fail("true or false")
}

// integer reads a number that is an integer of 64 bits.
func (s *scanner) integer() (int64, bool) {
	line, i := s.line, s.pos
	if i+8 > len(line) {
		return s.oddInteger()
	}
	// Most numbers here are either one digit, or times and versions: eight at once.
	if line[i]-'0' <= 9 && endsNumber(line[i+1]) {
		s.pos = i + 1
		return int64(line[i] - '0'), true
	}
	word := binary.LittleEndian.Uint64(line[i:])
	count := digits(word)
	n := eightDigits(word << (64 - 8*count))
	i += count
	if count == 8 && i+8 <= len(line) {
		word = binary.LittleEndian.Uint64(line[i:])
		more := digits(word)
		n = n*pow10[more] + eightDigits(word<<(64-8*more))
		i += more
	}
	if count == 0 || line[s.pos] == '0' && count > 1 || i < len(line) && !endsNumber(line[i]) {
		return s.oddInteger()
	}
	s.pos = i
	return int64(n), true
}

var pow10 = [9]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}

// digits counts how many of the word's bytes, from the lowest on, are ASCII digits.
func digits(word uint64) int {
	odd := (word&0xf0f0f0f0f0f0f0f0 | (word+0x0606060606060606)&0xf0f0f0f0f0f0f0f0>>4) ^ 0x3333333333333333
	return bits.TrailingZeros64(odd) / 8
}

// eightDigits returns the number that eight ASCII digits stand for; bytes that are 0 count as the digit 0.
func eightDigits(word uint64) uint64 {
	word &= 0x0f0f0f0f0f0f0f0f
	word = word*10 + word>>8
	return ((word&0x000000ff000000ff)*(100+1000000<<32) + (word>>16&0x000000ff000000ff)*(1+10000<<32)) >> 32
}

func endsNumber(c byte) bool { return c == ',' || c == '}' || c == ']' || c <= ' ' }

// oddInteger reads negative numbers, long ones, null, and integers that are
// written like 1.0 or 1e3.
func (s *scanner) oddInteger() (int64, bool) {
	s.peek()
	if s.null() {
		return 0, true
	}
	start := s.pos
	if !s.number() {
		return 0, false
	}
	text := string(s.line[start:s.pos])
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	// Beyond 53 bits a fraction or an exponent leaves in doubt which integer is meant.
	if f, err := strconv.ParseFloat(text, 64); err == nil && f == math.Trunc(f) && math.Abs(f) <= 1<<53 && float(text) {
		return int64(f), true
	}
	s.pos = start
	return 0, s.fail("an integer of at most 64 bits")
}

func float(number string) bool {
	for _, c := range []byte(number) {
		if c == '.' || c == 'e' || c == 'E' {
			return true
		}
	}
	return false
}
