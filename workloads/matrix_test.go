package workloads_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
	"github.com/isocheck/isocheck/workloads"
	"github.com/isocheck/isocheck/workloads/workloadstest"
)

// cell is a workload in one strategy at one level of one database.
type cell struct {
	product  string
	workload workloads.Workload
	strategy string
	level    history.Level
	claim    byte // what is claimed of it, see claims_test.go
}

func (c cell) String() string {
	return fmt.Sprintf("%s/%s/%s/%s", c.product, c.workload.Name, c.strategy, c.level)
}

// only narrows the matrix: go test ./workloads -run TestMatrix -cells 'mysql/bank/.*/serializable'.
var only = flag.String("cells", "", "which cells of the matrix to run, a regular expression")

// lanes is how many cells run at a time on each server: clients mostly wait.
const lanes = 3

// alone lets many short runs go on at a time, and one that lasts as long as by default alone.
type alone struct{ sync.RWMutex }

// during does a run under the lock that its duration asks for.
func (a *alone) during(duration time.Duration, run func() (*checker.Findings, error)) (*checker.Findings, error) {
	if duration >= harness.DefaultDuration {
		a.Lock()
		defer a.Unlock()
	} else {
		a.RLock()
		defer a.RUnlock()
	}
	return run()
}

// Every workload runs in every strategy at every level of every database: what is
// claimed to be safe is safe, what is known to be unsafe is caught, no level
// breaks its promise, and no run is inconclusive when it lasts as long as by
// default, unless the machine is busy with something else.
func TestMatrix(t *testing.T) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var others alone
	complaints := map[string][]string{}
	for _, product := range products() {
		cells := make(chan cell)
		for lane, db := range openAll(t, product, lanes) {
			path := filepath.Join(t.TempDir(), fmt.Sprintf("%s-%d.jsonl.zst", product, lane))
			wait.Go(func() {
				for c := range cells {
					said := c.try(t, db, path, &others)
					if len(said) > 0 {
						t.Logf("%s: %s", c, strings.Join(said, "; ")) // now: the matrix takes minutes
					}
					mu.Lock()
					complaints[c.String()] = said
					mu.Unlock()
				}
			})
		}
		wait.Go(func() {
			defer close(cells)
			for _, c := range cellsOf(t, product) {
				cells <- c
			}
		})
	}
	wait.Wait()
	for _, product := range products() {
		for _, c := range cellsOf(t, product) {
			t.Run(c.String(), func(t *testing.T) {
				for _, said := range complaints[c.String()] {
					t.Error(said)
				}
			})
		}
	}
}

// cellsOf returns all cells of a product.
func cellsOf(t *testing.T, product string) []cell {
	t.Helper()
	wanted := regexp.MustCompile(*only)
	var all []cell
	for _, w := range workloads.All() {
		for _, s := range w.Strategies {
			claims, known := claimed[w.Name+"/"+s.Name]
			if !known {
				t.Errorf("nothing is claimed of strategy %s of workload %s", s.Name, w.Name)
				continue
			}
			for i, level := range history.Levels() {
				switch c := (cell{product, w, s.Name, level, claims.of(product)[i]}); {
				case (c.claim == missing) != (len(w.Missing(s.Name, product)) > 0):
					t.Errorf("%s: the claim and what the strategy needs do not agree on whether there is such a thing", c)
				case c.claim != missing && wanted.MatchString(c.String()):
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// try runs the cell, longer and longer, until everything that is claimed of it
// has been seen. It returns what is not as claimed.
func (c cell) try(t *testing.T, db databases.Database, path string, others *alone) []string {
	caught := false
	var said []string
	for seed, duration := range []time.Duration{500 * time.Millisecond, time.Second, harness.DefaultDuration, harness.DefaultDuration} {
		f, err := others.during(duration, func() (*checker.Findings, error) { return c.run(db, path, uint64(seed), duration) })
		if err != nil {
			return []string{err.Error()}
		}
		broken := brokenIn(f)
		caught = caught || len(broken) > 0
		if c.claim != safe {
			broken = nil
		}
		if f.Verdict == checker.Violated {
			c.show(t, path, f)
			broken = append(broken, f.Reasons...)
		}
		if len(broken) > 0 {
			known, err := raced(path, c.claim == safe)
			if err != nil {
				return []string{err.Error()}
			}
			if known {
				t.Logf("%s: %s; which is the server's race that FINDINGS.md explains", c, strings.Join(broken, "; "))
				return unexplained(f, c.level)
			}
		}
		said = append(said, broken...)
		said = append(said, unexplained(f, c.level)...)
		if len(said) > 0 || f.Verdict == checker.Kept && (c.claim != unsafe || caught) {
			return said
		}
		if f.Verdict == checker.Inconclusive && duration == harness.DefaultDuration {
			if crowded(t) {
				t.Logf("%s: %s; but this machine is too busy to judge that", c, strings.Join(f.Reasons, "; "))
				return nil
			}
			return append(f.Reasons, "it was inconclusive")
		}
	}
	return append(said, "it is known to be unsafe, and that was not caught")
}

// raced says whether what was recorded is explained by a race in the server that is known.
func raced(path string, safe bool) (bool, error) {
	h, err := history.Load(path)
	if err != nil {
		return false, err
	}
	return workloadstest.Raced(context.Background(), h, safe)
}

// show logs each witness as a history of its own: the run is gone when somebody reads the log, and its like
// may not come again soon.
func (c cell) show(t *testing.T, path string, f *checker.Findings) {
	t.Helper()
	err := checker.CutOutAll(context.Background(), history.Files(path), f, func(a *checker.Anomaly, n int, h *history.History) error {
		if !a.Witnesses[n].Violation {
			return nil
		}
		cut := filepath.Join(t.TempDir(), "cut.jsonl")
		if _, err := formats.Write(context.Background(), cut, formats.Isocheck, h, formats.Options{}); err != nil {
			return err
		}
		lines, err := os.ReadFile(cut)
		t.Logf("%s: %s; isocheck check shows it when it gets these lines in a file:\n%s", c, a.Name, lines)
		return err
	})
	if err != nil {
		t.Logf("%s: cutting out the witnesses: %v", c, err)
	}
}

// brokenIn returns what became of the invariants that were broken.
func brokenIn(f *checker.Findings) []string {
	var broken []string
	for _, inv := range f.Invariants {
		switch {
		case inv.Unknown:
			broken = append(broken, fmt.Sprintf("%s is unknown: %s", inv.Name, inv.Text))
		case !inv.Held:
			broken = append(broken, fmt.Sprintf("%s: %s; explained by %v", inv.Name, inv.Text, inv.ExplainedBy))
		}
	}
	return broken
}

// unexplained returns the broken invariants that no anomaly explains. Where reads may see what is not
// committed, the record does not always prove which it was.
func unexplained(f *checker.Findings, level history.Level) []string {
	var said []string
	for _, inv := range f.Invariants {
		if !inv.Held && len(inv.ExplainedBy) == 0 && level != history.ReadUncommitted {
			said = append(said, fmt.Sprintf("%s is broken, and nothing explains it: %s", inv.Name, inv.Text))
		}
	}
	return said
}

// run runs the cell once and checks what was recorded.
func (c cell) run(db databases.Database, path string, seed uint64, duration time.Duration) (*checker.Findings, error) {
	result, err := harness.Run(context.Background(), harness.Config{
		Database: db, Workload: c.workload, Level: c.level, Seed: seed, Duration: duration, Pause: time.Millisecond,
		Params: workloads.Params{Strategy: c.strategy}, Path: path,
	})
	switch {
	case err != nil:
		return nil, err
	case result.Stopped != "" || !result.Final:
		return nil, fmt.Errorf("the run stopped early: %s: %w", result.Stopped, result.Err)
	case result.Totals.Aborted[history.OtherError] > 0:
		return nil, fmt.Errorf("the server refuses what the workload asks: %+v", result.Totals)
	}
	h, err := history.Load(path)
	if err != nil {
		return nil, err
	}
	findings, err := checker.Check(context.Background(), h, checker.Options{Expect: checker.Model(h.Header.Promise)})
	if err != nil {
		return nil, err
	}
	return findings, nil
}

// Every strategy says what it is, and no two of a workload have one name.
func TestStrategiesAreDescribed(t *testing.T) {
	for _, w := range workloads.All() {
		var names []string
		for _, s := range w.Strategies {
			if s.Summary == "" || strings.HasSuffix(s.Summary, ".") || slices.Contains(names, s.Name) {
				t.Errorf("workload %s has a strategy %q: %q", w.Name, s.Name, s.Summary)
			}
			names = append(names, s.Name)
		}
		if w.Summary == "" || names[0] != "plain" {
			t.Errorf("workload %s (%q) begins with strategy %s", w.Name, w.Summary, names[0])
		}
	}
}
