package history

// seen remembers which transactions were there. A client's transactions mostly
// come in the order of their numbers, and then cost no memory.
type seen map[int]*seenNumbers

// seenNumbers are the numbers from first to last, and others.
type seenNumbers struct {
	first, last int
	others      map[int]struct{}
}

func (s seen) has(t *Transaction) bool {
	n := s[t.Client]
	if n == nil {
		return false
	}
	if t.Number >= n.first && t.Number <= n.last {
		return true
	}
	_, ok := n.others[t.Number]
	return ok
}

// add notes a transaction and reports whether it is new.
func (s seen) add(t *Transaction) bool {
	n := s[t.Client]
	switch {
	case n == nil:
		s[t.Client] = &seenNumbers{first: t.Number, last: t.Number}
		return true
	case s.has(t):
		return false
	case t.Number != n.last+1:
		if n.others == nil {
			n.others = map[int]struct{}{}
		}
		n.others[t.Number] = struct{}{}
		return true
	}
	n.last++
	for len(n.others) > 0 {
		if _, ok := n.others[n.last+1]; !ok {
			break
		}
		n.last++
		delete(n.others, n.last)
	}
	return true
}
