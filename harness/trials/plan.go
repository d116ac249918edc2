// Package trials runs every strategy of workloads at every level, several times, and
// measures what each costs. Repeats are interleaved: each round runs every cell once, so
// that what else goes on on the machine hits all cells alike. What came of it is judged by
// package checker/advice.
package trials

import (
	"fmt"
	"slices"
	"time"

	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// Plan says what to run.
type Plan struct {
	// Product is the database's: postgres, mysql or mariadb. What it lacks is not run.
	Product   string
	Workloads []workloads.Workload
	// Levels are those to run at, weakest first. A strategy that has a level of its own runs
	// there only, also where that is none of these.
	Levels []history.Level
	// Repeats is how often each cell is run; less than 1 is once.
	Repeats int
}

// Trial is one run of one cell.
type Trial struct {
	Workload workloads.Workload
	Strategy string
	Level    history.Level
	Repeat   int // from 1
	Number   int // of all trials, from 1
}

// Key names the trial's cell.
func (t Trial) Key() advice.Key {
	return advice.Key{Workload: t.Workload.Name, Strategy: t.Strategy, Level: t.Level}
}

// String says which trial it is: "counter atomic at read-committed, repeat 2".
func (t Trial) String() string {
	return fmt.Sprintf("%s %s at %s, repeat %d", t.Workload.Name, t.Strategy, t.Level, t.Repeat)
}

// Trials returns all trials in the order in which they are to be run. Each round
// begins with another cell, so that none is always first.
func (p *Plan) Trials() []Trial {
	var cells []Trial
	for _, w := range p.Workloads {
		for _, level := range p.levelsOf(w) {
			for _, s := range w.Strategies {
				if len(w.Missing(s.Name, p.Product)) == 0 && (s.Level == level || s.Level == "" && slices.Contains(p.Levels, level)) {
					cells = append(cells, Trial{Workload: w, Strategy: s.Name, Level: level})
				}
			}
		}
	}
	var all []Trial
	for repeat := range max(p.Repeats, 1) {
		for i := range cells {
			t := cells[(i+repeat*len(cells)/max(p.Repeats, 1))%len(cells)]
			t.Repeat, t.Number = repeat+1, len(all)+1
			all = append(all, t)
		}
	}
	return all
}

// setUp is about how long a trial takes besides the time in which the clients run:
// connecting, tables, the final state, the check.
const setUp = 300 * time.Millisecond

// Estimate is about how long all trials take if the clients of each run for that long.
func (p *Plan) Estimate(duration time.Duration) time.Duration {
	return time.Duration(len(p.Trials())) * (duration + setUp)
}

// levelsOf are the levels of the plan, and those of the workload's strategies that have one of their own.
func (p *Plan) levelsOf(w workloads.Workload) []history.Level {
	return slices.DeleteFunc(history.Levels(), func(l history.Level) bool {
		return !slices.Contains(p.Levels, l) && !slices.ContainsFunc(w.Strategies, func(s workloads.Strategy) bool {
			return s.Level == l && len(w.Missing(s.Name, p.Product)) == 0
		})
	})
}

// judged describes a workload to the judge.
func (p *Plan) judged(w workloads.Workload) advice.Workload {
	out := advice.Workload{Name: w.Name, Summary: w.Summary, Levels: p.levelsOf(w)}
	for _, level := range out.Levels {
		if !slices.Contains(p.Levels, level) {
			out.OwnOnly = append(out.OwnOnly, level)
		}
	}
	for _, s := range w.Strategies {
		own := advice.Strategy{Name: s.Name, Summary: s.Summary, Level: s.Level, Retries: s.Retries > 0}
		for _, f := range w.Missing(s.Name, p.Product) {
			own.Missing = append(own.Missing, string(f))
		}
		out.Strategies = append(out.Strategies, own)
	}
	return out
}
