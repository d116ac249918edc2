package checker

import (
	"fmt"
	"slices"

	"github.com/isocheck/isocheck/checker/register"
)

// demands reports whether every history of registers that keeps a model also keeps one that was judged.
//
// Read atomic and causal consistency are not in the lattice of this package. What
// they demand is that a write which the reader depends on is older than the one it saw: otherwise
// there is a cycle with a single anti-dependency, from the reader. So consistent
// view includes read atomic, and with session order it includes causal consistency.
func demands(expect Model, judged register.Model) bool {
	switch base, order := judged.Split(); base {
	case register.ReadAtomic, register.Causal:
		return expect.Includes(Model(order) + ConsistentView)
	}
	return expect.Includes(Model(judged))
}

// expected returns the model to hold the history against. Operations on registers
// name single objects, so that without predicates PL-2.99 is PL-3.
func (c *registers) expected() Model {
	base, order := c.opts.Expect.Split()
	if base == RepeatableRead {
		return Model(order) + Serializable
	}
	return c.opts.Expect
}

// breaks reports whether a judged model fails, and with it what is expected. With
// --allow a cycle proves nothing, because its kind depends on the order of writes, which is not known.
func (c *registers) breaks(r register.ModelResult) bool {
	return r.Verdict == register.Fails && r.By == "" && len(c.opts.Allow) == 0 && demands(c.expected(), r.Model)
}

// keeps reports whether a model that holds rules an anomaly out.
func (c *registers) keeps(id AnomalyID) bool {
	return slices.ContainsFunc(c.result.Models, func(r register.ModelResult) bool {
		_, err := ParseModel(string(r.Model))
		return r.Verdict == register.Holds && err == nil && slices.Contains(RuledOut(Model(r.Model)), id)
	})
}

// verdict judges the findings, and says why.
func (c *registers) verdict(f *Findings) (Verdict, []string) {
	var broken []string
	for _, a := range f.Anomalies {
		if !a.Violation {
			continue
		}
		if r := slices.IndexFunc(c.result.Models, func(r register.ModelResult) bool { return notModel(r.Model) == a.ID }); r >= 0 {
			text := inWords(Model(c.result.Models[r].Model)) + " does not hold"
			if f.Expected.Model != Model(c.result.Models[r].Model) {
				text += ", which " + inWords(f.Expected.Model) + " includes"
			}
			broken = append(broken, text+": "+c.result.Models[r].Why)
			continue
		}
		broken = append(broken, fmt.Sprintf("%s (%s) was seen %s, and %s rules it out", a.Name, a.Class, timesSeen(a.Violations), f.Expected.ruler(a.ID)))
	}
	for _, r := range c.result.Models {
		if len(broken) == 0 && c.breaks(r) {
			broken = append(broken, fmt.Sprintf("%s does not hold: %s", inWords(Model(r.Model)), r.Why))
		}
	}
	if len(broken) > 0 {
		return Violated, broken
	}
	holds, doubts := c.holds()
	for _, id := range c.opts.Forbid {
		if !slices.Contains(register.ReadAnomalies(), register.ReadAnomalyKind(id)) && !c.keeps(id) && !slices.Contains(c.opts.Allow, id) {
			doubts = append(doubts, fmt.Sprintf("whether %s, which --forbid rules out, happened cannot be told: registers do not show in what order writes took effect", define(id).name))
		}
	}
	if !f.Closed {
		doubts = append(doubts, "the history is cut off before its end")
	}
	if f.Counts.Committed < enoughCommitted {
		doubts = append(doubts, fmt.Sprintf("only %s committed, and fewer than %d say little", numbered(f.Counts.Committed, "transaction"), enoughCommitted))
	}
	if len(doubts) > 0 {
		return Inconclusive, doubts
	}
	return Kept, []string{fmt.Sprintf("%s holds in %s: %s", inWords(f.Expected.Model), numbered(f.Counts.Committed, "transaction"), holds)}
}

// holds says why what is expected holds, or why that is not known.
func (c *registers) holds() (why string, doubts []string) {
	expect := c.expected()
	for _, r := range c.result.Models {
		if r.Verdict == register.Holds && Model(r.Model).Includes(expect) {
			return r.Why, nil
		}
	}
	open := fmt.Sprintf("whether %s holds is undecided", inWords(c.opts.Expect))
	for _, r := range c.result.Models {
		if r.Verdict == register.Undecided && Model(r.Model) == expect {
			return "", []string{open + ": " + r.Why}
		}
	}
	for _, r := range c.result.Models {
		if r.Verdict == register.Fails && demands(expect, r.Model) {
			return "", []string{fmt.Sprintf("%s: %s does not hold, but that may be due to what --allow allows (%s)", open, inWords(Model(r.Model)), r.Why)}
		}
	}
	if _, order := expect.Split(); order == RealTimeOrder && !slices.ContainsFunc(c.result.Models, func(r register.ModelResult) bool {
		_, o := r.Model.Split()
		return o == register.RealTimeOrder
	}) {
		return "", []string{open + ": the history has no times of one clock, and so no real-time order"}
	}
	return "", []string{open + ": no model that includes it was found to hold, and none that it includes to fail"}
}
