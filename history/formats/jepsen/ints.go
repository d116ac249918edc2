package jepsen

import "github.com/isocheck/isocheck/history/formats/internal/scan"

// ints reads the elements of a list of integers, and the bracket behind it, into one
// node, if the list is whole in the scanner's buffer and written plainly: most
// of what there is in a history of lists is such lists. Else it reads nothing and returns 0.
// Elements are separated by commas where needComma is set, as in JSON, else by any space.
func (t *tree) ints(s *scan.Scanner, at scan.Place, needComma bool) int32 {
	rest := s.Buffered()
	from := len(t.texts)
	text := t.texts
	comma := false // there was one after the last element
	for i := 0; i < len(rest); {
		switch rest[i] {
		case ' ':
			i++
		case ',':
			if needComma && (comma || len(text) == from) {
				return 0
			}
			comma = true
			i++
		case ']':
			if needComma && comma {
				return 0
			}
			t.texts = text
			s.Advance(i + 1)
			return t.add(intsForm, span(from, len(text)), at)
		default:
			n := plainInteger(rest[i:])
			if n == 0 || len(text) > from && needComma && !comma {
				return 0
			}
			if len(text) > from {
				text = append(text, ',')
			}
			text = append(text, rest[i:i+n]...)
			comma = false
			i += n
		}
	}
	return 0
}

// plainInteger returns how long the integer is that a text begins with, 0 if it is none,
// or is written in an uncommon way.
func plainInteger(text []byte) int {
	i := 0
	if text[0] == '-' {
		i = 1
	}
	first := i
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	digits := i - first
	if digits == 0 || digits > 18 || i == len(text) || text[first] == '0' && (digits > 1 || first > 0) {
		return 0
	}
	if c := text[i]; c != ' ' && c != ',' && c != ']' {
		return 0
	}
	return i
}
