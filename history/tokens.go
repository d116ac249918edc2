package history

import "encoding/binary"

// token is a piece of text that stands in nearly every line as this package writes it, of at most 16
// bytes, laid out to be compared eight bytes at a time.
type token struct {
	text string
	// first are its first eight bytes, of which mask are the ones that it has, last its last eight.
	first, mask, last uint64
}

func newToken(text string) token {
	var padded [16]byte
	copy(padded[:], text)
	t := token{text: text, first: binary.LittleEndian.Uint64(padded[:]), mask: 1<<(8*len(text)) - 1}
	if len(text) >= 8 {
		t.mask, t.last = 1<<64-1, binary.LittleEndian.Uint64(padded[len(text)-8:])
	}
	return t
}

// The tokens, by what they begin.
var (
	tokenTxn    = newToken(`{"txn":`)
	tokenClient = newToken(`{"client":`)
	tokenKind   = newToken(`{"kind":`)
	tokenRow    = newToken(`{"key":`)
	tokenColumn = newToken(`{"column":`)

	tokenNumber    = newToken(`,"number":`)
	tokenName      = newToken(`,"name":`)
	tokenOutcome   = newToken(`,"outcome":`)
	tokenStart     = newToken(`,"start":`)
	tokenFinish    = newToken(`,"finish":`)
	tokenEnd       = newToken(`,"end":`)
	tokenOps       = newToken(`,"ops":`)
	tokenTable     = newToken(`,"table":`)
	tokenKey       = newToken(`,"key":`)
	tokenSet       = newToken(`,"set":`)
	tokenRows      = newToken(`,"rows":`)
	tokenStatement = newToken(`,"statement":`)
	tokenVersion   = newToken(`,"version":`)
	tokenPrevious  = newToken(`,"previous":`)
	tokenValues    = newToken(`,"values":`)
	tokenOp        = newToken(`,"op":`)
	tokenValue     = newToken(`,"value":`)
)

// has goes over the token, if it is next. The order and the spelling in which this
// package writes are read with it; whatever is different falls to member.
func (s *scanner) has(t *token) bool {
	rest := s.line[s.pos:]
	if len(rest) < 16 {
		return s.hasAtEnd(t.text)
	}
	size := len(t.text)
	if (binary.LittleEndian.Uint64(rest)^t.first)&t.mask != 0 || size > 8 && binary.LittleEndian.Uint64(rest[size-8:]) != t.last {
		return false
	}
	s.pos += size
	return true
}

// hasAtEnd is has where little of the line is left.
func (s *scanner) hasAtEnd(text string) bool {
	if end := s.pos + len(text); end <= len(s.line) && string(s.line[s.pos:end]) == text {
		s.pos = end
		return true
	}
	return false
}

// ends goes over the end of an object, if it is next.
func (s *scanner) ends() bool {
	if s.pos < len(s.line) && s.line[s.pos] == '}' {
		s.pos++
		return true
	}
	return false
}
