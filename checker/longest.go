package checker

import (
	"strconv"
	"strings"
)

// longestList is the longest list of an object as it was read. Most other lists are the beginning
// of it, or it is the beginning of them: then nothing but what is new need be looked at.
type longestList struct {
	text   []byte
	folded []int64 // what its first element folds to, its first two elements, and so on
}

// scan goes through a list. If it begins with the longest so far, or is the beginning of it, rest
// is where the text goes beyond that; else -1. elements are those of the longest list.
func (k *longestList) scan(text string, elements []int64) (seen listSeen, rest int) {
	known := len(k.text)
	switch {
	case text == "":
		return seen, 0
	case len(k.folded) != len(elements): // the end of the list turned out to be dirty, see trim
		return seen.over(text, 0), -1
	case len(text) <= known && string(k.text[:len(text)]) == text && (len(text) == known || k.text[len(text)] == ','):
		n := strings.Count(text, ",") + 1
		return listSeen{last: elements[n-1], folded: k.folded[n-1], length: int32(n)}, len(text)
	case known == 0:
		return seen.over(text, 0), 0
	case len(text) > known && text[:known] == string(k.text) && text[known] == ',':
		n := len(elements)
		return listSeen{folded: k.folded[n-1], length: int32(n)}.over(text, known+1), known + 1
	}
	return seen.over(text, 0), -1
}

// over returns what is seen when the list goes on with the rest of a text.
func (seen listSeen) over(text string, begin int) listSeen {
	for end := 0; end < len(text); begin = end + 1 {
		var element uint64
		end, element = foldElement(bytesOf(text), begin)
		seen.length, seen.folded = seen.length+1, foldOn(seen.folded, element)
		if end == len(text) {
			seen.last, _ = strconv.ParseInt(text[begin:], 10, 64)
		}
	}
	return seen
}

// become makes a longer list the longest, and returns its elements. rest is as scan returned it.
func (k *longestList) become(text string, rest int, elements []int64) []int64 {
	var seen listSeen
	if rest < 0 {
		k.text, k.folded, elements, rest = k.text[:0], k.folded[:0], elements[:0], 0
	} else if n := len(k.folded); n > 0 {
		seen.folded = k.folded[n-1]
	}
	k.text = append(k.text, text[len(k.text):]...)
	for begin, end := rest, 0; end < len(text); begin = end + 1 {
		var element uint64
		end, element = foldElement(bytesOf(text), begin)
		seen.folded = foldOn(seen.folded, element)
		number, _ := strconv.ParseInt(text[begin:end], 10, 64)
		k.folded, elements = append(k.folded, seen.folded), append(elements, number)
	}
	return elements
}

// foldNumbers returns what the first element of a list folds to, its first two elements, and so on.
func foldNumbers(list []int64) []int64 {
	folded, sum := make([]int64, 0, len(list)), int64(0)
	var digits [20]byte
	for _, number := range list {
		_, element := foldElement(strconv.AppendInt(digits[:0], number, 10), 0)
		sum = foldOn(sum, element)
		folded = append(folded, sum)
	}
	return folded
}
