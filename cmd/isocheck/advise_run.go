package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/harness/trials"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
	"github.com/isocheck/isocheck/workloads"
)

// The files of advice in the folder of its results, besides histories.
const (
	adviceFile = "advice.html"
	adviceData = "advice.json"
)

// advising is a measurement that makes the trials of a plan.
type advising struct {
	*measurement
	trials   trials.Plan
	duration time.Duration // of each repeat
	result   *trials.Result
	json     bool
}

// advise runs every strategy at every level and says what is safe, and what it costs.
func (a *app) advise(ctx context.Context, p *plan, asJSON bool) error {
	started := time.Now()
	out, err := makeFolder(p.out, started.Format("20060102-150405")+"-"+strings.ReplaceAll(p.asked(), ":", "-")+"-advice", freeDisk)
	if err != nil {
		return err
	}
	defer out.removeIfEmpty()
	kept, err := out.removeOldRun(adviceFile, adviceData, serverLog, serverDSN)
	if err != nil {
		return err
	}
	duration := p.duration
	p.duration = 0 // nothing runs but the trials
	v := &advising{json: asJSON, duration: duration, measurement: &measurement{
		app: a, plan: p, id: newRunID(started), folder: out, show: newScreen(a, p.screen),
		report: &reports.Report{Started: started},
	}}
	tellKept(v.show, kept)
	v.stops = catchSignals(ctx, v.noteSignal)
	defer v.stops.release()
	v.then = v.all
	v.fail(v.withServer())
	if v.stops.hard.Err() != nil {
		a.status = a.status.worse(inconclusive)
		return nil
	}
	return v.conclude(time.Since(started))
}

// all makes all trials, and says before how long that takes.
func (v *advising) all() error {
	p := v.plan
	v.trials = trials.Plan{Product: v.info.Product, Workloads: p.distinctWorkloads(), Levels: p.levels, Repeats: p.rounds}
	count := len(v.trials.Trials())
	v.show.say("%s, seed %d; %s (strategy and level) × %s × %v: about %s",
		numbered(p.clients, "client"), p.seed, numbered(count/p.rounds, "cell"), numbered(p.rounds, "repeat"), v.duration, aboutTime(v.trials.Estimate(v.duration)))
	return v.orDied(v.orStopped(v.run(count)))
}

// run makes the trials. After a second Ctrl-C it does not wait for them. A panic of
// theirs goes on in the caller, so that the server is stopped.
func (v *advising) run(count int) error {
	ctx, stop := context.WithCancel(v.stops.soft)
	defer stop()
	caught := &panics{stop: stop}
	cfg := v.config(caught, count)
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() { done <- err }()
		defer caught.catch()
		v.result, err = trials.Run(ctx, &v.trials, cfg)
	}()
	select {
	case err := <-done:
		v.show.clear()
		caught.again()
		return err
	case <-v.stops.hard.Done():
		return errStopped
	}
}

// config is what all trials have in common.
func (v *advising) config(caught *panics, count int) trials.Config {
	p := v.plan
	cfg := trials.Config{Folder: v.folder.path, Run: harness.Config{
		Database: v.database, Header: history.Header{Isocheck: isocheckVersion(), Run: v.id},
		Params: workloads.Params{Clients: p.clients}, Duration: v.duration, Seed: p.seed, Pause: p.pause,
	}}
	p.knobs.on(&cfg.Run)
	round := 0
	cfg.Begin = func(t trials.Trial, own *harness.Config) {
		own.Workload = caught.guard(own.Workload)
		if v.show.isLive() {
			own.Progress = func(at harness.Progress) { v.show.live(trialLine(t, count, at)) }
		} else if t.Repeat > round {
			round = t.Repeat
			v.show.say("repeat %d of %d: started", round, max(p.rounds, 1))
		}
	}
	cfg.End = func(t trials.Trial, s advice.Sample) {
		switch {
		case s.Err != nil:
			v.show.line("%s: %v", t, s.Err)
		case s.Unsafe() && t.Repeat == 1:
			v.show.detail("%s: seen to fail", t)
		}
	}
	return cfg
}

// trialLine is what the terminal shows while a trial is at work.
func trialLine(t trials.Trial, count int, at harness.Progress) string {
	line := fmt.Sprintf("[%d/%d] %s", t.Number, count, t)
	if at.Phase != harness.Running {
		return line + ": " + string(at.Phase)
	}
	return fmt.Sprintf("%s  %.0f tx/s", line, at.PerSecond)
}

// conclude writes the advice in all its forms, and settles the exit status.
func (v *advising) conclude(took time.Duration) error {
	a := v.app
	advised := &reports.Advice{
		Title: "Advice for " + v.plan.asked(), Command: a.rerun(a.drawn(v.plan.seed)...), Isocheck: isocheckVersion(), Started: v.report.Started, Took: took,
		Repeats: v.plan.rounds, Duration: v.duration, Pause: v.plan.pause,
	}
	var serious []error
	for _, err := range v.failures {
		advised.Errors = append(advised.Errors, a.conceal(err.Error()))
		if errors.Is(err, errStopped) {
			a.status = a.status.worse(inconclusive)
			v.show.line("isocheck: %v", errAdviceStopped)
			advised.Errors[len(advised.Errors)-1] = errAdviceStopped.Error()
			continue
		}
		serious = append(serious, err)
	}
	if v.result == nil || v.result.Trials == 0 {
		return errors.Join(serious...)
	}
	advised.Header, advised.Tables = v.result.Header, v.result.Tables
	a.status = a.status.worse(statusOfAdvice(v.result.Tables))
	return errors.Join(append(serious, v.write(advised.Document()))...)
}

// errAdviceStopped says that the user stopped the trials.
var errAdviceStopped = errors.New("stopped before the end: the advice rests on what was run until then")

// write writes the files, and shows the advice.
func (v *advising) write(d *reports.AdviceDocument) error {
	a, screen := v.app, v.plan.screen
	err := errors.Join(v.folder.write(adviceFile, 0o644, d.HTML), v.folder.write(adviceData, 0o644, d.JSON))
	v.show.clear()
	if v.json {
		return errors.Join(err, d.JSON(a.stdout))
	}
	options := reports.TerminalOptions{Color: a.colour(a.stdout, screen), Width: min(a.summaryWidth(), 80), Quiet: screen.quiet, Verbose: screen.verbose}
	if err == nil {
		options.Path = v.folder.file(adviceFile)
	}
	return errors.Join(err, d.Terminal(a.stdout, options))
}

// statusOfAdvice is violated where a level broke its promise, and inconclusive where too
// little was tried for a recommendation.
func statusOfAdvice(tables []advice.Table) status {
	s := asExpected
	for i := range tables {
		open := false
		for _, c := range tables[i].Cells {
			if len(c.Violations) > 0 {
				s = s.worse(violated)
			}
			open = open || c.Verdict == advice.Inconclusive
		}
		if open && tables[i].Recommended == nil {
			s = s.worse(inconclusive)
		}
	}
	return s
}
