package register

import "time"

// literal is a variable, doubled, plus one where it is negated.
type literal int32

func (l literal) variable() int32 { return int32(l >> 1) }
func (l literal) not() literal    { return l ^ 1 }

// solver decides whether clauses, to which more can be added after each answer,
// can all be true: conflict-driven clause learning (Marques-Silva and Sakallah, GRASP, 1999) with two watched literals,
// activities and saved phases (Moskewicz et al., Chaff, 2001; Eén and
// Sörensson, An Extensible SAT-solver, 2003). It is small because it is only
// given what a guess of the version order ran into, and its own because it must begin each search at that guess, and
// say which clauses it took to refute it.
type solver struct {
	clauses []clause
	watches [][]int32 // by literal: the clauses that watch its negation, that is, are to be looked at when it becomes true
	value   []int8    // by variable: 1 true, -1 false, 0 open
	phase   []bool    // by variable: what it was last, or should be first
	level   []int32   // by variable: the decision level at which it got its value
	reason  []int32   // by variable: the clause that forced it, -1 if none
	trail   []literal
	limits  []int32 // by decision level: where it begins on the trail
	queue   int32   // how much of the trail was propagated

	active    activity
	mark      []bool // by variable, in analyze
	conflicts int
	refuted   int32 // a clause that is false whatever is decided, -1 if none
}

type clause struct {
	literals []literal
	// from are, of a learned clause, those it was learned from; learned is then true.
	from    []int32
	learned bool
}

func newSolver() *solver { return &solver{refuted: -1, active: activity{step: 1}} }

// variable adds a variable, which is first tried as phase says.
func (s *solver) variable(phase bool) int32 {
	v := int32(len(s.value))
	s.value, s.phase, s.level, s.reason = append(s.value, 0), append(s.phase, phase), append(s.level, 0), append(s.reason, -1)
	s.watches = append(s.watches, nil, nil)
	s.mark = append(s.mark, false)
	s.active.add(v)
	return v
}

// is returns 1 if the literal is true, -1 if false, 0 if open.
func (s *solver) is(l literal) int8 {
	if l&1 != 0 {
		return -s.value[l.variable()]
	}
	return s.value[l.variable()]
}

// add adds a clause of different variables, and returns its number. The numbers
// are those that core returns.
func (s *solver) add(literals []literal) int32 {
	s.backTo(0)
	n := int32(len(s.clauses))
	s.clauses = append(s.clauses, clause{literals: literals})
	s.attach(n)
	return n
}

// attach watches a clause at decision level 0.
func (s *solver) attach(n int32) {
	c := s.clauses[n].literals
	// Watch two literals that are not false, if there are.
	at := 0
	for i, l := range c {
		if s.is(l) >= 0 && at < 2 {
			c[at], c[i] = c[i], c[at]
			at++
		}
	}
	if len(c) > 1 {
		s.watches[c[0].not()] = append(s.watches[c[0].not()], n)
		s.watches[c[1].not()] = append(s.watches[c[1].not()], n)
	}
	switch {
	case at == 0:
		if s.refuted < 0 {
			s.refuted = n
		}
	case at == 1 && s.is(c[0]) == 0:
		s.set(c[0], n)
	}
}

func (s *solver) set(l literal, reason int32) {
	v := l.variable()
	s.value[v] = 1
	if l&1 != 0 {
		s.value[v] = -1
	}
	s.level[v], s.reason[v] = int32(len(s.limits)), reason
	s.trail = append(s.trail, l)
}

// backTo takes back all decisions above the level.
func (s *solver) backTo(level int) {
	if len(s.limits) <= level {
		return
	}
	for i := len(s.trail) - 1; i >= int(s.limits[level]); i-- {
		v := s.trail[i].variable()
		s.phase[v] = s.value[v] > 0
		s.value[v], s.reason[v] = 0, -1
		s.active.add(v)
	}
	s.trail, s.limits = s.trail[:s.limits[level]], s.limits[:level]
	s.queue = int32(len(s.trail))
}

// propagate sets what follows. It returns a clause that is false, -1 if there is none.
func (s *solver) propagate() int32 {
	for int(s.queue) < len(s.trail) {
		l := s.trail[s.queue]
		s.queue++
		watching := s.watches[l]
		kept := watching[:0]
		for i, n := range watching {
			moved, conflict := s.update(n, l)
			if !moved {
				kept = append(kept, n)
			}
			if conflict {
				kept = append(kept, watching[i+1:]...)
				s.watches[l] = kept
				return n
			}
		}
		s.watches[l] = kept
	}
	return -1
}

// update looks at a clause one of whose watched literals became false: l is its negation.
func (s *solver) update(n int32, l literal) (moved, conflict bool) {
	c := s.clauses[n].literals
	if c[0] == l.not() {
		c[0], c[1] = c[1], c[0]
	}
	if s.is(c[0]) > 0 {
		return false, false
	}
	for i := 2; i < len(c); i++ {
		if s.is(c[i]) >= 0 {
			c[1], c[i] = c[i], c[1]
			s.watches[c[1].not()] = append(s.watches[c[1].not()], n)
			return true, false
		}
	}
	if s.is(c[0]) < 0 {
		return false, true
	}
	s.set(c[0], n)
	return false, false
}

// answer is what a search ended with.
type answer uint8

const (
	satisfied answer = iota + 1
	refuted
	outOfTime
)

// solve looks for values that make every clause true; value then has them,
// until the next clause is added. stop is asked now and then whether to give up.
func (s *solver) solve(stop func() bool) answer {
	s.backTo(0)
	if s.refuted >= 0 {
		return refuted
	}
	for restart := 1; ; restart++ {
		for budget := 64 * luby(restart); budget > 0; {
			conflict := s.propagate()
			if conflict < 0 {
				v := s.active.top(s.value)
				if v < 0 {
					return satisfied
				}
				s.limits = append(s.limits, int32(len(s.trail)))
				s.set(choose(v, s.phase[v]), -1)
				continue
			}
			s.conflicts++
			budget--
			if len(s.limits) == 0 {
				s.refuted = conflict
				return refuted
			}
			s.learn(conflict)
			if s.conflicts%256 == 0 && stop() {
				return outOfTime
			}
		}
		s.backTo(0)
	}
}

func choose(v int32, positive bool) literal {
	if positive {
		return literal(2 * v)
	}
	return literal(2*v + 1)
}

// luby is the sequence 1 1 2 1 1 2 4 … (Luby, Sinclair and Zuckerman, Optimal
// speedup of Las Vegas algorithms, 1993).
func luby(i int) int {
	for size := 1; ; size = 2*size + 1 {
		if i == size {
			return (size + 1) / 2
		}
		if i < size {
			return luby(i - size/2)
		}
	}
}

// deadline returns a function for solve that is true from a time on.
func deadline(at time.Time, done <-chan struct{}) func() bool {
	return func() bool {
		select {
		case <-done:
			return true
		default:
			return !at.IsZero() && time.Now().After(at)
		}
	}
}
