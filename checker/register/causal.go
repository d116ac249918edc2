package register

import (
	"context"
	"errors"
)

// causal yields the demands of causal consistency. Biswas and Enea: if a
// transaction reads x from T1, and T2, which wrote x too, happened before it, by
// session order and reads in any number of steps, then T2 comes before T1.
//
// Which transactions happened before one is a vector clock (Fidge; Mattern, 1988): by
// session, the last place that did. Of each session only the last write of x matters, so
// that there are at most as many demands for a read as sessions wrote x: O(n·sessions) as in AWDIT. Three
// things make it cheaper. Transactions are gone through in an order that
// session order and reads agree with, and a clock is kept only until its last reader
// is done, so that memory is bounded by what is still to be read, not by the history. A write that happened
// before T1's as well demands nothing new. And the last write of x in a session is nearly
// always known to the reader: only where it is not must an earlier one be searched for.
//
// It fails when the context ends, or when there are so many sessions, so many of whose
// transactions are still to be read, that the clocks do not fit into memory.
func (f *facts) causal(ctx context.Context, y func(from, to, r int32)) error {
	c := newCausality(f)
	for v := range int32(f.n) {
		if v&63 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if len(c.clocks.chunks)*int(c.clocks.chunk)*f.sessions > maxClocks {
				return errClocks
			}
		}
		c.visit(v, y)
	}
	return nil
}

// maxClocks is how many components all clocks may have together, of four bytes each.
const maxClocks = 1 << 30

var errClocks = errors.New("the vector clocks would take more than 4 GiB")

// causality is the state of causal. Sessions are numbered from 0, places in them from 1.
type causality struct {
	f       *facts
	writers *writers
	clocks  clocks
	clock   []int32 // by transaction: the number of its clock, while it is kept
	needed  []int32 // by transaction: how often its clock will still be asked for
}

func newCausality(f *facts) *causality {
	c := &causality{f: f, writers: newWriters(f), clocks: newClocks(f.sessions), clock: make([]int32, f.n), needed: make([]int32, f.n)}
	for _, from := range f.readSource {
		if from >= 0 {
			c.needed[from]++
		}
	}
	for _, p := range f.prev {
		if p >= 0 {
			c.needed[p]++
		}
	}
	return c
}

// visit yields the demands of transaction v's reads. Everything that happened before it was visited before.
func (c *causality) visit(v int32, y func(from, to, r int32)) {
	f := c.f
	low, high := f.readFrom[v], f.readFrom[v+1]
	n, clock := c.inherit(f.prev[v])
	for r := low; r < high; r++ {
		if from := f.readSource[r]; from >= 0 && clock[f.session[from]] < f.place[from] {
			join(clock, c.clocks.of(c.clock[from]))
		}
	}
	for r := low; r < high; r++ {
		c.demands(r, clock, y)
	}
	for r := low; r < high; r++ {
		if from := f.readSource[r]; from >= 0 {
			c.release(from)
		}
	}
	clock[f.session[v]] = f.place[v]
	c.clock[v] = n
	for w := f.writeFrom[v]; w < f.writeFrom[v+1]; w++ {
		c.writers.visit(w, f.place[v])
	}
	if c.needed[v] == 0 {
		c.clocks.free = append(c.clocks.free, n)
	}
}

// inherit returns a clock that says what the transaction before says. It is
// taken over from it, if nobody else needs it.
func (c *causality) inherit(prev int32) (n int32, clock []int32) {
	if prev >= 0 && c.needed[prev] == 1 {
		c.needed[prev] = 0
		return c.clock[prev], c.clocks.of(c.clock[prev])
	}
	n = c.clocks.take()
	clock = c.clocks.of(n)
	if prev < 0 {
		clear(clock)
	} else {
		copy(clock, c.clocks.of(c.clock[prev]))
		c.release(prev)
	}
	return n, clock
}

func (c *causality) release(v int32) {
	if c.needed[v]--; c.needed[v] == 0 {
		c.clocks.free = append(c.clocks.free, c.clock[v])
	}
}

// demands yields who must come before the transaction that read r saw, given
// the clock of the reader.
func (c *causality) demands(r int32, clock []int32, y func(from, to, r int32)) {
	f, w := c.f, c.writers
	object, to := f.readObject[r], f.readSource[r]
	var known []int32 // what happened before the write that was seen
	if to >= 0 {
		known = c.clocks.of(c.clock[to])
	}
	for list := w.listFrom[object]; list < w.listFrom[object+1]; list++ {
		l, floor := w.lists[list], int32(0)
		if known != nil {
			floor = known[l.session]
		}
		if l.last <= floor || clock[l.session] <= floor {
			continue
		}
		if from := w.last(list, clock[l.session], floor); from >= 0 {
			y(from, to, r)
		}
	}
}

// join raises each component of clock to that of other.
func join(clock, other []int32) {
	other = other[:len(clock)]
	for s, place := range clock {
		clock[s] = max(place, other[s])
	}
}

// clocks is a store of vector clocks in one array.
type clocks struct {
	sessions int
	chunk    int32 // how many clocks are allocated at once
	chunks   [][]int32
	free     []int32
	count    int32
}

func newClocks(sessions int) clocks {
	return clocks{sessions: sessions, chunk: int32(max(1, 1<<18/max(1, sessions)))}
}

// take returns the number of a clock that nobody else uses, with any content.
func (c *clocks) take() int32 {
	if last := len(c.free) - 1; last >= 0 {
		n := c.free[last]
		c.free = c.free[:last]
		return n
	}
	if c.count == int32(len(c.chunks))*c.chunk {
		c.chunks = append(c.chunks, make([]int32, int(c.chunk)*c.sessions))
	}
	c.count++
	return c.count - 1
}

func (c *clocks) of(n int32) []int32 {
	at := int(n%c.chunk) * c.sessions
	return c.chunks[n/c.chunk][at : at+c.sessions]
}
