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

// mostToMinimize is how many clauses a proof may have to be made minimal.
const mostToMinimize = 400

// proof returns a small proof after the solver was refuted.
func (s *search) proof() *proof {
	core := s.solver.core()
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

// minimize leaves out clauses that the refutation does not need, those with many literals first.
func (s *search) minimize(core []int32, clauses map[int32][]literal) []int32 {
	core = slices.Clone(core)
	slices.SortStableFunc(core, func(a, b int32) int { return len(clauses[b]) - len(clauses[a]) })
	for i := 0; i < len(core); {
		rest := slices.Concat(core[:i], core[i+1:])
		if refutes(rest, clauses, len(s.pairs)) {
			core = rest
		} else {
			i++
		}
	}
	slices.Reverse(core)
	return core
}

// refutes reports whether the clauses cannot all be true, as far as a short search tells.
func refutes(core []int32, clauses map[int32][]literal, variables int) bool {
	t := newSolver()
	number := make(map[int32]int32, variables)
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
	return t.solve(func() bool { return t.conflicts > 10000 }) == refuted
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
