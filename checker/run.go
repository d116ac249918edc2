package checker

import (
	"context"
	"fmt"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// check is one run of the checker over an index: what it derives, in the order
// in which it does.
type check struct {
	*tallies
	ix     *index
	opts   Options
	chains *chains
	values *values
	direct *direct
	graph  *dependencyGraph
	cycles *cycles
}

func newCheck(ix *index, opts Options) *check {
	base, _ := opts.Expect.Split()
	return &check{
		ix: ix, opts: opts,
		tallies: &tallies{
			by: map[AnomalyID]*tally{}, keep: opts.Witnesses,
			rules:  &rules{ix: ix, opts: opts, base: base, known: map[shape]bool{}},
			breaks: map[anomalyModel]bool{}, shapes: map[shape]bool{},
		},
	}
}

// run derives version orders, values, edges and cycles.
func (c *check) run(ctx context.Context) error {
	c.chains = buildChains(c.ix)
	c.values = computeValues(c.ix, c.chains)
	c.direct = newDirect(c)
	c.graph = newDependencyGraph(c.ix, c.chains, c.values)
	c.direct.run(c.graph.addTransaction)
	if err := ctx.Err(); err != nil {
		return err
	}
	c.graph.addPredicates()
	c.graph.findWindows()
	births, from := groupBirths(c.ix, c.chains, c.values)
	c.cycles = &cycles{
		ix: c.ix, graph: c.graph, rules: c.rules, found: c.tallies,
		builder:   &builder{ix: c.ix, node: fill(c.ix.len(), -1), births: births, from: from},
		explained: c.direct.explained, missedRows: c.direct.missedRows, pivots: c.direct.pivots, reported: c.direct.reported, failed: map[orderedClass]bool{}, budget: searchBudget,
	}
	return c.cycles.run(ctx)
}

// findings puts together what was found.
func (c *check) findings(ctx context.Context, src Source) (*Findings, error) {
	f := &Findings{
		Header: c.ix.header, Closed: c.ix.closed, Counts: c.counts(), Models: c.judge(),
		Expected: Expectation{Model: c.opts.Expect, Source: c.opts.Source, Forbid: c.opts.Forbid, Allow: c.opts.Allow},
	}
	f.Strongest, f.Weakest = border(f.Models)
	w, err := fetch(ctx, src, c)
	if err != nil {
		return nil, err
	}
	f.Statements = w.statements
	for _, id := range AnomalyIDs() {
		if a, ok := c.anomaly(id, w); ok {
			f.Anomalies = append(f.Anomalies, a)
		}
	}
	f.Invariants = c.invariants(f.Anomalies)
	f.Verdict, f.Reasons = verdict(f, c.ix.doubts())
	return f, nil
}

func (c *check) counts() Counts {
	n := Counts{
		Operations: len(c.ix.ops), Objects: c.ix.objects.len(), Gaps: c.chains.gaps,
		Dependencies: c.graph.count, Contended: c.graph.contended,
		Aborted: c.ix.exercised.aborts, Indeterminate: c.ix.exercised.indeterminate,
	}
	n.Committed = c.ix.len() - n.Aborted - n.Indeterminate
	return n
}

// anomaly returns what was found of one kind of anomaly. Variants with session
// and real-time order are left out unless they were found.
func (c *check) anomaly(id AnomalyID, w *witnesses) (Anomaly, bool) {
	d, t := define(id), c.by[id]
	variant := baseAnomaly(id) != id
	if t == nil {
		if variant {
			return Anomaly{}, false
		}
		t = &tally{}
	}
	a := Anomaly{
		ID: id, Class: d.class, Name: d.name, Definition: d.definition, Source: d.source,
		Count: t.count, AtLeast: t.atLeast, Violations: t.violations, Violation: t.violations > 0, Times: t.times,
		Allowed:   !slices.Contains(RuledOut(c.opts.Expect), id) && !slices.Contains(c.opts.Forbid, id) || slices.Contains(c.opts.Allow, id),
		Exercised: t.count > 0 || d.exercised(&c.ix.exercised),
	}
	switch {
	case c.ix.header.Timeless():
		a.Times = nil
	case len(t.times) > 0:
		a.FirstAt = slices.Min(t.times)
	}
	for i := range t.kept {
		a.Witnesses = append(a.Witnesses, w.witness(&t.kept[i]))
	}
	return a, true
}

// A run is conclusive when at least this much was tried. The numbers are low on
// purpose: they catch runs that tried next to nothing, such as one client, or keys
// that no two transactions shared.
const (
	enoughCommitted = 100
	enoughContended = 10
)

// verdict judges the findings, and says why.
// Doubts are what speaks against calling it a pass.
func verdict(f *Findings, doubts []string) (Verdict, []string) {
	var broken []string
	for _, a := range f.Anomalies {
		if a.Violation {
			broken = append(broken, fmt.Sprintf("%s (%s) was seen %s, and %s rules it out", a.Name, a.Class, timesSeen(a.Violations), f.Expected.ruler(a.ID)))
		}
	}
	for _, r := range f.Models {
		if r.Model == f.Expected.Model && !r.Holds && len(broken) == 0 && len(f.Expected.Allow) == 0 {
			broken = append(broken, fmt.Sprintf("the dependencies have a cycle that %s rules out", r.Model))
		}
	}
	for _, i := range f.Invariants {
		if i.Violation {
			broken = append(broken, fmt.Sprintf("the invariant %q is broken: %s", i.Name, i.Text))
		}
	}
	if len(broken) > 0 {
		return Violated, broken
	}
	if !slices.ContainsFunc(f.Models, func(r ModelResult) bool { return r.Model == f.Expected.Model }) {
		doubts = append(doubts, fmt.Sprintf("whether %s holds cannot be told from this history: the clocks of several processes give no real-time order", f.Expected.Model))
	}
	if !f.Closed {
		doubts = append(doubts, "the history is cut off before its end")
	}
	probe := f.Header.Workload == history.ProbeWorkload
	if f.Counts.Committed < enoughCommitted && !probe {
		doubts = append(doubts, fmt.Sprintf("only %s committed, and fewer than %d say little", numbered(f.Counts.Committed, "transaction"), enoughCommitted))
	}
	if f.Counts.Contended < enoughContended && !probe {
		doubts = append(doubts, fmt.Sprintf("of dependencies between transactions that ran at the same time there %s %d, and fewer than %d say little", agree(f.Counts.Contended, "is", "are"), f.Counts.Contended, enoughContended))
	}
	if len(doubts) > 0 {
		return Inconclusive, doubts
	}
	return Kept, []string{fmt.Sprintf("nothing that %s rules out was seen in %s", f.Expected.Model, numbered(f.Counts.Committed, "transaction"))}
}

// ruler says who rules an anomaly out.
func (e *Expectation) ruler(id AnomalyID) string {
	if slices.Contains(e.Forbid, id) {
		return "--forbid"
	}
	return string(e.Model)
}
