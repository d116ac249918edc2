package history

import "strconv"

// ValueKind says which of a Value's fields holds it.
type ValueKind uint8

// The kinds of values that workloads use.
const (
	Null ValueKind = iota
	Int
	Text
)

// Value is what one column of one row holds. The zero Value is SQL's NULL.
type Value struct {
	Kind ValueKind
	Int  int64
	Text string
}

// IntValue returns an integer as a Value.
func IntValue(n int64) Value { return Value{Kind: Int, Int: n} }

// TextValue returns a text as a Value.
func TextValue(s string) Value { return Value{Kind: Text, Text: s} }

// String returns the value as SQL would write it, text in single quotes.
func (v Value) String() string {
	switch v.Kind {
	case Int:
		return strconv.FormatInt(v.Int, 10)
	case Text:
		return quote(v.Text)
	default:
		return "NULL"
	}
}

func quote(s string) string {
	out := make([]byte, 0, len(s)+2)
	out = append(out, '\'')
	for i := range len(s) {
		if s[i] == '\'' {
			out = append(out, '\'')
		}
		out = append(out, s[i])
	}
	return string(append(out, '\''))
}

// Compare orders two values of the same kind: negative when v is smaller, 0
// when equal, positive when greater. Values of different kinds, and NULL, do
// not compare: ok is false, as SQL's comparison with NULL is not true.
func (v Value) Compare(w Value) (order int, ok bool) {
	if v.Kind != w.Kind || v.Kind == Null {
		return 0, false
	}
	switch {
	case v.Int < w.Int || v.Text < w.Text:
		return -1, true
	case v.Int > w.Int || v.Text > w.Text:
		return 1, true
	}
	return 0, true
}
