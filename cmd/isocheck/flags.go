package main

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/workloads"
)

// dsnVariable is the environment variable that is read where --dsn is not given.
const dsnVariable = "ISOCHECK_DSN"

// flags are the root command's flags, as they were typed.
type flags struct {
	db, dsn, via, image, binDir string
	replicaDSN                  string

	levels, workloads []string
	strategy          string
	duration, pause   time.Duration
	clients           int
	seed              uint64
	seedGiven         bool
	rounds            int
	baseline          baselineFlags

	faults faultFlags
	shards shardFlags
	knobs  knobFlags
	expect expectFlags
	out    string
	report []string
	keep   bool
	probes probeFirst
	screen screenFlags
}

// expectFlags say what a history is held against.
type expectFlags struct {
	expect        string
	forbid, allow []string
	limit         time.Duration   // of the search for a version order; 0 for the checker's own
	given         map[string]bool // the flags that were on the command line
}

// screenFlags say what is shown.
type screenFlags struct {
	quiet, verbose, noColor bool
}

// defaultDuration makes a default run of four workloads at one level end in
// under 30 seconds, the start of the server included.
const defaultDuration = 4 * time.Second

func (f *flags) register(set *pflag.FlagSet) {
	inGroup(set, "What to check", func(set *pflag.FlagSet) {
		set.StringVar(&f.db, "db", "", "the database, `NAME[:VERSION]`: postgres, mysql or mariadb")
		set.StringSliceVar(&f.levels, "level", nil, "isolation `LEVEL`, several with commas, or all (default the database's own default)")
		set.StringSliceVar(&f.workloads, "workload", nil, "`WORKLOAD` to run, several with commas, or all (default "+strings.Join(workloadNames(workloads.Default()), ", ")+")")
		f.probes.register(set)
		set.StringVar(&f.strategy, "strategy", "", "`STRATEGY` by which the transactions guard themselves (default plain)")
	})
	inGroup(set, "Where to get the server", func(set *pflag.FlagSet) {
		set.StringVar(&f.dsn, "dsn", "", "`DSN` of a server that runs already (default $"+dsnVariable+", where no list of processes shows its password)")
		set.StringVar(&f.replicaDSN, "replica-dsn", "", "`DSN` of a replica of the --dsn server: what only reads runs there, and is checked together with the rest")
		set.StringVar(&f.via, "via", "auto", "`WAY` to start one: docker, local, download, or auto for the first that serves")
		set.StringVar(&f.image, "image", "", "container `IMAGE` to run instead of NAME:VERSION")
		set.StringVar(&f.binDir, "bin-dir", "", "`DIR` of the server's binaries on this machine")
		set.BoolVar(&f.keep, "keep", false, "leave the server running that was started, with the run's tables")
	})
	inGroup(set, "How to run", func(set *pflag.FlagSet) {
		set.DurationVar(&f.duration, "duration", defaultDuration, "`TIME` that each workload runs at each level")
		set.IntVar(&f.clients, "clients", workloads.DefaultClients, "`NUMBER` of concurrent clients, each on a connection of its own")
		set.DurationVar(&f.pause, "pause", defaultPause, "longest `TIME` to pause between two statements of a transaction")
		set.Uint64Var(&f.seed, "seed", 0, "`NUMBER` that decides what the clients ask (default drawn, and shown)")
		set.IntVar(&f.rounds, "rounds", 1, "`NUMBER` of times to run each workload at each level, each time with the next seed")
	})
	f.knobs.register(set)
	f.faults.register(set)
	f.shards.register(set)
	f.expect.register(set)
	f.baseline.register(set)
	inGroup(set, "What to show", func(set *pflag.FlagSet) {
		set.StringVar(&f.out, "out", "", "`DIR` for the report and the histories (default isocheck-results/TIME-DB-LEVEL)")
		registerReport(set, &f.report)
		f.screen.register(set)
	})
}

func (e *expectFlags) register(set *pflag.FlagSet) {
	inGroup(set, "What to expect", func(set *pflag.FlagSet) {
		set.StringVar(&e.expect, "expect", documented, "`MODEL` to hold the database to, or documented for what it promises itself")
		set.StringSliceVar(&e.forbid, "forbid", nil, "`ANOMALY`, or formal class, that is a violation besides, several with commas")
		set.StringSliceVar(&e.allow, "allow", nil, "`ANOMALY`, or formal class, that is no violation, several with commas")
	})
}

func (s *screenFlags) register(set *pflag.FlagSet) {
	set.BoolVar(&s.quiet, "quiet", false, "no progress, and of the summary only the verdicts")
	set.BoolVarP(&s.verbose, "verbose", "v", false, "say more: settings, promises, what was not exercised")
	set.BoolVar(&s.noColor, "no-color", false, "no colours (the variable NO_COLOR does the same)")
}

// noteGiven remembers which of the flags were on the command line.
func (e *expectFlags) noteGiven(set *pflag.FlagSet) {
	e.given = map[string]bool{}
	set.Visit(func(f *pflag.Flag) { e.given[f.Name] = true })
}

// noEmpty returns a usage error for a flag that was given with an empty value,
// most often an unset variable of a script, where no value means something else.
func noEmpty(set *pflag.FlagSet, names ...string) error {
	for _, name := range names {
		f := set.Lookup(name)
		if f.Changed && (f.Value.String() == "" || f.Value.String() == "[]") {
			return usagef("--%s: the value is empty; leave the flag out, or give it: %s", name, strings.ReplaceAll(f.Usage, "`", ""))
		}
	}
	return nil
}

// flagError turns what cobra says of a bad flag into a usage error that helps.
func flagError(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if errors.As(err, &missing) {
		name := missing.GetSpecifiedName()
		if missing.GetSpecifiedShortnames() != "" {
			return usagef("unknown flag -%s; see %s --help", name, cmd.CommandPath())
		}
		known := flagNames(cmd)
		if near := nearest(name, known); near != "" {
			return usagef("unknown flag --%s; did you mean --%s? Known flags are --%s", name, near, strings.Join(known, ", --"))
		}
		return usagef("unknown flag --%s; known flags are --%s", name, strings.Join(known, ", --"))
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		return usagef("--%s: %q is not %s", invalid.GetFlag().Name, invalid.GetValue(), kindOf(invalid.GetFlag()))
	}
	var noValue *pflag.ValueRequiredError
	if errors.As(err, &noValue) {
		return usagef("--%s needs a value: %s", noValue.GetFlag().Name, strings.ReplaceAll(noValue.GetFlag().Usage, "`", ""))
	}
	return usagef("%v; see %s --help", err, cmd.CommandPath())
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// kindOf says what a flag's value should have been.
func kindOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "duration":
		return "a time such as 500ms, 4s or 2m"
	case "int":
		return "a whole number"
	case "uint64":
		return "a whole number from 0 to 18446744073709551615"
	case "bool":
		return "true or false"
	default:
		return "a " + f.Value.Type()
	}
}
