package checker

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"unsafe"

	"github.com/isocheck/isocheck/history"
)

// cell is one column's value in eight bytes and a kind. A text is folded to a
// hash, element by element of the list that it is when split at its commas, so
// that appending an element is a step from hash to hash: whole lists are compared,
// and the list that a chain of appends must have made is known, without keeping any list.
type cell struct {
	value int64
	kind  history.ValueKind
}

// unknown is the kind of a cell of which it is not known what it holds.
const unknown history.ValueKind = 255

func cellOf(v history.Value) cell {
	if v.Kind != history.Text {
		return cell{value: v.Int, kind: v.Kind}
	}
	return cell{value: fold(0, bytesOf(v.Text)), kind: history.Text}
}

// fold appends the elements of a comma-separated list to a folded list.
func fold(list int64, text []byte) int64 {
	for begin, end := 0, -1; len(text) > 0 && end < len(text); begin = end + 1 {
		var element uint64
		end, element = foldElement(text, begin)
		list = foldOn(list, element)
	}
	return list
}

// foldElement folds one element's bytes, from begin up to the next comma or the end. Elements of up to
// eight bytes stay what they are.
func foldElement(text []byte, begin int) (end int, element uint64) {
	if begin+8 < len(text) { // most elements are short numbers: eight bytes at once
		word := binary.LittleEndian.Uint64(text[begin:])
		if n := beforeComma(word); n < 8 || text[begin+8] == ',' {
			return begin + n, bits.ReverseBytes64(word) >> (64 - 8*n)
		}
	}
	for end = begin; end < len(text) && text[end] != ','; end++ {
		if (end-begin)&7 == 0 && end > begin {
			element = mix(element)
		}
		element = element<<8 ^ uint64(text[end])
	}
	return end, element
}

// beforeComma counts the word's bytes, from the lowest on, before the first comma.
func beforeComma(word uint64) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	commas := word ^ ones*','
	return bits.TrailingZeros64((commas-ones)&^commas&highs) / 8
}

// bytesOf returns a text's bytes, which must not be changed, without a copy.
func bytesOf(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }

// foldOn appends a folded element to a folded list.
func foldOn(list int64, element uint64) int64 {
	return int64(mix(uint64(list) ^ element))
}

// foldNumber appends a number to a folded list, as its digits would be.
func foldNumber(list, number int64) int64 {
	if number < 0 || number > 99_999_999 {
		var digits [20]byte
		return fold(list, strconv.AppendInt(digits[:0], number, 10))
	}
	element := uint64('0' + number%10)
	for shift := 8; number > 9; shift += 8 {
		number /= 10
		element |= uint64('0'+number%10) << shift
	}
	return foldOn(list, element)
}

// apply returns what an assignment makes of a cell.
func (a *assign) apply(old cell) cell {
	switch a.op {
	case history.Set:
		return a.cell()
	case history.Add:
		if old.kind == history.Int && a.kind == history.Int {
			return cell{value: old.value + a.value, kind: history.Int}
		}
	case history.Concat:
		if a.kind != history.Int {
			break
		}
		switch old.kind {
		case history.Text:
			return cell{value: foldNumber(old.value, a.value), kind: history.Text}
		case history.Null:
			return cell{value: foldNumber(0, a.value), kind: history.Text}
		}
	}
	return cell{kind: unknown}
}

// truth is the answer to whether a row matches a predicate.
type truth uint8

const (
	no truth = iota
	yes
	maybe
)

// matches decides a predicate on cells. Folded texts compare for equality only.
func matches(where history.Predicate, row []cell) truth {
	answer := yes
	for _, c := range where {
		if c.Column >= len(row) || row[c.Column].kind == unknown {
			answer = maybe
			continue
		}
		got, want := row[c.Column], cellOf(c.Value)
		if want.kind == history.Text && got.kind == history.Text && c.Cmp > history.NotEqual {
			answer = maybe
			continue
		}
		one := history.Predicate{{Column: 0, Cmp: c.Cmp, Value: asInt(want)}}
		if got.kind != want.kind || !one.Matches([]history.Value{asInt(got)}) {
			return no
		}
	}
	return answer
}

// asInt returns the cell as a value that compares as the cell does.
func asInt(c cell) history.Value {
	if c.kind == history.Null {
		return history.Value{}
	}
	return history.IntValue(c.value)
}
