package history

// seen remembers which transactions were there, by client. A client's transactions mostly
// come in the order of their numbers, and then cost no memory.
type seen []seenNumbers

// seenNumbers are the numbers from first to last, and others; first is 0 before there is any.
type seenNumbers struct {
	first, last int
	others      map[int]struct{}
}

func (s seen) has(t *Transaction) bool {
	if t.Client >= len(s) {
		return false
	}
	n := &s[t.Client]
	if t.Number >= n.first && t.Number <= n.last {
		return true
	}
	_, ok := n.others[t.Number]
	return ok
}

// add notes a transaction, whose client must be one that can be, and reports whether it is new.
func (s *seen) add(t *Transaction) bool {
	for t.Client >= len(*s) {
		*s = append(*s, seenNumbers{})
	}
	n := &(*s)[t.Client]
	switch {
	case n.first == 0:
		n.first, n.last = t.Number, t.Number
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
