package register

import "slices"

// proof is why a search was refuted: cycles whose clauses cannot all be true.
type proof struct {
	steps []proofStep
	// stepwise: each step but the last forces one order, given those that earlier
	// steps forced, and the last needs no others. Otherwise the steps are in no order,
	// and together leave no choice.
	stepwise bool
}

type proofStep struct {
	cycle []link
	// forced is the index of the link in cycle which cannot be so, -1 if there is none.
	forced int
}

const (
	// mostToMinimize is how many clauses a proof may have to be made minimal.
	mostToMinimize = 400
	// conflictsToMinimize is how hard that may be.
	conflictsToMinimize = 50_000
)

// proof returns a small proof after the solver was refuted.
func (s *search) proof() *proof {
	core := s.direct()
	if core == nil {
		core = s.solver.core()
	}
	clauses := map[int32][]literal{}
	for _, n := range core {
		clauses[n] = s.solver.clauses[n].literals
	}
	if len(core) <= mostToMinimize {
		core = s.minimize(core, clauses)
	}
	if p := s.stepwise(core, clauses); p != nil {
		return p
	}
	p := &proof{}
	for _, n := range core {
		p.steps = append(p.steps, proofStep{s.cycles[n], -1})
	}
	return p
}

// direct returns the shortest cycle that takes nothing for granted, or, if there
// is none, the two shortest of which one excludes an order of two blocks and
// the other the opposite order; nil if there are none either.
func (s *search) direct() []int32 {
	alone := int32(-1)
	excludes := map[literal]int32{} // by literal: the clause that is this literal alone
	for n, cycle := range s.cycles {
		if cycle == nil {
			continue
		}
		switch literals := s.solver.clauses[n].literals; len(literals) {
		case 0:
			if alone < 0 || len(cycle) < len(s.cycles[alone]) {
				alone = int32(n)
			}
		case 1:
			if old, ok := excludes[literals[0]]; !ok || len(cycle) < len(s.cycles[old]) {
				excludes[literals[0]] = int32(n)
			}
		}
	}
	if alone >= 0 {
		return []int32{alone}
	}
	var best []int32
	least := 0
	for v := range s.pairs {
		n, yes := excludes[choose(int32(v), true)]
		m, no := excludes[choose(int32(v), false)]
		if size := len(s.cycles[n]) + len(s.cycles[m]); yes && no && (best == nil || size < least) {
			best, least = []int32{n, m}, size
		}
	}
	return best
}

// minimize leaves out clauses that the refutation does not need, those with many literals first.
func (s *search) minimize(core []int32, clauses map[int32][]literal) []int32 {
	core = slices.Clone(core)
	slices.SortStableFunc(core, func(a, b int32) int { return len(clauses[b]) - len(clauses[a]) })
	budget := conflictsToMinimize
	for i := 0; i < len(core) && budget > 0; {
		rest := slices.Concat(core[:i], core[i+1:])
		if refutes(rest, clauses, &budget) {
			core = rest
		} else {
			i++
		}
	}
	slices.Reverse(core)
	return core
}

// refutes reports whether the clauses cannot all be true, as far as a search
// within the budget tells, of which it takes what it uses.
func refutes(core []int32, clauses map[int32][]literal, budget *int) bool {
	t := newSolver()
	number := map[int32]int32{}
	for _, n := range core {
		renamed := make([]literal, len(clauses[n]))
		for i, l := range clauses[n] {
			v, ok := number[l.variable()]
			if !ok {
				v = t.variable(true)
				number[l.variable()] = v
			}
			renamed[i] = literal(2*v) | l&1
		}
		t.add(renamed)
	}
	answer := t.solve(func() bool { return t.conflicts > *budget })
	*budget -= t.conflicts
	return answer == refuted
}

// stepwise puts clauses into an order in which each forces one order, given
// those before; nil if that does not refute them.
func (s *search) stepwise(core []int32, clauses map[int32][]literal) *proof {
	isFalse := map[literal]bool{}
	p := &proof{stepwise: true}
	rest := slices.Clone(core)
	for {
		progress := false
		for i, n := range rest {
			var open []literal
			for _, l := range clauses[n] {
				if !isFalse[l] {
					open = append(open, l)
				}
			}
			if len(open) > 1 || len(open) == 1 && isFalse[open[0].not()] {
				continue
			}
			step := proofStep{s.cycles[n], -1}
			if len(open) == 1 {
				isFalse[open[0].not()] = true
				step.forced = s.linkOf(s.cycles[n], open[0].not())
			}
			p.steps = append(p.steps, step)
			if len(open) == 0 {
				return p
			}
			rest = slices.Delete(rest, i, i+1)
			progress = true
			break
		}
		if !progress {
			return nil
		}
	}
}

// linkOf returns the index of the link that assumes the literal.
func (s *search) linkOf(cycle []link, l literal) int {
	return slices.IndexFunc(cycle, func(k link) bool {
		return s.assumes(k) && s.precedes(s.d.block[k.a], s.d.block[k.b]) == l
	})
}
