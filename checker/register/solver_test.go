package register

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSolver adds clauses a few at a time, and holds each answer against all
// assignments: a solution must satisfy every clause, and a core must have none.
func TestSolver(t *testing.T) {
	never := func() bool { return false }
	rapid.Check(t, func(t *rapid.T) {
		variables := rapid.IntRange(1, 10).Draw(t, "variables")
		s := newSolver()
		for range variables {
			s.variable(rapid.Bool().Draw(t, "phase"))
		}
		clauses := map[int32][]literal{}
		for range rapid.IntRange(1, 8).Draw(t, "rounds") {
			for range rapid.IntRange(1, 10).Draw(t, "clauses") {
				var c []literal
				for range rapid.IntRange(1, 4).Draw(t, "literals") {
					l := literal(rapid.IntRange(0, 2*variables-1).Draw(t, "literal"))
					if !slices.Contains(c, l) && !slices.Contains(c, l.not()) {
						c = append(c, l)
					}
				}
				clauses[s.add(slices.Clone(c))] = c
			}
			switch s.solve(never) {
			case satisfied:
				for _, c := range clauses {
					if !slices.ContainsFunc(c, func(l literal) bool { return s.is(l) > 0 }) {
						t.Fatalf("%v is not true in %v", c, s.value)
					}
				}
			case refuted:
				var core [][]literal
				for _, n := range s.core() {
					core = append(core, clauses[n])
				}
				if satisfiable(core, variables) {
					t.Fatalf("the core %v can be true", core)
				}
				return
			default:
				t.Fatal("out of time")
			}
		}
	})
}

func satisfiable(clauses [][]literal, variables int) bool {
	for bits := range 1 << variables {
		if !slices.ContainsFunc(clauses, func(c []literal) bool {
			return !slices.ContainsFunc(c, func(l literal) bool { return (bits>>l.variable()&1 == 1) == (l&1 == 0) })
		}) {
			return true
		}
	}
	return false
}

// Pigeons and holes: clauses that only a real search refutes.
func TestSolverSearches(t *testing.T) {
	const pigeons, holes = 7, 6
	s := newSolver()
	in := func(p, h int) literal { return literal(2 * (p*holes + h)) }
	for range pigeons * holes {
		s.variable(false)
	}
	for p := range pigeons {
		var c []literal
		for h := range holes {
			c = append(c, in(p, h))
			for q := range p {
				s.add([]literal{in(p, h).not(), in(q, h).not()})
			}
		}
		s.add(c)
	}
	if a := s.solve(func() bool { return false }); a != refuted {
		t.Errorf("got %d", a)
	}
	if core := s.core(); len(core) != len(slices.Compact(slices.Clone(core))) || len(core) < pigeons {
		t.Errorf("core %v", core)
	}
}

func TestLuby(t *testing.T) {
	want := []int{1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8}
	for i, w := range want {
		if got := luby(i + 1); got != w {
			t.Errorf("luby(%d) is %d, want %d", i+1, got, w)
		}
	}
}
