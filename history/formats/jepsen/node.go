package jepsen

import (
	"strconv"

	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// form is what a node is.
type form uint8

const (
	nilForm form = iota
	boolForm
	intForm
	// otherForm is a number that is no integer of 64 bits, or a character.
	otherForm
	keywordForm
	symbolForm
	stringForm
	intsForm // a list of integers, as a text with commas between them
	listForm // a vector, list or set, or an array
	mapForm  // keys and values by turns
)

// node is a value of an operation. The first child of a collection is the node after it.
type node struct {
	n            int64 // the number; where the text is (see span); whether a collection has children
	line, column int32
	next         int32 // the next sibling, 0 if none
	form         form
}

// mostNodes is how many values one operation may have.
const mostNodes = 1 << 21

const tooMany = "an operation of at most 2097152 values"

// tree has the values of one operation in one piece of memory. Node 0 is no node.
type tree struct {
	nodes []node
	texts []byte
}

func (t *tree) reset() {
	t.nodes, t.texts = append(t.nodes[:0], node{}), t.texts[:0]
}

// add adds a node.
func (t *tree) add(f form, n int64, at scan.Place) int32 {
	t.nodes = append(t.nodes, node{form: f, n: n, line: int32(at.Line), column: int32(at.Column)})
	return int32(len(t.nodes) - 1)
}

// addText adds a node with a text.
func (t *tree) addText(f form, text []byte, at scan.Place) int32 {
	from := len(t.texts)
	t.texts = append(t.texts, text...)
	return t.add(f, span(from, len(t.texts)), at)
}

// span packs where a text is into a number. Texts have at most 1 MiB, and a tree
// has no room for 2^31 of their bytes.
func span(from, to int) int64 { return int64(from)<<21 | int64(to-from) }

// link makes a node the next child of a collection. last is the one before, 0 if it is the first.
func (t *tree) link(parent, last, n int32) {
	if last == 0 {
		t.nodes[parent].n = 1
	} else {
		t.nodes[last].next = n
	}
}

// first returns the first child of a collection, 0 if there is none.
func (t *tree) first(n int32) int32 {
	if d := &t.nodes[n]; d.form >= listForm && d.n != 0 {
		return n + 1
	}
	return 0
}

func (t *tree) next(n int32) int32 { return t.nodes[n].next }

func (t *tree) place(n int32) scan.Place {
	return scan.Place{Line: int(t.nodes[n].line), Column: int(t.nodes[n].column)}
}

func (t *tree) form(n int32) form { return t.nodes[n].form }

// text returns a node's text. It is valid as long as the tree.
func (t *tree) text(n int32) []byte {
	at := t.nodes[n].n
	from := at >> 21
	return t.texts[from : from+at&(1<<21-1)]
}

// children puts the first children of a node into dst, as many as it has room for,
// and returns how many there are in all.
func (t *tree) children(n int32, dst []int32) int {
	count := 0
	for c := t.first(n); c != 0; c = t.next(c) {
		if count < len(dst) {
			dst[count] = c
		}
		count++
	}
	return count
}

// isWord reports whether a node is a keyword, symbol or string of this text: EDN
// writes :append where JSON writes "append".
func (t *tree) isWord(n int32, word string) bool {
	f := t.form(n)
	return (f == keywordForm || f == stringForm || f == symbolForm) && string(t.text(n)) == word
}

// describe says what a node is, as EDN writes it, for people: it is cut where it gets long.
func (t *tree) describe(n int32) string {
	return string(t.appendEDN(nil, n, 120))
}

// appendEDN writes a node as EDN does. Beyond limit bytes it is cut.
func (t *tree) appendEDN(b []byte, n int32, limit int) []byte {
	if len(b) > limit {
		return append(b, "…"...)
	}
	switch d := &t.nodes[n]; d.form {
	case nilForm:
		return append(b, "nil"...)
	case boolForm:
		return strconv.AppendBool(b, d.n != 0)
	case intForm:
		return strconv.AppendInt(b, d.n, 10)
	case keywordForm:
		return append(append(b, ':'), t.text(n)...)
	case stringForm:
		return strconv.AppendQuote(b, string(t.text(n)))
	case intsForm:
		b = append(b, '[')
		for _, c := range t.text(n) {
			if c == ',' {
				c = ' ' // as in a list whose elements are nodes
			}
			if b = append(b, c); len(b) > limit {
				break
			}
		}
		return append(b, ']')
	case listForm, mapForm:
		brackets := "[]"
		if d.form == mapForm {
			brackets = "{}"
		}
		b = append(b, brackets[0])
		for c := t.first(n); c != 0 && len(b) <= limit; c = t.next(c) {
			if c != n+1 {
				b = append(b, ' ')
			}
			b = t.appendEDN(b, c, limit)
		}
		return append(b, brackets[1])
	default:
		return append(b, t.text(n)...)
	}
}

// makeInteger turns a string that writes an integer into that integer: the keys of
// JSON objects can be nothing but strings.
func (t *tree) makeInteger(n int32) {
	text := t.text(n)
	if len(text) == 0 || len(text) > 20 {
		return
	}
	k, err := strconv.ParseInt(string(text), 10, 64)
	if err == nil && strconv.FormatInt(k, 10) == string(text) {
		t.nodes[n].form, t.nodes[n].n = intForm, k
	}
}
