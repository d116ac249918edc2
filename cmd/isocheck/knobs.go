package main

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// knobFlags are the flags by which a run is made harder or easier. Most runs leave them alone.
type knobFlags struct {
	keys, length, rotate  int
	readShare, abortShare float64
	distribution          string
	rate                  float64
	lockTimeout           time.Duration
	levelMix              []string
	levelSet              string
	given                 map[string]bool // the flags, of all groups, that were typed
}

// noteGiven remembers which flags were typed.
func (k *knobFlags) noteGiven(set *pflag.FlagSet) {
	k.given = map[string]bool{}
	set.Visit(func(f *pflag.Flag) { k.given[f.Name] = true })
}

func (k *knobFlags) register(set *pflag.FlagSet) {
	inGroup(set, "How much contention", func(set *pflag.FlagSet) {
		set.IntVar(&k.keys, "keys", 0, "`NUMBER` of things that the clients contend for: the fewer, the more they meet (default the workload's own)")
		set.StringVar(&k.distribution, "keys-distribution", string(workloads.Uniform), "`DISTRIBUTION` by which they are drawn: uniform, zipf or exponential")
		set.IntVar(&k.length, "length", 0, "`NUMBER` of operations that a transaction has at most (default the workload's own)")
		set.Float64Var(&k.readShare, "read-share", 0, "`SHARE` of the work that only reads, from 0 to 1 (default the workload's own)")
		set.Float64Var(&k.abortShare, "abort-share", workloads.DefaultAbortShare, "`SHARE` of the writing transactions that abort on purpose, from 0 to 1")
		set.IntVar(&k.rotate, "rotate", 0, "`NUMBER` of writes that a key gets before another takes its place (default the workload's own)")
		set.Float64Var(&k.rate, "rate", 0, "`NUMBER` of transactions that all clients together begin in a second (default as many as they can)")
		set.DurationVar(&k.lockTimeout, "lock-timeout", 0, "`TIME` that a statement waits for a lock, whole seconds on MySQL and MariaDB (default 5s there, no end on PostgreSQL)")
		set.StringSliceVar(&k.levelMix, "level-mix", nil, "`LEVEL=WEIGHT,…` to mix levels in one run, drawn for each transaction; the run is held to the weakest")
		set.StringVar(&k.levelSet, "level-set", "", "`WAY` to set the level: session, connection or transaction (default the one that costs nothing)")
	})
}

// knobs are the flags, understood.
type knobs struct {
	params      workloads.Params // but for the strategy and the clients
	rate        float64
	lockTimeout time.Duration
	levelMix    harness.LevelMix
	levelSet    databases.LevelSet
}

// understand returns the knobs, or the usage error that says what is wrong with them. Given are the flags that were typed.
func (k *knobFlags) understand(given map[string]bool) (knobs, error) {
	out := knobs{
		params: workloads.Params{Keys: k.keys, Length: k.length, Rotate: k.rotate, Distribution: workloads.Distribution(k.distribution)},
		rate:   k.rate, lockTimeout: k.lockTimeout, levelSet: databases.LevelSet(k.levelSet),
	}
	for name, n := range map[string]int{"keys": k.keys, "length": k.length, "rotate": k.rotate} {
		if given[name] && n < 1 {
			return out, usagef("--%s: %d is not a number from 1 on", name, n)
		}
	}
	var err error
	if out.params.ReadShare, err = share("read-share", k.readShare, given); err != nil {
		return out, err
	}
	if out.params.AbortShare, err = share("abort-share", k.abortShare, given); err != nil {
		return out, err
	}
	switch {
	case !slices.Contains(workloads.Distributions(), out.params.Distribution):
		return out, unknown("distribution", k.distribution, texts(workloads.Distributions()))
	case given["rate"] && (!(k.rate > 0) || math.IsInf(k.rate, 0)): // NaN too
		return out, usagef("--rate: %v is not a number of transactions a second above 0", k.rate)
	case given["lock-timeout"] && k.lockTimeout < time.Millisecond:
		return out, usagef("--lock-timeout: %v is too short to wait for a lock; try 1s", k.lockTimeout)
	case k.levelSet != "" && !slices.Contains(databases.LevelSets(), out.levelSet):
		return out, unknown("way", k.levelSet, texts(databases.LevelSets()))
	}
	out.levelMix, err = parseLevelMix(k.levelMix)
	if err == nil && len(out.levelMix) > 0 && given["level"] {
		err = usagef("--level-mix says which levels the run has, and --level too; leave one of them out")
	}
	return out, err
}

// share returns a share as workloads.Params have it: 0 is the default, less than 0 none.
func share(name string, n float64, given map[string]bool) (float64, error) {
	switch {
	case !given[name]:
		return 0, nil
	case !(n >= 0 && n <= 1): // NaN too
		return 0, usagef("--%s: %v is not from 0 to 1", name, n)
	case n == 0:
		return -1, nil
	}
	return n, nil
}

// parseLevelMix reads levels with their weights: read-committed=3,serializable. A level alone has the weight 1.
func parseLevelMix(parts []string) (harness.LevelMix, error) {
	mix := harness.LevelMix{}
	for _, part := range parts {
		name, weight, weighed := strings.Cut(strings.TrimSpace(part), "=")
		level := history.Level(name)
		if !slices.Contains(history.Levels(), level) {
			return nil, unknown("level", name, texts(history.Levels()))
		}
		if _, twice := mix[level]; twice {
			return nil, usagef("--level-mix: %s is there twice", level)
		}
		mix[level] = 1
		if !weighed {
			continue
		}
		n, err := strconv.Atoi(weight)
		if err != nil || n < 1 || n > 1000 {
			return nil, usagef("--level-mix: the weight %q of %s is not a whole number from 1 to 1000", weight, level)
		}
		mix[level] = n
	}
	if len(mix) == 1 {
		return nil, usagef("--level-mix: one level is no mix; name two, such as read-committed=3,serializable=1")
	}
	return mix, nil
}

// setKnobs takes the knobs in. A mix decides the level.
func (p *plan) setKnobs(f *flags) (err error) {
	if p.knobs, err = f.knobs.understand(f.knobs.given); err != nil {
		return err
	}
	if weakest := p.knobs.levelMix.Weakest(); weakest != "" {
		p.levels = []history.Level{weakest}
	}
	// Numbers that a workload cannot have are told before a server is started.
	for _, g := range p.workloads {
		params := p.knobs.params
		params.Strategy, params.Clients = g.strategy, p.clients
		if _, err := g.workload.Complete(params); err != nil {
			return usagef("%v", err)
		}
	}
	return p.unused(f.knobs.given)
}

// unused returns a usage error for a knob that none of the workloads has.
func (p *plan) unused(given map[string]bool) error {
	for _, knob := range []struct {
		name string
		in   func(workloads.Workload) bool
	}{
		{"length", func(w workloads.Workload) bool { return w.Length > 0 }},
		{"rotate", func(w workloads.Workload) bool { return w.Rotate > 0 }},
		{"read-share", func(w workloads.Workload) bool { return w.ReadShare > 0 }},
	} {
		if !given[knob.name] || slices.ContainsFunc(p.workloads, func(g guarded) bool { return knob.in(g.workload) }) {
			continue
		}
		var having []string
		for _, w := range workloads.All() {
			if knob.in(w) {
				having = append(having, w.Name)
			}
		}
		return usagef("--%s has no effect on %s; it has on %s", knob.name, p.workloads[0].workload.Name, strings.Join(having, ", "))
	}
	return nil
}

// on turns the knobs of a run.
func (k *knobs) on(cfg *harness.Config) {
	params := k.params
	params.Strategy, params.Clients = cfg.Params.Strategy, cfg.Params.Clients
	cfg.Params = params
	cfg.Rate, cfg.LockTimeout, cfg.LevelMix, cfg.LevelSet = k.rate, k.lockTimeout, k.levelMix, k.levelSet
}
