package checker

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever lists come, in whatever order: what is kept of each tells whether it is a beginning of the list
// that is the longest in the end, and its last element.
func TestLongestList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l lists
		var texts []string
		longest := "" // by the definition
		elements := rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "12", "21", "1234567890"}), 1, 6)
		for r := range rapid.Int32Range(1, 12).Draw(t, "reads") {
			text := strings.Join(elements.Draw(t, "list"), ",")
			if longest != "" && rapid.Bool().Draw(t, "goes on") {
				text = longest + "," + text
			} else if rapid.Bool().Draw(t, "is a beginning") {
				all := strings.Split(longest, ",")
				text = strings.Join(all[:rapid.IntRange(1, len(all)).Draw(t, "length")], ",")
			}
			committed := rapid.Bool().Draw(t, "committed")
			l.read(r, 0, text, committed, nil)
			texts = append(texts, text)
			if committed && text != "" && (longest == "" || strings.Count(text, ",") > strings.Count(longest, ",")) {
				longest = text
			}
			if k := &l.longest[0]; len(k.elements) > 1 && rapid.IntRange(0, 4).Draw(t, "trim") == 0 {
				k.retire(int32(len(l.seen)))
				k.elements = k.elements[:len(k.elements)-1]
				k.text = writeElements(k.elements)
				longest = string(k.text)
			}
		}
		if got := string(l.longest[0].text); got != longest {
			t.Fatalf("the longest of %q is %q, want %q", texts, got, longest)
		}
		compareWithLongest(t, &l, texts, longest)
	})
}

// compareWithLongest compares what is known of each list with the list itself.
func compareWithLongest(t *rapid.T, l *lists, texts []string, longest string) {
	k := &l.longest[0]
	all := strings.Split(longest, ",")
	if longest == "" {
		all = nil
	}
	if want := parseElements(longest, nil); longest != "" && !slices.Equal(k.elements, want) {
		t.Fatalf("the elements of %q are %v, want %v", longest, k.elements, want)
	}
	var o listOrder
	for i := range all {
		o.writes = append(o.writes, int32(100+i))
	}
	if len(k.former) > 0 {
		o.common = alike(k.former[0].text, k.text)
	}
	for r, text := range texts {
		list := strings.Split(text, ",")
		if text == "" {
			if l.seen[r] != 0 {
				t.Fatalf("read %d returned nothing, and %d is kept of it", r, l.seen[r])
			}
			continue
		}
		w, last, fits := l.sawIn(&o, int32(r), 0)
		if want := len(list) <= len(all) && slices.Equal(list, all[:len(list)]); fits != want || fits && w != int32(99+len(list)) || !fits && w != -1 {
			t.Fatalf("read %d of %q, %q, is write %d and fits %t in %q, want %t", r, texts, text, w, fits, longest, want)
		}
		if want := parseElement(list[len(list)-1]); last != want {
			t.Fatalf("the last element of %q is %d, want %d", text, last, want)
		}
	}
}
