package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
	"github.com/isocheck/isocheck/workloads"
)

// task is one run: one workload at one level.
type task struct {
	guarded
	level         history.Level
	number, total int
	part          string // which shard of the run this process is, in names of files
	// round counts the times that the same is run, from 1; 0 and 1 are the first.
	round int
	// of names the server where several are run in turn.
	of string
}

func (t task) String() string {
	return fmt.Sprintf("%s%s at %s%s", t.of, t.workload.Name, t.level, t.again(", round "))
}

// file is the name of the task's history.
func (t task) file() string {
	return fmt.Sprintf("history-%s-%s%s%s.jsonl.zst", t.workload.Name, t.level, t.again("-"), t.part)
}

// again tells rounds after the first from it.
func (t task) again(separator string) string {
	if t.round <= 1 {
		return ""
	}
	return separator + strconv.Itoa(t.round)
}

// runAll does all runs, one after the other, and checks each.
func (m *measurement) runAll() error {
	if err := m.probesFirst(); err != nil {
		return m.orDied(err)
	}
	for _, t := range m.plan.tasks() {
		if err := m.runOne(t); err != nil {
			return m.orDied(err)
		}
		if m.stops.soft.Err() != nil {
			return errStopped
		}
	}
	return nil
}

// runOne does one run, checks what was recorded and puts it into the report.
func (m *measurement) runOne(t task) error {
	if !m.show.isLive() {
		m.show.say("%s: started", t)
	}
	seen := newWatch(m.stops.hard, m.folder.file(t.file()), m.plan.expect, m.show.isLive())
	defer seen.leave()
	result, err := m.record(t, seen)
	m.show.clear()
	switch {
	case m.stops.hard.Err() != nil:
		return errStopped
	case result.Took == 0: // the clients never began
		return m.orStopped(err)
	}
	if err == nil && result.Err != nil {
		err = fmt.Errorf("%s: %s: %w (what was recorded until then was checked)", t, result.Stopped, result.Err)
	}
	if !m.plan.shard.one() {
		m.recordedShard(t, result)
		return err
	}
	m.show.live(t.String() + ": checking")
	run, failed := seen.end()
	m.show.clear()
	if failed != nil {
		if m.stops.hard.Err() != nil {
			return errStopped
		}
		return errors.Join(err, fmt.Errorf("checking %s: %w", t.file(), failed))
	}
	m.report.Runs = append(m.report.Runs, run)
	m.show.say("%s: %s", t, outcome(run))
	if t.workload.Name == m.plan.workloads[0].workload.Name { // they differ by level only
		m.detailSettings(run)
	}
	return err
}

// askTime bounds how long a server may take to show that it is still there.
const askTime = 2 * time.Second

// orDied puts before the error that the server which isocheck started is dead, if it is.
func (m *measurement) orDied(err error) error {
	if m.server.LogPath == "" || m.stops.hard.Err() != nil || errors.Is(err, errStopped) {
		return err
	}
	ctx, cancel := context.WithTimeout(m.stops.hard, askTime)
	defer cancel()
	if _, dead := m.database.Server(ctx); dead == nil {
		return err
	}
	return fmt.Errorf("the server died during the run; its log is %s: %w", m.server.LogPath, err)
}

// detailSettings says what the server promises, and with which settings, to those who want to know.
func (m *measurement) detailSettings(run reports.Run) {
	h := &run.Findings.Header
	m.show.detail("  promised is %s (%s)", h.Promise, h.PromiseSource)
	for _, name := range sortedKeys(h.Settings) {
		m.show.detail("  %s = %s", name, h.Settings[name])
	}
}

// record runs the workload's clients. After a second Ctrl-C it does not wait for
// them. A panic of theirs goes on in the caller, so that the server is stopped.
func (m *measurement) record(t task, seen *watch) (harness.Result, error) {
	type answer struct {
		result harness.Result
		err    error
	}
	ctx, stop := context.WithCancel(m.stops.soft)
	defer stop()
	caught := &panics{stop: stop}
	t.workload = caught.guard(t.workload)
	done := make(chan answer, 1)
	go func() {
		var got answer
		defer func() { done <- got }()
		defer caught.catch()
		got.result, got.err = harness.Run(ctx, m.config(t, seen))
	}()
	select {
	case got := <-done:
		caught.again()
		return got.result, got.err
	case <-m.stops.hard.Done():
		return harness.Result{}, errStopped
	}
}

func (m *measurement) config(t task, seen *watch) harness.Config {
	params := map[string]string{}
	m.plan.expect.remember(params)
	m.plan.faults.remember(params)
	cfg := harness.Config{
		Database: m.database,
		Header:   history.Header{Isocheck: isocheckVersion(), Run: m.id + t.again("_"), Params: params},
		Path:     m.folder.file(t.file()),
		Workload: t.workload,
		Params:   workloads.Params{Strategy: t.strategy, Clients: m.plan.clients},
		Level:    t.level,
		Duration: m.plan.duration,
		Seed:     m.plan.seed + uint64(max(t.round, 1)-1),
		Pause:    m.plan.pause,
		Shards:   m.shardOf(t),
		Replica:  m.replica,
		Progress: func(p harness.Progress) {
			if p.Phase == harness.Running && m.plan.shard.one() { // one shard alone is not judged
				seen.begin() // now the file is there
			}
			m.show.live(liveLine(t, p, seen.seen()))
		},
	}
	if m.faults != nil {
		cfg.Disturb = func(ctx context.Context, run harness.Disturbed) error { return m.faults.Disturb(ctx, run) }
	}
	m.plan.knobs.on(&cfg)
	return cfg
}

// found names the anomalies that were seen, without those that take a client's
// own order or real time to be one: no level promises these.
func found(anomalies []checker.Anomaly) []string {
	var names []string
	for _, a := range anomalies {
		if a.Count > 0 && !ordered(a.ID) {
			names = append(names, a.Name)
		}
	}
	return names
}

func ordered(id checker.AnomalyID) bool {
	return strings.HasSuffix(string(id), "-session") || strings.HasSuffix(string(id), "-real-time")
}
