package register

import (
	"context"
	"fmt"
	"time"
)

// prepare works out the versions, and the order of real time.
func (c *check) prepare() {
	if c.versions == nil {
		c.versions = newVersions(c.f)
		if c.f.clock {
			c.rt = newRealTime(c.f)
		}
	}
}

// guesses returns the version orders that are worth a try: by when transactions
// ended, or by the order in the file; and by when the writes had their answers, which is the
// exact order where a write locks what it writes until its transaction ends.
func (c *check) guesses() []*guess {
	f, v := c.f, c.versions
	rank := make([]int32, f.n)
	for t := range rank {
		rank[t] = int32(t)
	}
	all := []*guess{v.guessFrom(rank, func(version int32) int64 { return int64(v.writer[version]) })}
	if len(f.writeEnd) > 0 {
		ends := v.writeEnds()
		all = append(all, v.guessFrom(rank, func(version int32) int64 { return ends[version] }))
	}
	return all
}

// writeEnds returns, by version, when the write had its answer.
func (v *versions) writeEnds() []int64 {
	f, ends := v.f, make([]int64, len(v.writer))
	for version, t := range v.writer {
		if t < 0 {
			continue
		}
		ends[version] = f.writeEnd[f.write(t, v.blocks[v.block[version]].object)]
	}
	return ends
}

// verify settles a model that needs a version order, if a first guess is right.
func (c *check) verify(m Model) {
	base, order := m.Split()
	if !c.f.forward || base.strength() <= Causal.strength() {
		return
	}
	c.prepare()
	if c.versions.lost != nil {
		return
	}
	d := newDependencies(c.versions, base, order, c.rt)
	for i, g := range c.guesses() {
		if core, _ := d.core(g); core == nil {
			how := "the order in which transactions ended"
			switch {
			case i == 1:
				how = "the order in which writes were answered"
			case !c.f.timed:
				how = "the order of the history"
			}
			c.holds(m, how+" gives a version order whose dependencies have no cycle")
			return
		}
	}
}

// search settles a model that needs a version order, if the limit allows it.
func (c *check) search(ctx context.Context, m Model) {
	base, order := m.Split()
	c.prepare()
	if l := c.versions.lost; l != nil {
		n := &narrator{f: c.f, versions: c.versions, base: base}
		c.fails(m, "two transactions read the same version of an object and both replaced it", n.lostUpdate(l))
		return
	}
	d := newDependencies(c.versions, base, order, c.rt)
	s := newSearch(d)
	stop := deadline(time.Now().Add(c.limit), ctx.Done())
	switch s.run(c.best(ctx, d), stop) {
	case satisfied:
		c.holds(m, fmt.Sprintf("a version order whose dependencies have no cycle was found, in %d rounds", s.rounds))
	case refuted:
		p := s.proof()
		n := &narrator{f: c.f, versions: c.versions, base: base, assumes: s.assumes}
		c.fails(m, "every version order closes a cycle of dependencies", n.witness(p.steps, p.stepwise))
	default:
		c.undecided(m, s)
	}
}

// best returns the guess that leaves the least to search: those from times, or, as a
// scheduler would run the transactions.
func (c *check) best(ctx context.Context, d *dependencies) *guess {
	ctx, cancel := context.WithTimeout(ctx, c.limit/4)
	defer cancel()
	d.findDemands(ctx)
	guesses := c.guesses()
	if order, ok := d.schedule(guesses[0].rank, d.certain); ok {
		rank := inverse(order)
		guesses = append(guesses, c.versions.guessFrom(rank, func(version int32) int64 { return int64(rank[c.versions.writer[version]]) }))
	}
	var best *guess
	least := -1
	for _, g := range guesses {
		size := 0
		core, _ := d.core(g)
		if core != nil {
			for _, nodes := range core.components {
				size += len(nodes)
			}
		}
		if least < 0 || size < least {
			best, least = g, size
		}
	}
	return best
}

func (c *check) undecided(m Model, s *search) {
	c.results[m] = ModelResult{Model: m, Verdict: Undecided, Why: fmt.Sprintf(
		"the search for an order of the writes was given up at its limit of %v (guesses: %d; pairs of writes in doubt: %d; circles excluded: %d)",
		c.limit, s.rounds, len(s.pairs), len(s.known))}
}
