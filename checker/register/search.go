package register

import "slices"

// search looks for a version order under which a dependency graph has no cycle. It guesses
// one; each cycle of the guess is a clause: not all of the orders of two
// blocks that the cycle takes for granted are so. A solution of the clauses is the next guess.
type search struct {
	d      *dependencies
	solver *solver
	pairs  [][2]int32       // by variable: the blocks, of which it says that the first precedes the second
	of     map[uint64]int32 // the variable of two blocks, the lower number first
	cycles [][]link         // by clause
	known  map[string]bool  // clauses that were added
	rounds int
}

func newSearch(d *dependencies) *search {
	return &search{d: d, solver: newSolver(), of: map[uint64]int32{}, known: map[string]bool{}}
}

// run searches, from a first guess on, until stop says to give up. Refuted says
// that there is no such version order.
func (s *search) run(g *guess, stop func() bool) answer {
	for {
		s.rounds++
		if stop() {
			return outOfTime
		}
		core, position := s.d.core(g)
		if core == nil {
			return satisfied
		}
		s.learn(core, position)
		for {
			if a := s.solver.solve(stop); a != satisfied {
				return a
			}
			order, ok := s.d.schedule(g.rank, s.chosen)
			rank := inverse(order)
			if ok {
				g = s.d.guessFrom(rank, func(version int32) int64 { return int64(rank[s.d.writer[version]]) })
				break
			}
			position := s.d.positions(rank, s.chosen)
			s.learn(findCore(s.d.nodes, int(s.d.line), position, s.chosen), position)
			if stop() {
				return outOfTime
			}
		}
	}
}

// chosen yields the edges that are certain, and those that the solver's solution makes.
func (s *search) chosen(y yield) {
	s.d.certain(y)
	for v, pair := range s.pairs {
		a, b := pair[0], pair[1]
		if s.solver.value[v] < 0 {
			a, b = b, a
		}
		s.d.overwrites(s.d.blocks[a].tail, s.d.blocks[b].head, y)
	}
}

// How much one round looks for: cycles, and edges visited for each edge of the core.
const (
	cyclesARound    = 50_000
	visitsARound    = 4_000_000
	visitsForAnEdge = 20
)

// learn adds clauses for cycles of a core, such as take few orders for granted.
func (s *search) learn(c *core, position []int32) {
	budget := visitsARound + visitsForAnEdge*len(c.links)
	p, added := newPathfinder(c), 0
	for e := range c.links {
		if position[c.from[e]] <= position[c.target[e]] {
			continue
		}
		if path := p.cycle(int32(e), position, s.price); path != nil && s.addCycle(c.transactions(path)) {
			added++
		}
		if added > 0 && (added >= cyclesARound || p.visited > budget) {
			return
		}
	}
	if added > 0 {
		return
	}
	// Every cycle leads back more than once: take them wherever they are.
	for e := range c.links {
		if path := p.cycle(int32(e), nil, s.price); path != nil && s.addCycle(c.transactions(path)) {
			if added++; added >= cyclesARound || p.visited > budget {
				return
			}
		}
	}
}

// price makes a cycle dear that takes many orders for granted, since it says little.
func (s *search) price(l link) int32 {
	price := step(l)
	if s.assumes(l) {
		price += 4
	}
	return price
}

// assumes reports whether a link is there only if two blocks have a certain order.
func (s *search) assumes(l link) bool {
	if l.kind != wwLink && l.kind != rwLink {
		return false
	}
	a, b := s.d.block[l.a], s.d.block[l.b]
	return a != b && a != s.d.byObject[l.object]
}

// addCycle adds the clause that a cycle amounts to. It is false if there is nothing new in it.
func (s *search) addCycle(cycle []link) bool {
	short := s.contract(cycle)
	clause, ok := s.clause(short)
	if !ok {
		short = cycle
		if clause, ok = s.clause(cycle); !ok {
			return false
		}
	}
	slices.Sort(clause)
	clause = slices.Compact(clause)
	name := make([]byte, 0, 4*len(clause))
	for _, l := range clause {
		name = append(name, byte(l), byte(l>>8), byte(l>>16), byte(l>>24))
	}
	if s.known[string(name)] {
		return false
	}
	s.known[string(name)] = true
	s.solver.add(clause)
	for len(s.cycles) < len(s.solver.clauses) {
		s.cycles = append(s.cycles, nil) // of clauses that the solver learned
	}
	s.cycles[len(s.solver.clauses)-1] = short
	return true
}

// clause returns that not every order which a cycle takes for granted is so. It
// is not ok if that says nothing.
func (s *search) clause(cycle []link) (literals []literal, ok bool) {
	for _, l := range cycle {
		if s.assumes(l) {
			literals = append(literals, s.precedes(s.d.block[l.a], s.d.block[l.b]).not())
		}
	}
	for _, l := range literals {
		if slices.Contains(literals, l.not()) {
			return nil, false
		}
	}
	return literals, true
}

// precedes returns the literal that block a precedes block b.
func (s *search) precedes(a, b int32) literal {
	low, high := min(a, b), max(a, b)
	name := uint64(low)<<32 | uint64(high)
	v, ok := s.of[name]
	if !ok {
		v = s.solver.variable(true)
		s.of[name] = v
		s.pairs = append(s.pairs, [2]int32{low, high})
	}
	return choose(v, a == low)
}

// contract shortens a cycle where it overwrites the same object several times in a
// row: what was overwritten first precedes what was written last. So it takes
// fewer orders for granted.
func (s *search) contract(cycle []link) []link {
	cycle = slices.Clone(cycle)
	for i := 0; i < len(cycle) && len(cycle) > 2; {
		j := (i + 1) % len(cycle)
		after := cycle[(i+2)%len(cycle)]
		l, ok := s.join(cycle[i], cycle[j], s.d.split && after.kind == rwLink)
		if !ok || l.from == l.to {
			i++
			continue
		}
		cycle[i] = l
		cycle = slices.Delete(cycle, j, j+1)
		i = 0
	}
	return cycle
}

// join returns the link that two links in a row make, if they are about the same
// object. If anti, an anti-dependency follows, so that none may come before it.
func (s *search) join(a, b link, anti bool) (link, bool) {
	if a.object != b.object || b.kind != wwLink && b.kind != rwLink {
		return link{}, false
	}
	if (a.kind == wwLink || a.kind == rwLink) && s.d.block[a.a] == s.d.block[b.b] {
		return link{}, false // orders in a circle: what follows from them is not so
	}
	switch {
	case a.kind == wwLink && b.kind == wwLink, a.kind == rwLink && b.kind == wwLink && !anti:
		return link{from: a.from, to: b.to, kind: a.kind, object: a.object, a: a.a, b: b.b}, true
	case a.kind == wrLink && b.kind == rwLink:
		return link{from: a.from, to: b.to, kind: wwLink, object: a.object, a: b.a, b: b.b}, true
	}
	return link{}, false
}

// inverse returns, by element, its index.
func inverse(order []int32) []int32 {
	at := make([]int32, len(order))
	for i, v := range order {
		at[v] = int32(i)
	}
	return at
}
