package main

import "github.com/spf13/pflag"

// probeFirst is the flag --probes: whether a run begins with the probes of its levels.
type probeFirst struct {
	on  bool
	set *pflag.FlagSet
}

func (f *probeFirst) register(set *pflag.FlagSet) {
	set.BoolVar(&f.on, "probes", true, "begin with the probes of the levels (default unless --workload or --strategy is given; --probes=false leaves them out)")
	f.set = set
}

// asked reports whether the run begins with probes. byDefault says what holds unless the flag was given.
func (f *probeFirst) asked(byDefault bool) bool {
	if f.set != nil && f.set.Lookup("probes").Changed {
		return f.on
	}
	return byDefault
}
