// Package probe plays probes on a server: it takes the steps of each in their
// order, on a connection for each session, goes on past a step that is blocked
// with the other sessions' next steps, and lets the blocked one finish when it
// can. That a step is blocked it is told by the server; it is never guessed from a
// time that has passed. What the sessions did is recorded like every other run,
// and the same checker says what happened.
package probe

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads/probes"
)

// Config says what to play. Database, Probes, Levels and Options are required.
type Config struct {
	// Database is the server, which must be a databases.LockWatcher. Its
	// namespace is there already. Each probe's tables are made in it, and left behind.
	Database databases.Database
	// Header is what the caller knows of the run, such as its id.
	Header history.Header
	Probes []probes.Probe
	Levels []history.Level
	// Options says what a probe's history is held against.
	Options func(*history.Header) (checker.Options, error)
	// Together is how many probes are played at the same time; 0 is 8. Those
	// with deferrable transactions, which wait for all others on the server, are played alone.
	Together int
	// Played, if set, is called after each, by one goroutine at a time.
	Played func(*Result)
}

// Result is what became of one probe at one level.
type Result struct {
	Probe probes.Probe
	Level history.Level
	// Steps are what became of each step, in the order in which they stand in the probe.
	Steps    []Step
	History  *history.History
	Findings *checker.Findings
	// Answer is what the result comes to.
	Answer Answer
}

// Step is what became of one step.
type Step struct {
	probes.Step
	// Skipped says that the step was not taken: its transaction had ended
	// before, or its condition did not hold.
	Skipped bool
	// Blocked says that the server had it wait for another session's lock.
	Blocked bool
	// Error is why it failed.
	Error *history.Error
	// Rows are those that it read or wrote.
	Rows []history.Row
}

const (
	// together is how many probes are played at the same time unless Config says otherwise.
	together = 8
	// mostTime is how long one probe may take at one level. It is for servers that do not answer.
	mostTime = 30 * time.Second
)

// Run plays every probe that exists on the server at every level. The results
// come in the order of the probes, and of the levels for each.
func Run(ctx context.Context, cfg Config) ([]*Result, error) {
	server, err := cfg.Database.Server(ctx)
	if err != nil {
		return nil, err
	}
	watch, err := startWatch(ctx, cfg.Database)
	if err != nil {
		return nil, err
	}
	defer watch.stop()
	r := &runner{Config: cfg, server: server, watch: watch}
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	return r.results(), nil
}

// runner plays all probes of a Config.
type runner struct {
	Config
	server databases.Server
	watch  *watch
	mu     sync.Mutex // held while Played is called
	found  [][]*Result
}

// all plays the probes, first those that can be played together.
func (r *runner) all(ctx context.Context) error {
	r.found = make([][]*Result, len(r.Probes))
	if r.Together == 0 {
		r.Together = together
	}
	var alone []int
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(r.Together)
	for i := range r.Probes {
		switch {
		case !r.Probes[i].ExistsOn(r.server.Product):
		case waitsForAll(&r.Probes[i]):
			alone = append(alone, i)
		default:
			group.Go(func() error { return r.levels(groupCtx, i) })
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, i := range alone {
		if err := r.levels(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// waitsForAll reports whether the probe has a transaction that waits for all others on the server.
func waitsForAll(p *probes.Probe) bool {
	for _, s := range p.Steps {
		if s.Options.Deferrable {
			return true
		}
	}
	return false
}

// levels plays one probe at each level, one after the other: they share its tables.
func (r *runner) levels(ctx context.Context, i int) error {
	for _, level := range r.Levels {
		result, err := r.play(ctx, &r.Probes[i], level)
		if err != nil {
			return fmt.Errorf("probe %s at %s: %w", r.Probes[i].Name, level, err)
		}
		r.mu.Lock()
		r.found[i] = append(r.found[i], result)
		if r.Played != nil {
			r.Played(result)
		}
		r.mu.Unlock()
	}
	return nil
}

func (r *runner) results() []*Result {
	var all []*Result
	for _, of := range r.found {
		all = append(all, of...)
	}
	return all
}

// play plays one probe at one level and judges what was recorded.
func (r *runner) play(ctx context.Context, p *probes.Probe, level history.Level) (*Result, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, mostTime, fmt.Errorf("it did not end in %v", mostTime))
	defer cancel()
	s := &stage{runner: r, probe: p, level: level, began: time.Now()}
	defer s.close()
	if err := s.set(ctx); err != nil {
		return nil, err
	}
	steps, err := s.act(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.readFinal(ctx); err != nil {
		return nil, err
	}
	result := &Result{Probe: *p, Level: level, Steps: steps, History: s.history()}
	fillRows(result)
	options, err := r.Options(&result.History.Header)
	if err != nil {
		return nil, err
	}
	if result.Findings, err = checker.Check(ctx, result.History, options); err != nil {
		return nil, err
	}
	result.Answer = answer(result)
	return result, nil
}
