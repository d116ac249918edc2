package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/harness/faults"
)

// faultFlags say how a run is disturbed on purpose.
type faultFlags struct {
	faults   []string
	interval time.Duration
	unsafe   bool
}

func (f *faultFlags) register(set *pflag.FlagSet) {
	inGroup(set, "How to disturb it", func(set *pflag.FlagSet) {
		set.StringSliceVar(&f.faults, "faults", nil, "`FAULT` to inject, several with commas, or all: "+joined(texts(faults.Kinds())))
		set.DurationVar(&f.interval, "fault-interval", faults.DefaultInterval, "about how much `TIME` from one fault to the next")
		set.BoolVar(&f.unsafe, "unsafe-durability", false, "start the server so that a commit does not wait for the disk, and a crash may lose it")
	})
}

// faultPlan is how a run is disturbed, understood and found to be possible.
type faultPlan struct {
	kinds    []faults.Kind
	interval time.Duration
	unsafe   bool
}

// setFaults understands the flags of faults, of which those given were typed. The server is
// known to be given by a DSN or not.
func (p *plan) setFaults(f *faultFlags, given map[string]bool) error {
	p.faults = faultPlan{interval: f.interval, unsafe: f.unsafe}
	if f.unsafe && p.dsn != "" {
		return usagef("--unsafe-durability is for a server that isocheck starts; the settings of the DSN's server are left alone")
	}
	if len(f.faults) == 0 {
		if given["fault-interval"] {
			return usagef("--fault-interval: from which fault to the next? Say --faults all, or some of %s", joined(texts(faults.Kinds())))
		}
		return nil
	}
	if f.interval <= 0 {
		return usagef("--fault-interval: %v is not a time; try %v", f.interval, faults.DefaultInterval)
	}
	kinds, err := faults.Parse(f.faults, p.dsn == "")
	if err != nil {
		return usagef("--faults: %v", err)
	}
	p.faults.kinds = kinds
	return nil
}

// reachable is a database whose connections can be led through a proxy, and whose sessions can be ended.
type reachable interface {
	databases.Terminator
	DialWith(databases.DialFunc)
}

// disturbance prepares the faults of the plan. The proxy that it makes, nil where no
// fault is asked for, carries the database's connections until it is closed.
func (m *measurement) disturbance() (*faults.Proxy, error) {
	if len(m.plan.faults.kinds) == 0 {
		return nil, nil
	}
	target, ok := m.database.(reachable)
	if !ok {
		return nil, fmt.Errorf("there are no faults for %s", m.plan.database)
	}
	proxy, err := faults.NewProxy()
	if err != nil {
		return nil, err
	}
	target.DialWith(proxy.Dial)
	m.faults = &faults.Plan{
		Kinds: m.plan.faults.kinds, Interval: m.plan.faults.interval, Seed: m.plan.seed,
		Proxy: proxy, Database: target,
	}
	if m.server.Via != provision.Given {
		m.faults.Server = m.server
	}
	return proxy, nil
}

// missingFaults is the error for faults that were asked for and never happened: what
// was found says nothing about them.
func (m *measurement) missingFaults() error {
	early := len(m.failures) > 0 || m.stops.soft.Err() != nil // why is known
	if m.faults == nil || early {
		return nil
	}
	missing := m.faults.Missing()
	if len(missing) == 0 {
		return nil
	}
	return incompletef("faults asked for that never happened: %s; use a longer --duration or a shorter --fault-interval", joined(texts(missing)))
}

// remember writes the faults into a history's parameters.
func (f *faultPlan) remember(params map[string]string) {
	if len(f.kinds) > 0 {
		params["faults"] = strings.Join(texts(f.kinds), ",")
		params["fault interval"] = f.interval.String()
	}
	if f.unsafe {
		params["unsafe durability"] = "yes"
	}
}
