package checker

import (
	"slices"
	"testing"

	"github.com/isocheck/isocheck/history"
)

// Every transaction of many that have a cycle with one anti-dependency is found, however many there are: they are
// looked for some at a time.
func TestPivots(t *testing.T) {
	for _, n := range []int32{1, 63, 64, 65, 130} {
		var links []link
		var txns, want []int32
		for i := range n { // 2i reads from, and is overwritten by, 2i+1
			txns, want = append(txns, 2*i, 2*i+1), append(want, 2*i+1)
			links = append(links, link{from: 2 * i, to: 2*i + 1, ref: -1, kind: wr}, link{from: 2*i + 1, to: 2 * i, ref: -1, kind: rw})
		}
		g := newGraph(&graphMemory{}, txns, len(txns), links, nil, nil)
		position, acyclic := g.topological(dependencies, false)
		if !acyclic {
			t.Fatal("the dependencies alone have no cycle")
		}
		got := g.pivots(single{}, slices.Clone(position), len(txns))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("of %d pivots %d were found", len(want), len(got))
		}
	}
}

// A closed path that comes through a transaction twice, and has no two anti-dependencies in a row,
// becomes a cycle that has none either, from whichever of its edges it was found.
func TestShorten(t *testing.T) {
	eight := []edge{
		{from: 1, to: 2, kind: rw}, {from: 2, to: 3, kind: wr}, {from: 3, to: 1, kind: rw}, // two in a row at 1
		{from: 1, to: 4, kind: wr}, {from: 4, to: 5, kind: rw}, {from: 5, to: 1, kind: ww},
	}
	for at := range eight {
		turned := append(slices.Clone(eight[at:]), eight[:at]...)
		cycle := shorten(turned)
		seen := map[int32]bool{}
		for i, e := range cycle {
			if seen[e.from] || e.to != cycle[(i+1)%len(cycle)].from {
				t.Errorf("from edge %d: %v is no cycle", at, cycle)
			}
			seen[e.from] = true
		}
		if adjacentAntiDependencies(cycle) {
			t.Errorf("from edge %d: %v has two anti-dependencies in a row", at, cycle)
		}
	}
}

// Of texts only a hash is kept: that one comes before another cannot be told.
func TestMatchesTexts(t *testing.T) {
	row := []cell{cellOf(history.TextValue("b"))}
	for _, tt := range []struct {
		name string
		cmp  history.Comparison
		text string
		want truth
	}{
		{"the same", history.Equal, "b", yes},
		{"another", history.Equal, "c", no},
		{"not another", history.NotEqual, "c", yes},
		{"not the same", history.NotEqual, "b", no},
		{"less", history.Less, "c", maybe},
		{"less or equal", history.LessEqual, "c", maybe},
		{"greater", history.Greater, "a", maybe},
		{"greater or equal", history.GreaterEqual, "a", maybe},
	} {
		where := history.Predicate{{Cmp: tt.cmp, Value: history.TextValue(tt.text)}}
		if got := matches(where, row); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}
