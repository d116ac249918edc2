package register

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Options are what to check, and for how long. The zero value is a good choice.
type Options struct {
	// Models are those to check; nil means all that the history allows.
	Models []Model
	// Limit is how long to search for a version order, for each model that needs a
	// search, and how long to look for causality violations; 0 means a minute.
	Limit time.Duration
	// SeveralClocks says that the times of different clients do not compare
	// exactly: then they are good for a guess, and prove nothing.
	SeveralClocks bool
	// Examples is how many wrong reads of each kind are described; 0 means 5.
	Examples int
	// Name returns what the texts call an object; nil means "row 7 of table 0".
	Name func(table int, key int64) string
}

const defaultLimit = time.Minute

// Check judges the history that was added, and uses the index up. It fails only
// when the context ends.
func (ix *Index) Check(ctx context.Context, opts Options) (*Result, error) {
	name := opts.Name
	if name == nil {
		name = func(table int, key int64) string { return fmt.Sprintf("row %d of table %d", key, table) }
	}
	c := &check{f: newFacts(ix, !opts.SeveralClocks, cmp.Or(opts.Examples, defaultExamples), name), limit: opts.Limit, results: map[Model]ModelResult{}}
	if c.limit == 0 {
		c.limit = defaultLimit
	}
	models := Models(c.f.clock)
	if opts.Models != nil {
		models = slices.DeleteFunc(models, func(m Model) bool { return !slices.Contains(opts.Models, m) })
	}
	c.models = models
	if err := c.run(ctx); err != nil {
		return nil, fmt.Errorf("checking registers: %w", err)
	}
	r := &Result{Reads: c.f.reads(), Counts: c.f.counts}
	for _, m := range models {
		r.Models = append(r.Models, c.results[m])
	}
	return r, nil
}

// check is one run over the facts.
type check struct {
	f       *facts
	limit   time.Duration
	models  []Model // stronger ones first
	results map[Model]ModelResult

	versions *versions
	rt       *realTime
}

func (c *check) run(ctx context.Context) error {
	c.judgeByReads()
	// A guess that proves the strongest model proves all.
	if m, ok := c.strongest(); ok {
		c.verify(m)
	}
	for _, m := range slices.Backward(c.models) {
		if base, order := m.Split(); !c.known(m) && base.strength() <= Causal.strength() {
			c.weak(ctx, m, base, order)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if _, open := c.strongest(); open && !c.f.forward {
		// Versions make sense only if no transaction reads what depends on it.
		c.weak(ctx, ReadCommitted, ReadCommitted, NoOrder)
	}
	for _, m := range c.models {
		if !c.known(m) {
			c.verify(m)
		}
	}
	for _, m := range c.models {
		if !c.known(m) {
			c.search(ctx, m)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) known(m Model) bool { _, ok := c.results[m]; return ok }

// strongest returns the first model that is still open, if it needs a version order.
func (c *check) strongest() (Model, bool) {
	for _, m := range c.models {
		if base, _ := m.Split(); !c.known(m) {
			return m, base.strength() > Causal.strength()
		}
	}
	return "", false
}

// judgeByReads settles the models that single reads rule out.
func (c *check) judgeByReads() {
	for _, a := range c.f.reads() {
		for _, m := range c.models {
			if a.Kind.RulesOut(m) && !c.known(m) {
				c.results[m] = ModelResult{Model: m, Verdict: Fails, By: a.Kind, Why: "one read is enough: " + a.Examples[0].Text}
			}
		}
	}
}

// holds notes that a model holds, and every weaker one.
func (c *check) holds(m Model, why string) {
	for _, weaker := range c.models {
		if !m.Implies(weaker) || c.known(weaker) {
			continue
		}
		r := ModelResult{Model: weaker, Verdict: Holds, Why: why}
		if weaker != m {
			r.Why = fmt.Sprintf("it follows from %s, which holds: %s", m, why)
		}
		if n := c.f.counts.Ambiguous; n > 0 {
			r.Verdict = Undecided
			r.Why = fmt.Sprintf("%d reads returned a value that was written to their object more than once; without them %s", n, r.Why)
		}
		c.results[weaker] = r
	}
}

// fails notes that a model fails, and every stronger one.
func (c *check) fails(m Model, why string, w *Witness) {
	for _, stronger := range c.models {
		if !stronger.Implies(m) || c.known(stronger) {
			continue
		}
		r := ModelResult{Model: stronger, Verdict: Fails, Why: why, Witness: w}
		if stronger != m {
			r.Why = fmt.Sprintf("%s fails: %s", m, why)
		}
		c.results[stronger] = r
	}
}

// weak decides one of the models that can be decided outright.
func (c *check) weak(ctx context.Context, m, base Model, order Order) {
	var demands axiom
	var gaveUp error
	switch base {
	case MonotonicAtomicView:
		demands = c.f.atomicView
	case ReadAtomic:
		demands = c.f.readAtomic
		if order != NoOrder && c.f.forward {
			demands = func(y func(from, to, r int32)) {
				c.f.readAtomic(y)
				c.f.readAtomicSessions(y)
			}
		}
	case Causal:
		if c.f.forward {
			limited, cancel := context.WithTimeout(ctx, c.limit)
			defer cancel()
			demands = func(y func(from, to, r int32)) {
				if gaveUp == nil {
					gaveUp = c.f.causal(limited, y)
				}
			}
		}
	}
	core := c.f.saturate(ctx, order, demands)
	switch {
	case ctx.Err() != nil:
	case gaveUp != nil:
		c.results[m] = ModelResult{Model: m, Verdict: Undecided, Why: fmt.Sprintf("the check of %d sessions was given up: %v", c.f.sessions, gaveUp)}
	case core == nil:
		c.holds(m, "what it demands of the order of transactions has no cycle")
	default:
		c.fails(m, "what it demands of the order of transactions has a cycle", c.f.witnessOf(core, base))
	}
}
