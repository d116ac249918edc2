package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// plan is what a run will do: the flags, understood and found to be valid.
type plan struct {
	database, version string
	// guessed says that the database was told from the DSN's form, which is the
	// same for MySQL and MariaDB.
	guessed       bool
	dsn           string
	replicaDSN    string // "" for none
	via           provision.Via
	image, binDir string
	levels        []history.Level
	workloads     []guarded
	// leftOut are workloads that lack the strategy that was asked for.
	leftOut []string
	// lacking are those whose strategy does not exist on the database, and why.
	lacking         []string
	duration, pause time.Duration
	clients         int
	seed            uint64
	faults          faultPlan
	shard           shardPlan
	knobs           knobs
	expect          expectation
	out             string
	report          []string
	rounds          int
	baseline        *baseline
	keep            bool
	probes          bool // play the probes first
	screen          screenFlags
}

// guarded is a workload in one of its strategies.
type guarded struct {
	workload workloads.Workload
	strategy string
}

// makePlan returns the plan for the flags, or the usage error that says what is wrong with them.
func makePlan(f *flags, environmentDSN string) (*plan, error) {
	p := &plan{image: f.image, binDir: f.binDir, duration: f.duration, pause: f.pause, clients: f.clients, seed: f.seed, rounds: f.rounds, out: f.out, report: f.report, keep: f.keep, screen: f.screen}
	steps := []func() error{
		func() error { return p.setServer(f, environmentDSN) },
		func() (err error) { p.levels, err = parseLevels(f.levels, p.database); return err },
		func() error { return p.setWorkloads(f.workloads, f.strategy) },
		func() error { return p.leaveOutLacking(p.database) },
		func() (err error) { p.expect, err = parseExpectation(&f.expect); return err },
		func() error { return p.setReplica(f.replicaDSN, f.knobs.levelMix) },
		func() error { return p.setFaults(&f.faults, f.knobs.given) },
		func() error { return p.checkNumbers() },
		func() error { return p.setKnobs(f) },
		func() error { p.probes = f.probes.asked(len(f.workloads) == 0 && f.strategy == ""); return nil },
		func() error { return p.setBaseline(f) },
		func() error { return p.setShard(f) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if !f.seedGiven {
		// 53 bits at most: every JSON reader keeps the number exact.
		p.seed = rand.Uint64N(1 << 53)
	}
	return p, nil
}

// parseLevels returns the levels of the names, without doubles, weakest first.
func parseLevels(names []string, database string) ([]history.Level, error) {
	if len(names) == 0 {
		return []history.Level{databases.DefaultLevel(database)}, nil
	}
	asked := map[history.Level]bool{}
	for _, name := range names {
		name = strings.TrimSpace(name)
		switch {
		case name == all:
			return history.Levels(), nil
		case !contains(history.Levels(), history.Level(name)):
			return nil, unknown("level", name, append(texts(history.Levels()), all))
		}
		asked[history.Level(name)] = true
	}
	var levels []history.Level
	for _, l := range history.Levels() {
		if asked[l] {
			levels = append(levels, l)
		}
	}
	return levels, nil
}

// all is the value of --level and --workload that stands for every one.
const all = "all"

// setWorkloads chooses the workloads of the names, and their strategies. Without
// names, or with all, those are run that have the strategy.
func (p *plan) setWorkloads(names []string, strategy string) error {
	known := workloads.All()
	chosen, named := known, false
	switch {
	case contains(names, all):
	case len(names) == 0:
		chosen = workloads.Default()
	default:
		named = true
		chosen = nil
		for _, name := range unique(names) {
			w, err := workloads.Find(strings.TrimSpace(name))
			if err != nil {
				return unknown("workload", name, append(workloadNames(known), all))
			}
			chosen = append(chosen, w)
		}
	}
	for _, w := range chosen {
		switch {
		case strategy == "":
			p.workloads = append(p.workloads, guarded{w, w.Strategies[0].Name})
		case hasStrategy(w, strategy):
			p.workloads = append(p.workloads, guarded{w, strategy})
		default:
			p.leftOut = append(p.leftOut, w.Name)
		}
	}
	if len(p.workloads) == 0 || named && len(p.leftOut) > 0 {
		return noStrategy(strategy, known, p.leftOut)
	}
	return nil
}

// noStrategy is the usage error for a strategy that a workload lacks.
func noStrategy(strategy string, known []workloads.Workload, lacking []string) error {
	var having, strategies []string
	for _, w := range known {
		if hasStrategy(w, strategy) {
			having = append(having, w.Name)
		}
		strategies = append(strategies, strategyNames(w)...)
	}
	if len(having) == 0 {
		return unknown("strategy", strategy, unique(strategies))
	}
	return usagef("no strategy %q in %s; it is in %s", strategy, strings.Join(lacking, ", "), strings.Join(having, ", "))
}

func workloadNames(list []workloads.Workload) []string {
	names := make([]string, len(list))
	for i, w := range list {
		names[i] = w.Name
	}
	return names
}

func hasStrategy(w workloads.Workload, name string) bool {
	return contains(strategyNames(w), name)
}

func strategyNames(w workloads.Workload) []string {
	names := make([]string, len(w.Strategies))
	for i, s := range w.Strategies {
		names[i] = s.Name
	}
	return names
}

func (p *plan) checkNumbers() error {
	switch {
	case p.clients < 1 || p.clients > history.MaxClient:
		return usagef("--clients: %d is not from 1 to %d", p.clients, history.MaxClient)
	case p.duration <= 0:
		return usagef("--duration: %v is not a time to run; try 4s", p.duration)
	case p.pause < 0:
		return usagef("--pause: %v is negative; 0 is no pause", p.pause)
	case p.pause >= p.duration:
		return usagef("--pause: %v leaves no time to run in --duration %v", p.pause, p.duration)
	}
	return nil
}

// title is what a report on this plan is called.
func (p *plan) title() string {
	return fmt.Sprintf("%s at %s", p.asked(), strings.Join(texts(p.levels), ", "))
}

// asked is the database as it was asked for: postgres:17.
func (p *plan) asked() string {
	if p.version == "" {
		return p.database
	}
	return p.database + ":" + p.version
}

func contains[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

// unique returns the list without doubles.
func unique[T comparable](list []T) []T {
	var out []T
	for _, v := range list {
		if !contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// texts returns names as plain texts.
func texts[T ~string](names []T) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = string(n)
	}
	return out
}
