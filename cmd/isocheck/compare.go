package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/reports"
)

const compareLong = `Compare versions, databases, servers, or results that were saved.

All are run in turn, round by round, so that what else goes on on the machine hits
all of them alike. The report names the differences first: what one showed and another did
not. Then it sets the anomalies side by side at each level, and throughput
and latency: the median over the rounds with its interval, and "~" where a
difference to the first is within the noise (Mann-Whitney U test, as benchstat does it).
An interval takes 6 rounds, and telling any difference from noise takes 4.

What is not a database (NAME[:VERSION], and @WAY behind it for how to start it) is a
folder of results that were saved: those are compared as they are. What was not run on
both is not compared, and where nothing was, the exit status is 2. Without --level
all are run at every level that is the default of any. The results of each database go to a folder of their own, beside compare.html and compare.json.`

const compareExample = `  # What changed between two versions, at every level?
  isocheck compare postgres:13 postgres:18 --level all

  # Different databases, the counter only
  isocheck compare postgres mysql mariadb --workload counter --level repeatable-read

  # A version from a container against the server that is installed here
  isocheck compare mysql:8.4@docker mysql@local

  # Two servers that run already
  isocheck compare --dsn postgres://me@old.example.com/test --dsn postgres://me@new.example.com/test

  # Results of last week and of today
  isocheck compare results/monday results/today`

// The defaults of a comparison that are not those of a run: many short rounds say
// more than one long run.
const (
	compareRounds   = "6"
	compareDuration = "1s"
)

// notInComparison are the flags of a run that a comparison does not have, or has in another form.
func notInComparison() []string {
	return []string{"db", "dsn", "replica-dsn", "image", "bin-dir", "keep", "baseline", "fail-on-slowdown"}
}

func newCompare(a *app) *cobra.Command {
	f := &flags{}
	var dsns []string
	cmd := &cobra.Command{
		Use:                   "compare WHAT WHAT… [FLAGS]",
		DisableFlagsInUseLine: true,
		Short:                 "Compare versions, databases, servers or saved results",
		Long:                  compareLong,
		Example:               compareExample,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := noEmpty(cmd.Flags(), "level", "workload"); err != nil {
				return err
			}
			if !cmd.Flags().Changed("seed") {
				f.seed = rand.Uint64N(1 << 53)
			}
			f.seedGiven = true
			f.knobs.noteGiven(cmd.Flags())
			all, err := contenders(f, args, dsns)
			if err != nil {
				return err
			}
			return a.compare(cmd.Context(), f, all)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	inGroup(set, "What to compare", func(set *pflag.FlagSet) {
		set.StringArrayVar(&dsns, "dsn", nil, "`DSN` of a server that runs already; several by saying it again")
	})
	own := pflag.NewFlagSet("run", pflag.ContinueOnError)
	own.SortFlags = false
	f.register(own)
	own.VisitAll(func(flag *pflag.Flag) {
		if !contains(notInComparison(), flag.Name) {
			set.AddFlag(flag)
		}
	})
	setDefault(set, "rounds", compareRounds)
	setDefault(set, "duration", compareDuration)
	completeFlags(cmd)
	return cmd
}

// setDefault gives a flag another default.
func setDefault(set *pflag.FlagSet, name, value string) {
	f := set.Lookup(name)
	if err := f.Value.Set(value); err != nil {
		panic("isocheck: the default of --" + name + ": " + err.Error())
	}
	f.DefValue = value
}

// compare runs what is to be run, in turn, and reports on all.
func (a *app) compare(ctx context.Context, f *flags, all []contender) error {
	started := time.Now()
	live := false
	for _, c := range all {
		live = live || c.plan != nil
	}
	var err error
	if a.outputs, err = a.parseOutputs(f.report, live || f.out != ""); err != nil {
		return err
	}
	var seed []string // saved results were drawn already
	if live {
		seed = a.drawn(f.seed)
	}
	c := &comparison{
		app: a, contenders: all, show: newScreen(a, f.screen), screen: f.screen,
		report: &reports.Comparison{Command: a.rerun(seed...), Started: started, Isocheck: isocheckVersion()},
	}
	if live || f.out != "" {
		if c.folder, err = makeFolder(f.out, started.Format("20060102-150405")+"-compare", freeDisk); err != nil {
			return err
		}
		defer c.folder.removeIfEmpty()
		if err := c.folder.removeOld(compareFile, compareData, junitFile, summaryFile); err != nil {
			return err
		}
	}
	if err := c.prepare(started); err != nil {
		return err
	}
	defer c.removeEmpty()
	c.stops = catchSignals(ctx, c.noteSignal)
	defer c.stops.release()
	for _, m := range c.runs {
		m.stops = c.stops
	}
	if len(c.runs) > 0 {
		c.with(0)
	}
	c.report.Took = time.Since(started)
	if c.stops.hard.Err() != nil {
		a.status = a.status.worse(inconclusive)
		return nil
	}
	return c.conclude()
}
