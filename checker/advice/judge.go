package advice

import (
	"fmt"
	"slices"

	"github.com/isocheck/isocheck/checker/noise"
	"github.com/isocheck/isocheck/history"
)

// Less than this, in all repeats of a cell together, says little: the checker's own measure for one run.
const (
	enoughCommitted = 100
	enoughContended = 10
)

// Judge says what came of a workload. The samples are those of each cell, in the order in
// which they were run; a cell without any was not run.
func Judge(w Workload, samples map[Key][]Sample) Table {
	t := Table{Workload: w}
	wanted := invariantsOf(w, samples)
	for _, s := range w.Strategies {
		for _, level := range w.Levels {
			own := samples[Key{w.Name, s.Name, level}]
			c := Cell{Strategy: s.Name, Level: level}
			switch {
			case len(s.Missing) > 0:
				c.Verdict = Missing
			case s.Level != "" && s.Level != level, s.Level == "" && slices.Contains(w.OwnOnly, level):
				c.Verdict = Elsewhere
			default:
				c = judge(c, own, wanted)
			}
			t.Cells = append(t.Cells, c)
		}
	}
	t.recommend()
	t.slowCalls()
	return t
}

// invariantsOf are those that the workload's first strategy keeps: the others are to keep them too.
func invariantsOf(w Workload, samples map[Key][]Sample) []string {
	for _, s := range w.Strategies {
		for _, level := range w.Levels {
			for _, sample := range samples[Key{w.Name, s.Name, level}] {
				if sample.Err == nil {
					return sample.Invariants
				}
			}
		}
	}
	return nil
}

// judge fills in what the samples say of a cell.
func judge(c Cell, samples []Sample, wanted []string) Cell {
	var rates, p50s, p99s []float64
	contended, retries, deadlocks, failed := 0, 0, 0, 0
	var first *Sample
	for i := range samples {
		s := &samples[i]
		if s.Err != nil {
			c.Doubts = appendNew(c.Doubts, "a run could not be made: "+s.Err.Error())
			continue
		}
		if first == nil {
			first = s
		}
		c.Repeats++
		c.Transactions += s.Committed
		contended, retries, deadlocks, failed = contended+s.Contended, retries+s.Retries, deadlocks+s.Deadlocks, failed+s.Failed
		rates = append(rates, s.Rate)
		if s.Committed > 0 {
			p50s, p99s = append(p50s, float64(s.P50)), append(p99s, float64(s.P99))
		}
		c.gather(s)
	}
	c.Throughput, c.P50, c.P99 = noise.Of(rates), noise.Of(p50s), noise.Of(p99s)
	c.Retries, c.Deadlocks, c.Failed = per(retries, c.Transactions), per(deadlocks, c.Transactions), per(failed, c.Transactions)
	if first != nil {
		for _, name := range wanted {
			if !slices.Contains(first.Invariants, name) {
				c.Unguarded = append(c.Unguarded, name)
			}
		}
	}
	c.conclude(contended)
	return c
}

// gather adds what one sample found.
func (c *Cell) gather(s *Sample) {
	for _, p := range s.Anomalies {
		if s.counts(p) {
			c.Problems = add(c.Problems, p)
		} else {
			c.Bearable = add(c.Bearable, p)
		}
	}
	for _, p := range s.Broken {
		c.Problems = add(c.Problems, p)
	}
	for _, doubt := range s.Doubts {
		c.Doubts = appendNew(c.Doubts, doubt)
	}
	for _, v := range s.Violations {
		c.Violations = appendNew(c.Violations, v)
	}
	if c.History == "" && s.Unsafe() {
		c.History = s.History
	}
}

// conclude settles the verdict.
func (c *Cell) conclude(contended int) {
	// What counted in one repeat counts in all.
	for _, p := range c.Problems {
		if i := slices.IndexFunc(c.Bearable, func(b Problem) bool { return b.Anomaly == p.Anomaly }); i >= 0 {
			c.Problems = add(c.Problems, c.Bearable[i])
			c.Bearable = slices.Delete(c.Bearable, i, i+1)
		}
	}
	// Anomalies say why, and broken invariants what came of it.
	slices.SortStableFunc(c.Problems, func(a, b Problem) int {
		switch {
		case (a.Anomaly == "") != (b.Anomaly == ""):
			if a.Anomaly == "" {
				return 1
			}
			return -1
		default:
			return b.Count - a.Count
		}
	})
	switch {
	case len(c.Problems) > 0:
		c.Verdict = Unsafe
		return
	case c.Repeats == 0 && len(c.Doubts) == 0:
		c.Doubts = append(c.Doubts, "it was not run")
	case c.Repeats > 0 && c.Transactions < enoughCommitted:
		c.Doubts = append(c.Doubts, fmt.Sprintf("only %s committed, and fewer than %d say little", transactions(c.Transactions), enoughCommitted))
	case c.Repeats > 0 && contended < enoughContended:
		c.Doubts = append(c.Doubts, fmt.Sprintf("of dependencies between transactions that ran at the same time there are %d, and fewer than %d say little", contended, enoughContended))
	}
	c.Verdict = Safe
	if len(c.Doubts) > 0 {
		c.Verdict = Inconclusive
	}
}

// add counts a problem in with those of its kind.
func add(list []Problem, p Problem) []Problem {
	for i := range list {
		if q := &list[i]; q.Anomaly == p.Anomaly && (p.Anomaly != "" || q.Name == p.Name) {
			q.Count, q.Repeats, q.AtLeast = q.Count+p.Count, q.Repeats+p.Repeats, q.AtLeast || p.AtLeast
			return list
		}
	}
	return append(list, p)
}

// per is a number for each committed transaction, 0 where none committed.
func per(n, committed int) float64 {
	if committed == 0 {
		return 0
	}
	return float64(n) / float64(committed)
}

func appendNew(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// rank orders levels by how simple they are to live with: weaker ones first, but
// read uncommitted, which shows what was never committed, last.
func rank(l history.Level) int {
	if l == history.ReadUncommitted {
		return len(history.Levels())
	}
	return slices.Index(history.Levels(), l)
}

func transactions(n int) string {
	if n == 1 {
		return "1 transaction"
	}
	return fmt.Sprintf("%d transactions", n)
}
