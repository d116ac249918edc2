package history

// maxDepth is how deep the brackets of a value that is skipped may nest, as in encoding/json.
const maxDepth = 10000

// skip goes over one value of any kind, and fails where it is no JSON.
func (s *scanner) skip() bool {
	var open []byte // the brackets that are open around pos, innermost last
	for {
		c := s.peek()
		switch {
		case c == '{' || c == '[':
			if len(open) == maxDepth {
				return s.fail("brackets that nest less deep")
			}
			s.pos++
			s.fresh = true
			open = append(open, c)
		case !s.skipScalar(c):
			return false
		}
		for more := false; !more; {
			if len(open) == 0 {
				return true
			}
			if open[len(open)-1] == '{' {
				more = s.member()
			} else {
				more = s.element()
			}
			if s.want != "" {
				return false
			}
			if !more {
				open = open[:len(open)-1]
			}
		}
	}
}

func (s *scanner) skipScalar(c byte) bool {
	switch c {
	case '"':
		_, ok := s.text()
		return ok
	case 't', 'f':
		_, ok := s.boolean()
		return ok
	case 'n':
		return s.null() || s.fail("a value")
	case 0:
		return s.fail("a value")
	}
	return s.number()
}

// number goes over a number as JSON's grammar has it.
func (s *scanner) number() bool {
	start := s.pos
	if s.at('-') {
		s.pos++
	}
	switch {
	case s.at('0'):
		s.pos++
	case !s.digits():
		s.pos = start
		return s.fail("a number")
	}
	if s.at('.') {
		s.pos++
		if !s.digits() {
			return s.fail("a digit after the point")
		}
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		if !s.digits() {
			return s.fail("a digit in the exponent")
		}
	}
	return true
}

func (s *scanner) at(c byte) bool { return s.pos < len(s.line) && s.line[s.pos] == c }

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.line) && s.line[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos > start
}
