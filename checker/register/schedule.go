package register

import "slices"

// schedule orders the transactions as a scheduler would run them one after
// the other: only those whose predecessors by the graph have run, and of those the first by rank that
// does not overwrite a version which others have yet to read. Where every one does, the
// first by rank runs nevertheless, and the guess that follows from the order will
// have a cycle there. The order is false if the graph has a cycle: then
// the transactions in and behind cycles come last.
type schedule struct {
	d       *dependencies
	graph   *digraph
	in      []int32 // by node: how many predecessors have not run
	ready   keyHeap // commits that may be next
	stuck   keyHeap // of these, such as were put off
	done    []bool  // by transaction
	current []int32 // by object: its version
	unread  []int32 // by version: how many readers have not run
	reader  []int32 // by object: the last that read it, plus one
	waiting [][]int32
	order   []int32
	open    []int32 // nodes that can run at once
}

func (d *dependencies) schedule(rank []int32, each func(yield)) (order []int32, ok bool) {
	var links pairs
	each(func(from, to int32, _ link) { links.add(from, to) })
	s := &schedule{
		d: d, graph: links.graph(d.nodes), in: make([]int32, d.nodes), done: make([]bool, d.f.n),
		current: slices.Clone(d.first[:d.f.counts.Objects]), reader: make([]int32, d.f.counts.Objects), unread: make([]int32, len(d.writer)), waiting: make([][]int32, d.f.counts.Objects),
		order: make([]int32, 0, d.f.n),
	}
	key := make([]int64, d.f.n)
	for t, r := range rank {
		key[t] = int64(r)
	}
	s.ready.key, s.stuck.key = key, key
	for _, to := range s.graph.to {
		s.in[to]++
	}
	for w := range s.unread {
		s.unread[w] = int32(len(d.readers.of(int32(w))))
	}
	for v, count := range s.in {
		if count == 0 {
			s.open = append(s.open, int32(v))
		}
	}
	s.run()
	ok = len(s.order) == d.f.n
	for t, done := range s.done {
		if !done {
			s.order = append(s.order, int32(t))
		}
	}
	return s.order, ok
}

func (s *schedule) run() {
	for {
		for len(s.open) > 0 {
			v := s.open[len(s.open)-1]
			s.open = s.open[:len(s.open)-1]
			switch {
			case int(v) < s.d.f.n:
				s.ready.push(v)
			default:
				if v < s.d.line {
					s.reads(v - int32(s.d.f.n))
				}
				s.leave(v)
			}
		}
		switch {
		case len(s.ready.items) > 0:
			if t := s.ready.pop(); !s.done[t] && !s.putOff(t) {
				s.commit(t)
			}
		case len(s.stuck.items) > 0:
			if t := s.stuck.pop(); !s.done[t] {
				s.commit(t)
			}
		default:
			return
		}
	}
}

// leave opens the nodes whose last predecessor was v.
func (s *schedule) leave(v int32) {
	for _, to := range s.graph.of(v) {
		if s.in[to]--; s.in[to] == 0 {
			s.open = append(s.open, to)
		}
	}
}

// putOff puts a transaction off if it overwrites a version that others have yet to read.
func (s *schedule) putOff(t int32) bool {
	f := s.d.f
	for _, object := range f.writeObject[f.writeFrom[t]:f.writeFrom[t+1]] {
		current := s.current[object]
		unread := s.unread[current]
		if next := s.d.next[current]; !s.d.split && next >= 0 && s.d.writer[next] == t {
			unread-- // itself
		}
		if unread > 0 {
			s.waiting[object] = append(s.waiting[object], t)
			s.stuck.push(t)
			return true
		}
	}
	return false
}

func (s *schedule) commit(t int32) {
	f := s.d.f
	s.done[t] = true
	s.order = append(s.order, t)
	if !s.d.split {
		s.reads(t)
	}
	for _, object := range f.writeObject[f.writeFrom[t]:f.writeFrom[t+1]] {
		s.current[object] = s.d.of(t, object)
		s.wake(object)
	}
	s.leave(t)
}

// reads notes that a transaction has read what it reads.
func (s *schedule) reads(t int32) {
	f := s.d.f
	for r := f.readFrom[t]; r < f.readFrom[t+1]; r++ {
		object := f.readObject[r]
		if s.reader[object] == t+1 {
			continue
		}
		s.reader[object] = t + 1
		s.unread[s.d.of(f.readSource[r], object)]--
		s.wake(object)
	}
}

// wake lets those run that were put off because of the object, if nobody has yet to read its version.
func (s *schedule) wake(object int32) {
	if s.unread[s.current[object]] > 1 { // the last one may be who waits
		return
	}
	for _, t := range s.waiting[object] {
		if !s.done[t] {
			s.ready.push(t)
		}
	}
	s.waiting[object] = s.waiting[object][:0]
}
