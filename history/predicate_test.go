package history

import "testing"

// Each comparison holds for the values that SQL's does: with NULL, none does.
func TestPredicateMatches(t *testing.T) {
	for _, tt := range []struct {
		name string
		cmp  Comparison
		// of 1, 2 and 3, those that compare so with 2
		one, two, three bool
	}{
		{"equal", Equal, false, true, false},
		{"not equal", NotEqual, true, false, true},
		{"less", Less, true, false, false},
		{"less or equal", LessEqual, true, true, false},
		{"greater", Greater, false, false, true},
		{"greater or equal", GreaterEqual, false, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := Predicate{{Column: 1, Cmp: tt.cmp, Value: IntValue(2)}}
			for n, want := range []bool{tt.one, tt.two, tt.three} {
				if got := p.Matches([]Value{{}, IntValue(int64(n) + 1)}); got != want {
					t.Errorf("%d: matches is %v, want %v", n+1, got, want)
				}
			}
			if p.Matches([]Value{IntValue(2), {}}) {
				t.Error("NULL matches")
			}
			if p.Matches([]Value{IntValue(2)}) {
				t.Error("a column that is not there matches")
			}
		})
	}
	for name, tt := range map[string]struct {
		values []Value
		want   bool
	}{
		"both conditions hold": {[]Value{IntValue(1), IntValue(2)}, true},
		"one does not":         {[]Value{IntValue(1), IntValue(3)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := Predicate{{Column: 0, Cmp: Less, Value: IntValue(2)}, {Column: 1, Cmp: Equal, Value: IntValue(2)}}
			if got := p.Matches(tt.values); got != tt.want {
				t.Errorf("matches is %v", got)
			}
			if !(Predicate{}).Matches(tt.values) {
				t.Error("the empty predicate does not choose it")
			}
		})
	}
}
