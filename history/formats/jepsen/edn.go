package jepsen

import (
	"fmt"
	"strconv"

	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

const (
	// deepest is how deep values may be nested.
	deepest = 64
	// mopDepth is how deep micro-operations are.
	mopDepth = 2
)

var (
	ednSpace  = scan.NewSet(" \t\r\n\f,")
	ednSymbol = scan.NewSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.*+!-_?$%&=<>/:#'|")
)

// ednLexer reads operations in EDN: maps one after the other, or all in one vector
// or list. Tags, such as those of records, are read over.
type ednLexer struct {
	s     *scan.Scanner
	close byte // the end of the vector or list around all operations, 0 if there is none
	begun bool
}

func (l *ednLexer) scanner() *scan.Scanner { return l.s }

func (l *ednLexer) next(e *event) bool {
	for {
		c := l.space()
		if !l.begun && (c == '[' || c == '(') {
			l.close = closing(c)
			l.s.Next()
			l.begun = true
			continue
		}
		l.begun = true
		switch {
		case l.s.AtEnd():
			if l.close != 0 {
				l.s.Fail(fmt.Sprintf("%q after the last operation", l.close))
			}
			return false
		case l.close != 0 && c == l.close:
			l.s.Next()
			if l.space(); !l.s.AtEnd() {
				l.s.Fail("nothing after the operations")
			}
			return false
		case c == '#':
			if !l.tag() {
				return false
			}
		case c != '{':
			return l.s.Fail("an operation, a map in braces")
		default:
			return l.operation(e)
		}
	}
}

func closing(open byte) byte {
	switch open {
	case '[':
		return ']'
	case '(':
		return ')'
	}
	return '}'
}

// space goes over white space, comments and what #_ discards, and returns the next byte.
func (l *ednLexer) space() byte {
	if c := l.s.Peek(); c > ' ' && c != ',' && c != ';' && c != '#' {
		return c
	}
	for {
		c := l.s.SkipAll(ednSpace)
		switch {
		case c == ';':
			l.s.SkipLine()
		case c == '#' && l.s.PeekAt(1) == '_':
			l.s.Next()
			l.s.Next()
			var t tree
			t.reset()
			if l.space(); l.form(&t, 1, false) == 0 {
				return 0
			}
		default:
			return c
		}
	}
}

// tag goes over a tag such as #jepsen.history.Op.
func (l *ednLexer) tag() bool {
	l.s.Next()
	if len(l.s.Token(ednSymbol)) == 0 {
		return l.s.Fail("a tag after #")
	}
	return true
}

func (l *ednLexer) operation(e *event) bool {
	e.reset(l.s.Place())
	l.s.Next()
	for {
		c := l.space()
		if c == '}' {
			l.s.Next()
			return e.complete(l.s)
		}
		if c != ':' {
			return l.s.Fail("a keyword, or the end of the map")
		}
		l.s.Next()
		token := l.s.Token(ednSymbol)
		var known [8]byte // longer keys mean nothing here
		key := known[:copy(known[:], token)]
		if len(token) > len(known) {
			key = nil
		}
		l.space()
		value := l.form(&e.tree, 1, false)
		if value == 0 || !e.set(l.s, key, value) {
			return false
		}
	}
}

// form reads a value, which must be next, and returns its node, 0 where something is
// wrong. read says that it stands where micro-operations have what they read.
func (l *ednLexer) form(t *tree, depth int, read bool) int32 {
	c, at := l.s.Peek(), l.s.Place()
	switch {
	case depth > deepest:
		l.s.Fail("values that are not nested so deep")
		return 0
	case c == '[' || c == '(' || c == '{':
		return l.collection(t, c, depth, read)
	case c == '"':
		return l.str(t)
	case c == ':':
		l.s.Next()
		return t.addText(keywordForm, l.s.Token(ednSymbol), at)
	case c-'0' <= 9 || (c == '-' || c == '+') && l.s.PeekAt(1)-'0' <= 9:
		return l.number(t)
	case c == '#':
		if l.s.PeekAt(1) == '{' {
			l.s.Next()
			return l.collection(t, '(', depth, false)
		}
		if !l.tag() {
			return 0
		}
		l.space()
		return l.form(t, depth+1, false)
	case c == '\\':
		l.s.Next()
		return t.addText(otherForm, l.s.Token(ednSymbol), at)
	case ednSymbol[c]:
		return l.symbol(t)
	}
	l.s.Fail("a value")
	return 0
}

func (l *ednLexer) symbol(t *tree) int32 {
	at := l.s.Place()
	token := l.s.Token(ednSymbol)
	switch string(token) {
	case "nil":
		return t.add(nilForm, 0, at)
	case "true":
		return t.add(boolForm, 1, at)
	case "false":
		return t.add(boolForm, 0, at)
	}
	return t.addText(symbolForm, token, at)
}

// number reads an integer, or a number of another kind.
func (l *ednLexer) number(t *tree) int32 {
	at := l.s.Place()
	l.s.Skip('+')
	n, found := l.s.Number("a number")
	if !found {
		return 0
	}
	if c := l.s.Peek(); !ednSymbol[c] || c == 'N' {
		l.s.Skip('N')
		return t.add(intForm, n, at)
	}
	return t.addText(otherForm, append(strconv.AppendInt(nil, n, 10), l.s.Token(ednSymbol)...), at)
}

// collection reads the elements of a vector, list, set or map. The bracket of a set is #{: it comes as (.
func (l *ednLexer) collection(t *tree, bracket byte, depth int, read bool) int32 {
	at := l.s.Place()
	end := closing(l.s.Peek())
	l.s.Next()
	f := listForm
	if bracket == '{' {
		f = mapForm
	} else if read && bracket == '[' {
		if n := t.ints(l.s, at, false); n != 0 {
			return n
		}
	}
	parent := t.add(f, 0, at)
	last, count := int32(0), 0
	for {
		if len(t.nodes) > mostNodes {
			l.s.Fail(tooMany)
			return 0
		}
		if l.space() == end {
			break
		}
		if l.s.AtEnd() {
			l.s.Fail(fmt.Sprintf("%q", end))
			return 0
		}
		n := l.form(t, depth+1, depth == mopDepth && count == 2)
		if n == 0 {
			return 0
		}
		t.link(parent, last, n)
		last = n
		count++
	}
	if f == mapForm && count%2 != 0 {
		l.s.Fail("a value for the last key of the map")
		return 0
	}
	l.s.Next()
	return parent
}

// str reads a string.
func (l *ednLexer) str(t *tree) int32 {
	from, at := len(t.texts), l.s.Place()
	if !appendString(l.s, &t.texts, edn) {
		return 0
	}
	return t.add(stringForm, span(from, len(t.texts)), at)
}
