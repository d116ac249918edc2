package checker

import (
	"strings"
	"testing"

	"github.com/isocheck/isocheck/history"
	"pgregory.net/rapid"
)

// slowFold is what a list folds to, byte by byte and element by element.
func slowFold(text string) int64 {
	list := int64(0)
	for element := range strings.SplitSeq(text, ",") {
		var folded uint64
		for i := range len(element) {
			if i > 0 && i%8 == 0 {
				folded = mix(folded)
			}
			folded = folded<<8 ^ uint64(element[i])
		}
		list = foldOn(list, folded)
	}
	return list
}

// However the texts that are read of a row follow each other, each folds to what it does by itself.
func TestFoldedTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.SliceOfN(rapid.StringMatching(`[0-9]{0,9}|[a-z,é]{0,20}`), 1, 30)
		list, other := elements.Draw(t, "list"), elements.Draw(t, "other")
		var texts foldedTexts
		for range rapid.IntRange(1, 8).Draw(t, "reads") {
			from := list
			if rapid.Bool().Draw(t, "other") {
				from = other
			}
			text := strings.Join(from[:rapid.IntRange(1, len(from)).Draw(t, "length")], ",")
			if text == "" {
				continue
			}
			if rapid.Bool().Draw(t, "ends with a comma") {
				text += ","
			}
			object := rapid.Int32Range(0, 2).Draw(t, "object")
			if got, want := texts.cell(object, history.TextValue(text)), (cell{value: slowFold(text), kind: history.Text}); got != want {
				t.Fatalf("%q folds to %v, want %v", text, got, want)
			}
		}
	})
}

// A text that goes on with the last one that was read is folded on, but only where what is new is one more element at least.
func TestFoldedTextThatGoesOn(t *testing.T) {
	long := strings.Repeat("1234567,", 4) + "12"
	for name, next := range map[string]string{
		"with an element": long + ",3", "with nothing after the comma": long + ",", "with an empty element": long + ",,",
		"in its last element": long + "3", "not at all": long,
	} {
		t.Run(name, func(t *testing.T) {
			var texts foldedTexts
			for _, text := range []string{long, next} {
				if got, want := texts.cell(0, history.TextValue(text)), (cell{value: slowFold(text), kind: history.Text}); got != want {
					t.Errorf("%q folds to %v, want %v", text, got, want)
				}
			}
		})
	}
}

// An append makes of a folded list what reading the longer list folds to.
func TestFoldedAppend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var text string
		var list cell
		for range rapid.IntRange(1, 20).Draw(t, "appends") {
			n := rapid.Int64().Draw(t, "element")
			list = (&assign{value: n, kind: history.Int, op: history.Concat}).apply(list)
			text += "," + history.IntValue(n).String()
			if want := slowFold(text[1:]); list.value != want {
				t.Fatalf("%s: %d, want %d", text[1:], list.value, want)
			}
		}
	})
}

// Every row has a number of its own, whatever the keys and in which order they come.
func TestObjectNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type row struct {
			table int32
			key   int64
		}
		var all objects
		known := map[row]int32{}
		for range rapid.IntRange(1, 300).Draw(t, "rows") {
			r := row{rapid.Int32Range(0, 3).Draw(t, "table"), rapid.OneOf(rapid.Int64Range(-3, 400), rapid.Int64()).Draw(t, "key")}
			n := all.intern(r.table, r.key)
			if want, ok := known[r]; ok && n != want || !ok && int(n) != len(known) {
				t.Fatalf("row %v is %d of %d rows, known as %d (%v)", r, n, len(known), want, ok)
			}
			known[r] = n
			if all.table[n] != r.table || all.key[n] != r.key {
				t.Fatalf("row %v is kept as %d %d", r, all.table[n], all.key[n])
			}
		}
	})
}

// An operation's times are kept however long it took, and wherever it lies in its transaction.
func TestOpTimes(t *testing.T) {
	ix := newIndex(history.Header{Tables: []history.Table{{Name: "t", Columns: []history.Column{{Name: "c", Type: history.Int}}}}})
	times := []farTime{{1000, 1001}, {1000, 1000}, {5, 6}, {1000, 1000 + 1<<32 - 2}, {1000, 1000 + 1<<32 - 1}, {1000 + 1<<32 - 1, 1<<33 + 5}, {1000 + 1<<32, 1<<33 + 5}, {0, 0}, {7, 3}, {1000, 1 << 60}}
	txn := history.Transaction{Client: 1, Number: 1, Outcome: history.Committed, Start: 1000, End: 1 << 61}
	for _, at := range times {
		txn.Ops = append(txn.Ops, history.Op{Kind: history.Read, Start: at.start, End: at.end})
	}
	if err := ix.add(&txn); err != nil {
		t.Fatal(err)
	}
	for i, want := range times {
		if start, end := ix.opTimes(0, int32(i)); start != want.start || end != want.end {
			t.Errorf("operation %d: %d to %d, want %d to %d", i, start, end, want.start, want.end)
		}
	}
}
