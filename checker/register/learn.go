package register

import "slices"

// learn adds the clause that a conflict teaches (its first unique implication
// point), and goes back to where that clause forces a value.
func (s *solver) learn(conflict int32) {
	learned := clause{literals: []literal{0}, learned: true}
	level := int32(len(s.limits))
	back, open := int32(0), 0
	var marked []int32
	at := len(s.trail) - 1
	for n := conflict; ; {
		learned.from = append(learned.from, n)
		for _, l := range s.clauses[n].literals {
			v := l.variable()
			if s.mark[v] || s.level[v] == 0 || s.is(l) > 0 {
				continue
			}
			s.mark[v] = true
			marked = append(marked, v)
			s.active.raise(v)
			if s.level[v] == level {
				open++
				continue
			}
			learned.literals = append(learned.literals, l)
			if s.level[v] > back {
				back = s.level[v]
				last := len(learned.literals) - 1
				learned.literals[1], learned.literals[last] = learned.literals[last], learned.literals[1]
			}
		}
		for !s.mark[s.trail[at].variable()] {
			at--
		}
		l := s.trail[at]
		at--
		open--
		if open == 0 {
			learned.literals[0] = l.not()
			break
		}
		n = s.reason[l.variable()]
	}
	for _, v := range marked {
		s.mark[v] = false
	}
	s.active.decay()
	s.backTo(int(back))
	n := int32(len(s.clauses))
	s.clauses = append(s.clauses, learned)
	if c := learned.literals; len(c) > 1 {
		s.watches[c[0].not()] = append(s.watches[c[0].not()], n)
		s.watches[c[1].not()] = append(s.watches[c[1].not()], n)
	}
	s.set(learned.literals[0], n)
}

// core returns numbers of added clauses that cannot all be true, after solve has said so.
func (s *solver) core() []int32 {
	seen := make([]bool, len(s.clauses))
	stack := []int32{s.refuted}
	var found []int32
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		c := &s.clauses[n]
		if c.learned {
			stack = append(stack, c.from...)
		} else {
			found = append(found, n)
		}
		for _, l := range c.literals {
			if v := l.variable(); s.value[v] != 0 && s.level[v] == 0 && s.reason[v] >= 0 {
				stack = append(stack, s.reason[v])
			}
		}
	}
	slices.Sort(found)
	return found
}

// activity is a heap of variables, those on top that took part in the latest conflicts.
type activity struct {
	score []float64
	step  float64
	heap  []int32
	place []int32 // by variable: where it is in the heap, -1 if nowhere
}

// add enters a variable, which may be new.
func (a *activity) add(v int32) {
	if int(v) == len(a.score) {
		a.score, a.place = append(a.score, 0), append(a.place, -1)
	}
	if a.place[v] < 0 {
		a.place[v] = int32(len(a.heap))
		a.heap = append(a.heap, v)
		a.up(int(a.place[v]))
	}
}

func (a *activity) raise(v int32) {
	a.score[v] += a.step
	if a.score[v] > 1e100 {
		for i := range a.score {
			a.score[i] *= 1e-100
		}
		a.step *= 1e-100
	}
	if a.place[v] >= 0 {
		a.up(int(a.place[v]))
	}
}

func (a *activity) decay() { a.step /= 0.95 }

// top takes the most active variable that has no value from the heap, -1 if there is none.
func (a *activity) top(value []int8) int32 {
	for len(a.heap) > 0 {
		v := a.heap[0]
		last := a.heap[len(a.heap)-1]
		a.heap = a.heap[:len(a.heap)-1]
		a.place[v] = -1
		if last != v {
			a.heap[0], a.place[last] = last, 0
			a.down(0)
		}
		if value[v] == 0 {
			return v
		}
	}
	return -1
}

func (a *activity) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if a.score[a.heap[i]] <= a.score[a.heap[parent]] {
			return
		}
		a.swap(i, parent)
		i = parent
	}
}

func (a *activity) down(i int) {
	for 2*i+1 < len(a.heap) {
		child := 2*i + 1
		if child+1 < len(a.heap) && a.score[a.heap[child+1]] > a.score[a.heap[child]] {
			child++
		}
		if a.score[a.heap[child]] <= a.score[a.heap[i]] {
			return
		}
		a.swap(i, child)
		i = child
	}
}

func (a *activity) swap(i, j int) {
	a.heap[i], a.heap[j] = a.heap[j], a.heap[i]
	a.place[a.heap[i]], a.place[a.heap[j]] = int32(i), int32(j)
}
