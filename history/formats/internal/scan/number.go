package scan

import (
	"math"
	"math/bits"
)

// Number reads an integer of 64 bits, signed or unsigned. One beyond the signed ones
// is returned as the signed one with the same bits: different numbers stay different.
func (s *Scanner) Number(want string) (int64, bool) {
	if s.err != nil {
		return 0, false
	}
	s.ensure(24)
	i := s.pos
	negative := i < s.end && s.buf[i] == '-'
	if negative {
		i++
	}
	first := i
	var n uint64
	for ; i < s.end && s.buf[i]-'0' <= 9; i++ {
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
