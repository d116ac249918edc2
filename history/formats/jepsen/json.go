package jepsen

import (
	"strconv"

	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

var (
	jsonSpace  = scan.NewSet(" \t\r\n")
	jsonNumber = scan.NewSet("+-.0123456789eE")
	jsonWord   = scan.NewSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
)

// jsonLexer reads operations in JSON: all in one array, or objects one after the
// other, as in JSON Lines.
type jsonLexer struct {
	s     *scan.Scanner
	array bool
	begun bool
	some  bool // there was an operation before
	key   []byte
}

func (l *jsonLexer) scanner() *scan.Scanner { return l.s }

func (l *jsonLexer) next(e *event) bool {
	c := l.s.SkipAll(jsonSpace)
	if !l.begun {
		l.begun = true
		if l.array = c == '['; l.array {
			l.s.Next()
			c = l.s.SkipAll(jsonSpace)
		}
	}
	switch {
	case l.s.AtEnd():
		if l.array {
			l.s.Fail(`"]" after the last operation`)
		}
		return false
	case l.array && c == ']':
		l.s.Next()
		if l.s.SkipAll(jsonSpace); !l.s.AtEnd() {
			l.s.Fail("nothing after the operations")
		}
		return false
	case l.array && l.some:
		if c != ',' {
			return l.s.Fail("a comma, or the end of the array")
		}
		l.s.Next()
		c = l.s.SkipAll(jsonSpace)
	}
	if c != '{' {
		return l.s.Fail("an operation, an object in braces")
	}
	l.some = true
	return l.operation(e)
}

func (l *jsonLexer) operation(e *event) bool {
	e.reset(l.s.Place())
	l.s.Next()
	for first := true; ; first = false {
		c := l.s.SkipAll(jsonSpace)
		if c == '}' {
			l.s.Next()
			return e.complete(l.s)
		}
		if !first {
			if c != ',' {
				return l.s.Fail("a comma, or the end of the object")
			}
			l.s.Next()
			c = l.s.SkipAll(jsonSpace)
		}
		if c != '"' {
			return l.s.Fail("a key in quotes")
		}
		l.key = l.key[:0]
		if !appendString(l.s, &l.key, json) || !l.colon() {
			return false
		}
		value := l.value(&e.tree, 1, false)
		if value == 0 || !e.set(l.s, l.key, value) {
			return false
		}
	}
}

func (l *jsonLexer) colon() bool {
	l.s.SkipAll(jsonSpace)
	if !l.s.Skip(':') {
		return l.s.Fail("a colon")
	}
	l.s.SkipAll(jsonSpace)
	return true
}

// value reads a value, which must be next, and returns its node, 0 where something is
// wrong. read says that it stands where micro-operations have what they read.
func (l *jsonLexer) value(t *tree, depth int, read bool) int32 {
	c, at := l.s.Peek(), l.s.Place()
	switch {
	case depth > deepest:
		l.s.Fail("values that are not nested so deep")
		return 0
	case c == '[' || c == '{':
		return l.collection(t, c, depth, read)
	case c == '"':
		from := len(t.texts)
		if !appendString(l.s, &t.texts, json) {
			return 0
		}
		return t.add(stringForm, span(from, len(t.texts)), at)
	case c == '-' || c-'0' <= 9:
		n, found := l.s.Number("a number")
		if !found {
			return 0
		}
		if jsonNumber[l.s.Peek()] {
			return t.addText(otherForm, append(strconv.AppendInt(nil, n, 10), l.s.Token(jsonNumber)...), at)
		}
		return t.add(intForm, n, at)
	}
	if !jsonWord[c] {
		l.s.Fail("a value")
		return 0
	}
	switch string(l.s.Token(jsonWord)) {
	case "null":
		return t.add(nilForm, 0, at)
	case "true":
		return t.add(boolForm, 1, at)
	case "false":
		return t.add(boolForm, 0, at)
	}
	l.s.FailAt(at, "expected a value, found a word that is none of null, true and false")
	return 0
}

// collection reads the elements of an array, or the keys and values of an object.
func (l *jsonLexer) collection(t *tree, bracket byte, depth int, read bool) int32 {
	f, end := listForm, byte(']')
	if bracket == '{' {
		f, end = mapForm, '}'
	}
	at := l.s.Place()
	l.s.Next()
	if read && f == listForm {
		if n := t.ints(l.s, at, true); n != 0 {
			return n
		}
	}
	parent := t.add(f, 0, at)
	last, count := int32(0), 0
	link := func(n int32) {
		t.link(parent, last, n)
		last = n
		count++
	}
	for first := true; ; first = false {
		if len(t.nodes) > mostNodes {
			l.s.Fail(tooMany)
			return 0
		}
		c := l.s.SkipAll(jsonSpace)
		if c == end {
			l.s.Next()
			return parent
		}
		if !first && !l.s.Skip(',') {
			l.s.Fail("a comma, or the end of the " + map[form]string{listForm: "array", mapForm: "object"}[f])
			return 0
		}
		c = l.s.SkipAll(jsonSpace)
		if f == mapForm {
			if c != '"' {
				l.s.Fail("a key in quotes")
				return 0
			}
			key := l.value(t, depth+1, false)
			if key == 0 || !l.colon() {
				return 0
			}
			t.makeInteger(key)
			link(key)
		}
		n := l.value(t, depth+1, depth == mopDepth && count == 2)
		if n == 0 {
			return 0
		}
		link(n)
	}
}
