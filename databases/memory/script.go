package memory

import (
	"fmt"
	"slices"
	"strings"
)

// script is a parsed history of a few transactions that shows one anomaly.
type script struct {
	steps   []step
	objects []byte // in the order in which they are named
	// clients is how many sessions it takes, and client the one of each transaction, from 0.
	clients int
	client  map[int]int
	// writes are, by transaction and object, the operations that write it.
	writes map[place][]int
	// base is, by version, the one that it replaced.
	base map[label]label
	// left are the versions that the rows have in the end.
	left map[byte]label
}

// step is one thing that a transaction does: b begins it, r reads, l reads and locks, w writes,
// i makes a row that matches the script's predicate, s reads by the predicate, c commits, a aborts, u commits and
// gets no answer; k kills the server.
type step struct {
	do     byte
	txn    int
	object byte
	// sees is the version that is read; base the one that is replaced.
	sees label
	rows []label // what s returns
}

// label names a version: the nth that a transaction wrote of an object, from 1, and 0 the last.
type label struct {
	object   byte
	txn, nth int
}

type place struct {
	txn    int
	object byte
}

// garbage stands, in a label, for a transaction that never was; start is the one that makes the rows, observer
// one that reads them all in the end, and nobody the one that kills the server.
const (
	garbage  = -1
	start    = 0
	observer = 9
	nobody   = 10
)

// parseScript reads a script. It has the steps in the order of time, in the textbooks' notation: r1(x0) is
// that T1 reads version x0, T0's, of x; w1(x) that it writes x over the last version, w1(x/0) over
// x0; i1(x) that it makes x, s1(x2) that it reads by a predicate and gets x2; x1.1 is the first
// version of x that T1 wrote and x1 its last, x? one that nobody wrote. 1>2 says that one
// session runs T1 and then T2.
//
// Rows that no transaction makes T0 makes, unless registers are there by themselves. In the end one
// more transaction reads all lists, which would not show their order without.
func parseScript(text string, kind Kind) *script {
	s := &script{client: map[int]int{}, writes: map[place][]int{}, base: map[label]label{}, left: map[byte]label{}}
	var steps []step
	made := map[byte]bool{}
	var bases []string
	for _, word := range strings.Fields(text) {
		if word == "k" {
			steps, bases = append(steps, step{do: 'k', txn: nobody}), append(bases, "")
			continue
		}
		if word[1] == '>' {
			s.client[digit(word[2])] = s.clientOf(digit(word[0]))
			continue
		}
		st, base := parseStep(word)
		if st.object != 0 && !slices.Contains(s.objects, st.object) {
			s.objects = append(s.objects, st.object)
			made[st.object] = st.do == 'i'
		}
		steps, bases = append(steps, st), append(bases, base)
		s.clientOf(st.txn)
	}
	if kind != Register && slices.ContainsFunc(s.objects, func(o byte) bool { return !made[o] }) {
		s.client[start] = 0
		for _, o := range s.objects {
			if !made[o] {
				s.add(step{do: 'w', txn: start, object: o}, "")
			}
		}
		s.add(step{do: 'c', txn: start}, "")
	}
	for _, o := range s.objects {
		s.base[label{o, garbage, 0}] = label{o, start, 1} // of lists, an element that nobody appended
	}
	for i, st := range steps {
		s.add(st, bases[i])
	}
	if kind.lists() {
		s.client[observer] = 0
		for _, o := range s.objects {
			s.add(step{do: 'r', txn: observer, object: o, sees: s.final(o)}, "")
		}
		s.add(step{do: 'c', txn: observer}, "")
	}
	return s
}

func digit(c byte) int { return int(c - '0') }

// clientOf returns the session of a transaction, a new one if it has none yet.
func (s *script) clientOf(txn int) int {
	if _, ok := s.client[txn]; !ok {
		s.client[txn] = s.clients
		s.clients++
	}
	return s.client[txn]
}

// parseStep returns a step, and what stands behind the / of a write.
func parseStep(word string) (st step, base string) {
	st = step{do: word[0], txn: digit(word[1])}
	in := strings.Trim(word[2:], "()")
	switch st.do {
	case 'r', 'l':
		st.object, st.sees = in[0], parseLabel(in)
	case 'w', 'i':
		in, base, _ = strings.Cut(in, "/")
		st.object = in[0]
	case 's':
		if in != "" {
			st.rows = []label{parseLabel(in)}
		}
	case 'b', 'c', 'a', 'u':
	default:
		panic(fmt.Sprintf("memory: the script has %q", word))
	}
	return st, base
}

func parseLabel(text string) label {
	l := label{object: text[0], txn: garbage}
	if text[1] != '?' {
		l.txn = digit(text[1])
	}
	if len(text) > 2 {
		l.nth = digit(text[3])
	}
	return l
}

// add adds a step, and notes what it writes.
func (s *script) add(st step, base string) {
	if st.do == 'w' || st.do == 'i' {
		at := place{st.txn, st.object}
		ops := 0
		for _, before := range s.steps {
			if before.txn == st.txn && !strings.ContainsRune("bcau", rune(before.do)) {
				ops++
			}
		}
		s.writes[at] = append(s.writes[at], ops)
		v := label{st.object, st.txn, len(s.writes[at])}
		replaced, ok := s.left[st.object]
		if base != "" {
			replaced, ok = label{object: st.object, txn: digit(base[0]), nth: 1}, true
		}
		if ok {
			s.base[v] = replaced
		}
		s.left[st.object] = v
	}
	s.steps = append(s.steps, st)
}

// resolve returns the label with its nth filled in.
func (s *script) resolve(l label) label {
	if l.nth == 0 && l.txn != garbage {
		l.nth = len(s.writes[place{l.txn, l.object}])
	}
	return l
}

// final returns the version of an object that is there in the end: one that committed and that none replaced,
// else T0's.
func (s *script) final(object byte) label {
	last := label{object, start, 1}
	for _, st := range s.steps {
		if st.do != 'w' || st.object != object || s.aborts(st.txn) {
			continue
		}
		for n := range s.writes[place{st.txn, object}] {
			if v := (label{object, st.txn, n + 1}); !s.replaced(v) {
				last = v
			}
		}
	}
	return last
}

func (s *script) replaced(v label) bool {
	for by, base := range s.base {
		if base == v && by.txn != garbage {
			return true
		}
	}
	return false
}

func (s *script) aborts(txn int) bool {
	return slices.ContainsFunc(s.steps, func(st step) bool { return st.do == 'a' && st.txn == txn })
}
