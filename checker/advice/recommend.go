package advice

import (
	"cmp"
	"slices"

	"github.com/isocheck/isocheck/checker/noise"
	"github.com/isocheck/isocheck/history"
)

// Choice names a cell of a table.
type Choice struct {
	Strategy string        `json:"strategy"`
	Level    history.Level `json:"level"`
}

// Recommendation is the choice that a programmer should look at first: of the cells that were not
// seen to fail the fastest, or one that is as fast within the noise and simpler: at a weaker level, or
// by an earlier strategy. Read uncommitted is left to those who have nothing else.
type Recommendation struct {
	Choice
	// Fastest is the one of the highest median, where that is another.
	Fastest *Choice `json:"fastest,omitempty"`
	// Equal are those that came into question and are as fast as the choice within the noise.
	Equal []Choice `json:"equal,omitempty"`
	// Safe is how many were not seen to fail, Candidates how many of them came into question.
	Safe       int `json:"safe"`
	Candidates int `json:"candidates"`
	// Unfinished are safe and were left out because more than one in a hundred never
	// committed; Unguarded because they do not keep all that the workload asks; Lossy
	// because updates were lost, though no invariant broke.
	Unfinished []Choice `json:"unfinished,omitempty"`
	Unguarded  []Choice `json:"unguarded,omitempty"`
	Lossy      []Choice `json:"lossy,omitempty"`
	// Few says that there were too few repeats to tell any difference from noise.
	Few bool `json:"few,omitempty"`
}

// bearableFailures is how many a committed transaction may leave undone.
const bearableFailures = 0.01

// recommend chooses, and compares all others with the choice.
func (t *Table) recommend() {
	r := &Recommendation{}
	candidates := t.candidates(r)
	if len(candidates) == 0 {
		return
	}
	r.Candidates = len(candidates)
	chosen, fastest := t.choose(candidates)
	r.Choice = chosen.choice()
	if chosen != fastest {
		own := fastest.choice()
		r.Fastest = &own
	}
	for i := range t.Cells {
		if c := &t.Cells[i]; c != chosen {
			c.Throughput.CompareWith(&chosen.Throughput)
		}
	}
	for _, c := range candidates {
		if c != chosen && !c.Throughput.Differs {
			r.Equal = append(r.Equal, c.choice())
			r.Few = r.Few || c.Throughput.Few
		}
	}
	t.Recommended = r
}

// candidates are the cells that come into question.
func (t *Table) candidates(r *Recommendation) []*Cell {
	var candidates, uncommitted, rest []*Cell
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.Verdict != Safe {
			continue
		}
		r.Safe++
		switch {
		case len(c.Unguarded) > 0:
			r.Unguarded = append(r.Unguarded, c.choice())
			rest = append(rest, c)
		case c.LostUpdates() != nil:
			r.Lossy = append(r.Lossy, c.choice())
			rest = append(rest, c)
		case c.Failed > bearableFailures:
			r.Unfinished = append(r.Unfinished, c.choice())
			rest = append(rest, c)
		case c.Level == history.ReadUncommitted:
			uncommitted = append(uncommitted, c)
		default:
			candidates = append(candidates, c)
		}
	}
	for _, more := range [][]*Cell{uncommitted, rest} {
		if len(candidates) == 0 {
			candidates = more
		}
	}
	return candidates
}

// choose returns the simplest of those that are as fast as the fastest within the noise, and the fastest.
func (t *Table) choose(candidates []*Cell) (chosen, fastest *Cell) {
	fastest = slices.MaxFunc(candidates, func(a, b *Cell) int { return cmp.Compare(a.Throughput.Median, b.Throughput.Median) })
	chosen = fastest
	for _, c := range candidates {
		v := c.Throughput
		if v.CompareWith(&fastest.Throughput); c != fastest && !v.Differs && t.simpler(c, chosen) {
			chosen = c
		}
	}
	return chosen, fastest
}

// simpler reports whether one cell is simpler than another: it runs at a weaker level, or by an earlier strategy.
func (t *Table) simpler(a, b *Cell) bool {
	place := func(c *Cell) int {
		return slices.IndexFunc(t.Strategies, func(s Strategy) bool { return s.Name == c.Strategy })
	}
	return cmp.Or(cmp.Compare(rank(a.Level), rank(b.Level)), cmp.Compare(place(a), place(b))) < 0
}

func (c *Cell) choice() Choice { return Choice{c.Strategy, c.Level} }

// The strategies that differ only in where a slow call is made.
const (
	slowInside  = "slow-inside"
	slowOutside = "slow-outside"
)

// SlowCall says what it costs at one level to make a slow call inside the transaction
// instead of before it.
type SlowCall struct {
	Level history.Level `json:"level"`
	// Inside and Outside are in committed transactions a second. Change is how much less, as a part of
	// Outside, Inside is: -0.6. Differs is false where that is within the noise.
	Inside  float64 `json:"inside"`
	Outside float64 `json:"outside"`
	Change  float64 `json:"change"`
	Differs bool    `json:"differs"`
}

// slowCalls compares the strategies with a slow call, where the workload has both.
func (t *Table) slowCalls() {
	for _, level := range t.Levels {
		inside, outside := t.Cell(slowInside, level), t.Cell(slowOutside, level)
		if inside == nil || outside == nil || inside.Verdict == Inconclusive || outside.Verdict == Inconclusive {
			continue
		}
		v := noise.Of(inside.Throughput.Samples)
		if v.CompareWith(&outside.Throughput); v.Change == nil {
			continue
		}
		t.SlowCalls = append(t.SlowCalls, SlowCall{level, v.Median, outside.Throughput.Median, *v.Change, v.Differs})
	}
}
