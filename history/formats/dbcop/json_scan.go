package dbcop

import (
	"fmt"

	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

var (
	jsonSpace = scan.NewSet(" \t\r\n")
	plain     = func() *scan.Set {
		set := &scan.Set{}
		for c := range set {
			set[c] = c >= ' ' && c != '"' && c != '\\'
		}
		return set
	}()
	scalar = scan.NewSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.")
)

func (p *jsonParser) space() byte { return p.s.SkipAll(jsonSpace) }

func (p *jsonParser) open(bracket byte) bool {
	p.space()
	return p.s.Expect(bracket)
}

func (p *jsonParser) close(bracket byte) bool {
	p.space()
	return p.s.Expect(bracket)
}

func (p *jsonParser) comma() bool {
	p.space()
	return p.s.Expect(',')
}

// element comes to the next element of an array. It is false behind the end of the
// array, and where something is wrong.
func (p *jsonParser) element(end byte) bool {
	c := p.space()
	if c == end {
		p.s.Next()
		return false
	}
	if !p.first {
		if c != ',' {
			return p.s.Fail(fmt.Sprintf("a comma, or %q", end))
		}
		p.s.Next()
		p.space()
	} else if p.s.AtEnd() {
		return p.s.Fail(fmt.Sprintf("%q", end))
	}
	p.first = false
	return true
}

// member comes to the next member of an object, and stands before its value. It is
// false behind the end of the object, and where something is wrong.
func (p *jsonParser) member() ([]byte, bool) {
	if !p.element('}') {
		return nil, false
	}
	key, found := p.str()
	if !found {
		return nil, false
	}
	p.space()
	return key, p.s.Expect(':')
}

// str reads a string. Its escapes stay as they are: the keys that matter have none.
func (p *jsonParser) str() ([]byte, bool) {
	if !p.s.Skip('"') {
		return nil, p.s.Fail("a string in quotes")
	}
	p.key = p.key[:0]
	for len(p.key) < scan.MaxToken {
		p.key = append(p.key, p.s.Token(plain)...)
		switch {
		case p.s.Skip('"'):
			return p.key, true
		case p.s.Skip('\\'):
			p.key = append(p.key, '\\', p.s.Peek())
			p.s.Next()
		default:
			return nil, p.s.Fail("the end of the string")
		}
	}
	return nil, p.s.Fail("the end of the string")
}

func (p *jsonParser) number(what string, to *int64) bool {
	p.space()
	n, found := p.s.Number(what)
	*to = n
	return found
}

func (p *jsonParser) boolean() (value, found bool) {
	if p.space() == 't' {
		return true, p.word("true")
	}
	return false, p.word("false")
}

func (p *jsonParser) word(word string) bool {
	for i := range len(word) {
		if p.s.PeekAt(i) != word[i] {
			return p.s.Fail(word)
		}
	}
	for range len(word) {
		p.s.Next()
	}
	return true
}

const deepest = 64

// skip goes over a value.
func (p *jsonParser) skip(depth int) bool {
	if depth > deepest {
		return p.s.Fail("values that are not nested so deep")
	}
	switch c := p.space(); c {
	case '"':
		_, found := p.str()
		return found
	case '[', '{':
		p.s.Next()
		for p.first = true; ; p.first = false {
			if c == '[' && !p.element(']') {
				break
			}
			if c == '{' {
				if _, found := p.member(); !found {
					break
				}
			}
			if !p.skip(depth + 1) {
				return false
			}
		}
		p.first = false
		return p.s.Err() == nil
	}
	if len(p.s.Token(scalar)) == 0 {
		return p.s.Fail("a value")
	}
	return true
}
