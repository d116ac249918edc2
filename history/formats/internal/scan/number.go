package scan

import (
	"math"
	"math/bits"
)

// mostDigits is how many digits an integer of 64 bits has.
const mostDigits = 20

// Number reads an integer of 64 bits, signed or unsigned. One beyond the signed ones
// is returned as the signed one with the same bits: different numbers stay different.
func (s *Scanner) Number(want string) (int64, bool) {
	if n, found := s.digits(); found {
		return n, true
	}
	if s.err != nil {
		return 0, false
	}
	s.ensure(mostDigits + 2) // the sign, and what follows
	i := s.pos
	negative := i < s.end && s.buf[i] == '-'
	if negative {
		i++
	}
	first := i
	var n uint64
	for ; i < s.end && s.buf[i]-'0' <= 9; i++ {
		if i-first == mostDigits {
			return 0, s.Fail(want + ", an integer of at most 64 bits")
		}
		high, low := bits.Mul64(n, 10)
		sum, carry := bits.Add64(low, uint64(s.buf[i]-'0'), 0)
		if high != 0 || carry != 0 {
			return 0, s.Fail(want + ", an integer of at most 64 bits")
		}
		n = sum
	}
	if i == first {
		return 0, s.Fail(want)
	}
	if negative && n > -math.MinInt64 {
		return 0, s.Fail(want + ", an integer of at most 64 bits")
	}
	s.pos = i
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}

// digits reads an integer of at most 18 digits that is whole in the buffer. It is
// false, and has read nothing, where there is something else.
func (s *Scanner) digits() (int64, bool) {
	rest := s.buf[s.pos:s.end]
	n := int64(0)
	for i, c := range rest {
		if c -= '0'; c > 9 {
			s.pos += i
			return n, i > 0
		}
		if i == 18 {
			break
		}
		n = n*10 + int64(c)
	}
	return 0, false
}
