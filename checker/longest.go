package checker

import (
	"bytes"
	"strconv"
	"strings"
)

// longestList is the longest list of an object that a committed transaction read. Most other lists are
// the beginning of it, or it is the beginning of them: of such a list only how long it is need be kept, and
// nothing but what is new in it need be looked at.
type longestList struct {
	elements []int64
	text     []byte // as it was read
	by       int32  // the read that returned it, plus one
	// former are the lists that were the longest before ones came that do not go on with them. There are
	// hardly ever any, and together they are never longer than the history.
	former []formerList
}

// formerList is what was the longest list for the reads up to, and without, one of them.
type formerList struct {
	text  []byte
	until int32
}

// oddList is what a read returned that was not, as it came, the beginning of the longest list.
type oddList struct {
	last   int64
	folded int64
	length int32
}

// begins reports whether a text is the longest list, or the beginning of it.
func (k *longestList) begins(text string) bool {
	n := len(text)
	return n <= len(k.text) && string(k.text[:n]) == text && (n == len(k.text) || k.text[n] == ',')
}

// goOn takes in what is new in the list that read r returned, if it goes on with the longest one.
func (k *longestList) goOn(text string, r int32) bool {
	rest := len(k.text)
	if rest > 0 {
		if len(text) <= rest || text[rest] != ',' || text[:rest] != string(k.text) {
			return false
		}
		rest++
	}
	k.elements = parseElements(text[rest:], k.elements)
	k.text, k.by = append(k.text, text[len(k.text):]...), r+1
	return true
}

// giveWay makes the list that read r returned the longest, if it is longer.
func (k *longestList) giveWay(text string, r int32) bool {
	if int(lengthOf(text)) <= len(k.elements) {
		return false
	}
	k.retire(r)
	k.elements = k.elements[:0]
	return k.goOn(text, r)
}

// retire makes the list a former one for the reads before r.
func (k *longestList) retire(r int32) {
	k.former = append(k.former, formerList{text: k.text, until: r})
	k.text, k.by = nil, 0
}

// lengthOf returns how many elements a list has that is not empty.
func lengthOf(text string) int32 { return int32(strings.Count(text, ",") + 1) }

// oddListOf returns what is kept of a list.
func oddListOf(text string) oddList {
	last := text[strings.LastIndexByte(text, ',')+1:]
	return oddList{last: parseElement(last), folded: fold(0, bytesOf(text)), length: lengthOf(text)}
}

// foldAll returns what the first element of a list folds to, its first two elements, and so on.
func foldAll(text []byte) []int64 {
	var folded []int64
	for begin, end, sum := 0, -1, int64(0); len(text) > 0 && end < len(text); begin = end + 1 {
		var element uint64
		end, element = foldElement(text, begin)
		sum = foldOn(sum, element)
		folded = append(folded, sum)
	}
	return folded
}

// alike returns how many elements two lists have in common before they differ, or one ends.
func alike(a, b []byte) int32 {
	same, n := 0, int32(0)
	for same < min(len(a), len(b)) && a[same] == b[same] {
		if same++; a[same-1] == ',' {
			n++
		}
	}
	ends := func(text []byte) bool { return same == len(text) || text[same] == ',' }
	if same > 0 && ends(a) && ends(b) {
		n++
	}
	return n
}

// writeElements is parseElements the other way round.
func writeElements(elements []int64) []byte {
	var text []byte
	for i, element := range elements {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, element, 10)
	}
	return text
}

// elementAt returns an element of a list by its number, from 0 on.
func elementAt(text []byte, n int32) int64 {
	for ; n > 0; n-- {
		text = text[bytes.IndexByte(text, ',')+1:]
	}
	if end := bytes.IndexByte(text, ','); end >= 0 {
		text = text[:end]
	}
	return parseElement(string(text))
}
