package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

const adviseLong = `Run every strategy of a workload at every level, and say which are safe here and
what each costs: plain reads and writes, atomic updates, SELECT … FOR UPDATE,
optimistic checks, SERIALIZABLE with retries and more.

A strategy is called safe at a level when it was not seen to fail: every invariant of
the workload held, no update was lost, and nothing else was found that explains a breach. That is
no proof; the longer it runs, the more it says. Repeats are run in turn, so that noise on
the machine hits all alike, and a difference within the noise is called equal (~).

Throughput is in transactions that committed in a second. Latency is that of the
whole attempt, with all retries and the waits between them. Both have the pauses between
statements in them (--pause), which stand for the way to the server and back.

The tables go to the terminal; advice.json, a page with charts, and a history of each
strategy that failed go to a folder of their own.

Exit status:
  0   there is advice
  1   a level did not keep what its documentation promises
  2   inconclusive: too little was tried for a recommendation, or it was stopped
  3   it could not be done: no server, or it was lost
  64  wrong usage`

const adviseExample = `  # How should I increment a counter on PostgreSQL, and move money?
  isocheck advise --db postgres --workload counter,bank

  # Only at the level that our application has, with more clients
  isocheck advise --db mysql --workload inventory --level repeatable-read --clients 32

  # Everything, on the server that we really use, with enough repeats for narrow intervals
  isocheck advise --dsn postgres://me@db.example.com/test --workload all --repeats 10 --duration 2s`

// The defaults of advice: many short repeats tell more of noise than few long ones.
const (
	adviseRepeats  = 5
	adviseDuration = "500ms"
	// mostRepeats bounds --repeats.
	mostRepeats = 100
)

// adviseWorkloads are those of a command that names none.
func adviseWorkloads() []string { return []string{"counter", "bank", "inventory"} }

// adviseFlags are the flags of isocheck advise, as they were typed.
type adviseFlags struct {
	flags
	repeats int
	json    bool
}

func newAdvise(a *app) *cobra.Command {
	f := &adviseFlags{}
	cmd := &cobra.Command{
		Use:                   "advise --db NAME[:VERSION] [FLAGS]",
		DisableFlagsInUseLine: true,
		Short:                 "Say which strategies are safe at each level, and what they cost",
		Long:                  adviseLong,
		Example:               adviseExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("isocheck advise takes no arguments, and %q is one; name workloads with --workload, the database with --db", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := noEmpty(cmd.Flags(), "db", "dsn", "level", "workload"); err != nil {
				return err
			}
			f.seedGiven = cmd.Flags().Changed("seed")
			f.knobs.noteGiven(cmd.Flags())
			p, err := f.plan(a.getenv(dsnVariable))
			if err != nil {
				return err
			}
			return a.advise(cmd.Context(), p, f.json)
		},
	}
	cmd.Flags().SortFlags = false
	f.register(cmd.Flags())
	completeFlags(cmd)
	return cmd
}

// register registers those of the root command's flags that make sense for advice, and its own.
func (f *adviseFlags) register(set *pflag.FlagSet) {
	every := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.flags.register(every)
	take := func(names ...string) {
		for _, name := range names {
			set.AddFlag(every.Lookup(name))
		}
	}
	every.Lookup("level").Usage = "isolation `LEVEL`, several with commas, or all (default all, but read uncommitted on PostgreSQL, where it is read committed)"
	every.Lookup("workload").Usage = "`WORKLOAD` to advise on, several with commas, or all (default " + joined(adviseWorkloads()) + ")"
	every.Lookup("duration").Usage = "`TIME` that each repeat runs"
	every.Lookup("out").Usage = "`DIR` for advice.html, advice.json and the histories of what failed (default isocheck-results/TIME-DB-advice)"
	setDefault(every, "duration", adviseDuration)
	take("db", "level", "workload", "dsn", "via", "image", "bin-dir", "keep", "duration")
	inGroup(set, "How to run", func(set *pflag.FlagSet) {
		set.IntVar(&f.repeats, "repeats", adviseRepeats, "`NUMBER` of times to run each strategy at each level: 4 at least to tell a difference from noise, 6 for an interval")
	})
	take("clients", "pause", "seed", "keys", "keys-distribution", "length", "read-share", "abort-share", "rotate", "lock-timeout", "level-set", "out")
	inGroup(set, "What to show", func(set *pflag.FlagSet) {
		set.BoolVar(&f.json, "json", false, "advice.json instead of the tables")
	})
	take("quiet", "verbose", "no-color")
}

// plan understands the flags.
func (f *adviseFlags) plan(environmentDSN string) (*plan, error) {
	own := f.flags
	if len(own.workloads) == 0 {
		own.workloads = adviseWorkloads()
	}
	p, err := makePlan(&own, environmentDSN)
	switch {
	case err != nil:
		return nil, err
	case f.repeats < 1 || f.repeats > mostRepeats:
		return nil, usagef("--repeats: %d is not from 1 to %d", f.repeats, mostRepeats)
	}
	p.rounds = f.repeats
	if len(f.levels) == 0 {
		p.levels = levelsToAdvise(p.database)
	}
	return p, nil
}

// levelsToAdvise are all levels that are not another one by a second name.
func levelsToAdvise(product string) []history.Level {
	levels := history.Levels()
	if product == postgreSQL {
		return levels[1:]
	}
	return levels
}

// distinctWorkloads are the plan's workloads.
func (p *plan) distinctWorkloads() []workloads.Workload {
	all := make([]workloads.Workload, len(p.workloads))
	for i, g := range p.workloads {
		all[i] = g.workload
	}
	return all
}

// aboutTime writes a duration as people say it: 45 s, 5 min.
func aboutTime(d time.Duration) string {
	if d < 2*time.Minute {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f min", d.Minutes())
}
