package trials

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
)

// Config says how to run the trials of a plan.
type Config struct {
	// Run is what all trials have in common: the database, the header's run id, the duration, the
	// seed of the first repeat, the clients. Workload, strategy, level and path are the trial's.
	Run harness.Config
	// Folder is where histories are kept: of each cell that failed the first that shows it.
	// It must be there.
	Folder string
	// Begin, if set, is called before each trial, and may change how it is run; End after
	// it, with what came of it.
	Begin func(Trial, *harness.Config)
	End   func(Trial, advice.Sample)
}

// Result is what came of all trials that were run.
type Result struct {
	Tables []advice.Table // one for each workload of the plan
	// Header is that of the first history: what the server is, its settings.
	Header history.Header
	// Trials is how many were run, whole.
	Trials int
}

// mostFailures is how many trials in a row may fail before all is given up.
const mostFailures = 3

// Run runs the trials and judges them. When the context is cancelled, or the server is lost,
// the error says so, and the result has what was run until then.
func Run(ctx context.Context, p *Plan, cfg Config) (*Result, error) {
	samples, result := map[advice.Key][]advice.Sample{}, &Result{}
	kept := map[advice.Key]bool{}
	err := each(ctx, p, func(t Trial) (advice.Sample, error) {
		own := cfg.of(t)
		if cfg.Begin != nil {
			cfg.Begin(t, &own)
		}
		s, header, err := measure(ctx, own)
		if !s.Unsafe() || kept[t.Key()] {
			_ = os.Remove(own.Path) // it has told all that it knows
			s.History = ""
		}
		if ctx.Err() != nil {
			return s, context.Cause(ctx) // it was cut short, so that it cannot be compared
		}
		if err != nil {
			s = advice.Sample{Err: err}
		}
		kept[t.Key()] = kept[t.Key()] || s.Unsafe()
		samples[t.Key()] = append(samples[t.Key()], s)
		if err == nil {
			result.Trials++
			if result.Header.Database == "" {
				result.Header = header
			}
		}
		if cfg.End != nil {
			cfg.End(t, s)
		}
		return s, nil
	})
	for _, w := range p.Workloads {
		result.Tables = append(result.Tables, advice.Judge(p.judged(w), samples))
	}
	return result, err
}

// each does the trials in order, until one cannot be done at all or too many fail in a row.
func each(ctx context.Context, p *Plan, do func(Trial) (advice.Sample, error)) error {
	failures := 0
	for _, t := range p.Trials() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		s, err := do(t)
		if err != nil {
			return err
		}
		if failures++; s.Err == nil {
			failures = 0
		}
		if failures == mostFailures {
			return fmt.Errorf("%d trials in a row could not be made: %w", failures, s.Err)
		}
	}
	return nil
}

// of is the configuration of one trial. All cells of a repeat have the same seed.
func (c *Config) of(t Trial) harness.Config {
	own := c.Run
	own.Workload, own.Level, own.Params.Strategy = t.Workload, t.Level, t.Strategy
	own.Seed += uint64(t.Repeat - 1)
	own.Header.Run = fmt.Sprintf("%s_%d", c.Run.Header.Run, t.Number)
	own.Path = filepath.Join(c.Folder, fmt.Sprintf("history-%s-%s-%s.jsonl.zst", t.Workload.Name, t.Strategy, t.Level))
	if t.Repeat > 1 {
		own.Path = filepath.Join(c.Folder, fmt.Sprintf("history-%s-%s-%s-%d.jsonl.zst", t.Workload.Name, t.Strategy, t.Level, t.Repeat))
	}
	return own
}

// measure does one run, and then checks it: a check beside the clients would slow them down.
func measure(ctx context.Context, cfg harness.Config) (advice.Sample, history.Header, error) {
	run, err := harness.Run(ctx, cfg)
	if err == nil && run.Stopped != "" {
		err = fmt.Errorf("the run stopped early: %s", run.Stopped)
		if run.Err != nil {
			err = fmt.Errorf("%w: %w", err, run.Err)
		}
	}
	if err != nil {
		return advice.Sample{}, history.Header{}, err
	}
	src := history.Files(cfg.Path)
	sum, err := sumUp(src)
	if err != nil {
		return advice.Sample{}, history.Header{}, err
	}
	f, err := checker.Check(ctx, src, checker.Options{Expect: checker.Model(sum.header.Promise), Source: sum.header.PromiseSource, Witnesses: 1})
	if err != nil {
		return advice.Sample{}, sum.header, fmt.Errorf("checking workload %s at %s: %w", cfg.Workload.Name, cfg.Level, err)
	}
	s := advice.NewSample(f)
	s.Committed, s.Rate = sum.Committed, sum.Rate
	s.Retries, s.Deadlocks = sum.Retries, sum.Errors[history.Deadlock]
	s.P50, s.P99 = sum.latency()
	s.Failed = failed(cfg, run.Totals)
	s.History = filepath.Base(cfg.Path)
	if !run.Final {
		s.Doubts = append(s.Doubts, "the final state was not read")
	}
	if n := run.Totals.Aborted[history.OtherError]; n > 0 {
		return s, sum.header, errors.New("the server refused what the workload asked")
	}
	return s, sum.header, nil
}

// failed is how much never committed for a reason that another attempt may mend.
func failed(cfg harness.Config, totals harness.Totals) int {
	for _, s := range cfg.Workload.Strategies {
		if s.Name == cfg.Params.Strategy && s.Retries > 0 {
			return int(totals.GaveUp)
		}
	}
	n := int64(0)
	for _, class := range []history.ErrorClass{history.SerializationFailure, history.Deadlock, history.LockTimeout, history.LockUnavailable} {
		n += totals.Aborted[class]
	}
	return int(n)
}
