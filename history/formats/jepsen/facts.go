package jepsen

import (
	"math"
	"strconv"

	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// facts are what has to be known of a whole history before its first transaction
// is given out.
type facts struct {
	workload    workload
	timed       bool // every operation has a time
	maxProcess  int64
	concurrency int // the most operations that were under way at once
	names       names
	sums        sums
}

// gather reads a whole file.
func gather(l lexer) (*facts, error) {
	f := &facts{timed: true, names: names{number: map[string]int64{}, highest: -1}}
	s := l.scanner()
	open := map[int64]struct{}{}
	var e event
	for l.next(&e) {
		f.timed = f.timed && e.timed
		if !e.client {
			continue
		}
		w, known := e.classify(s)
		switch {
		case !known:
			return nil, s.Err()
		case w != undecided && f.workload == undecided:
			f.workload = w
		case w != undecided && w != f.workload:
			return nil, s.ErrorAt(e.at, "this is an operation of the workload "+w.String()+", and those before are of "+f.workload.String())
		}
		f.maxProcess = max(f.maxProcess, e.process)
		if e.typ == invoke {
			open[e.process] = struct{}{}
			f.concurrency = max(f.concurrency, len(open))
		} else {
			delete(open, e.process)
		}
		f.note(&e, w)
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	switch f.workload {
	case undecided:
		// Additions of numbers and nothing else are a counter's; what never found a value may be registers.
		f.workload = rwRegister
		if f.names.adds {
			f.workload = counter
		}
	case set:
		f.names.highest = max(f.names.highest, f.names.highestAdd)
	}
	if int64(len(f.names.list)) > math.MaxInt64-f.names.highest-1 {
		return nil, s.ErrorAt(scan.Place{}, "its keys are names and numbers, and there are no numbers left for the names")
	}
	return f, nil
}

// note takes in the keys of an operation, and what a read of the bank summed to.
func (f *facts) note(e *event, w workload) {
	if e.value == 0 {
		return
	}
	switch {
	case e.isTxn():
		for m := e.first(e.value); m != 0; m = e.next(m) {
			f.names.see(e, e.next(e.first(m)))
		}
	case w == bank && e.form(e.value) == mapForm && e.isWord(e.f, "read"):
		sum, sound := int64(0), true
		for k := e.first(e.value); k != 0; k = e.next(e.next(k)) {
			f.names.see(e, k)
			v := e.next(k)
			sound = sound && e.form(v) == intForm
			sum += e.nodes[v].n
		}
		if sound && e.typ == ok {
			f.sums.add(sum)
		}
	case w == bank && e.form(e.value) == mapForm:
		for k := e.first(e.value); k != 0; k = e.next(e.next(k)) {
			if e.isWord(k, "from") || e.isWord(k, "to") {
				f.names.see(e, e.next(k))
			}
		}
	case e.isWord(e.f, "add"):
		f.names.adds = true
		if e.form(e.value) == intForm {
			f.names.highestAdd = max(f.names.highestAdd, e.nodes[e.value].n)
		} else {
			f.names.see(e, e.value)
		}
	case w == set:
		for c := e.first(e.value); c != 0; c = e.next(c) {
			f.names.see(e, c)
		}
	}
}

// names numbers keys. An integer is its own number; other keys get the numbers
// after the highest integer.
type names struct {
	number     map[string]int64 // by name: from 0
	list       []string
	highest    int64
	highestAdd int64 // of what was added, to a counter or a set
	adds       bool
	text       []byte
}

// longestName is how many bytes of a key count.
const longestName = 1 << 16

func (m *names) see(e *event, n int32) {
	if e.form(n) == intForm {
		m.highest = max(m.highest, e.nodes[n].n)
		return
	}
	m.text = e.appendEDN(m.text[:0], n, longestName)
	if _, known := m.number[string(m.text)]; !known {
		m.number[string(m.text)] = int64(len(m.list))
		m.list = append(m.list, string(m.text))
	}
}

// key returns the number of a key.
func (m *names) key(e *event, n int32) int64 {
	if e.form(n) == intForm {
		return e.nodes[n].n
	}
	m.text = e.appendEDN(m.text[:0], n, longestName)
	return m.highest + 1 + m.number[string(m.text)]
}

// mostNamed is how many keys a header names, and longestNamed how long such a name may be.
const (
	mostNamed    = 2000
	longestNamed = 200
)

// params names the keys that are no integers in a header's parameters.
func (m *names) params(params map[string]string) {
	for i, name := range m.list {
		if i == mostNamed {
			params["keys"] = strconv.Itoa(len(m.list)) + " are no integers; the first " + strconv.Itoa(mostNamed) + " are named"
			return
		}
		if len(name) > longestNamed {
			name = name[:longestNamed] + "…"
		}
		params["key "+strconv.FormatInt(m.highest+1+int64(i), 10)] = name
	}
}

// sums counts what the reads of a bank summed to.
type sums struct {
	count map[int64]int
	order []int64
}

func (s *sums) add(sum int64) {
	if s.count == nil {
		s.count = map[int64]int{}
	}
	if _, known := s.count[sum]; !known {
		if len(s.order) == 1<<16 {
			return
		}
		s.order = append(s.order, sum)
	}
	s.count[sum]++
}

func (s *sums) any() bool { return len(s.order) > 0 }

// most returns the sum that came most often, the first of several.
func (s *sums) most() int64 {
	best := s.order[0]
	for _, sum := range s.order {
		if s.count[sum] > s.count[best] {
			best = sum
		}
	}
	return best
}
