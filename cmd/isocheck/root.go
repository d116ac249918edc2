package main

import (
	"strings"

	"github.com/spf13/cobra"
)

const rootLong = `isocheck finds out which isolation a database really gives you.

It runs concurrent clients against a real PostgreSQL, MySQL or MariaDB server,
records every operation, and proves from the record which anomalies happened:
dirty reads, lost updates, read skew, phantoms, write skew, broken invariants.
Then it says whether the isolation level promises what you got.

The server is one that you name with --dsn, or one that isocheck starts for the
run and removes afterwards: in a container, from binaries on this machine, or,
for PostgreSQL, from binaries that it downloads.

A report for the browser, the findings as JSON and the recorded histories go to
a folder of their own.`

const rootExample = `  # Does PostgreSQL keep what REPEATABLE READ promises?
  isocheck --db postgres --level repeatable-read

  # Every level of an older version
  isocheck --db postgres:13 --level all

  # Only the counter, held against a stronger model than the one documented
  isocheck --db mysql --level repeatable-read --workload counter --expect snapshot-isolation

  # A server that runs already
  isocheck --dsn postgres://me@db.example.com/test --level read-committed

  # In a pipeline: fail on lost updates, whatever the level allows
  isocheck --db mariadb --forbid lost-update --out results

  # The same questions to the database again
  isocheck --db postgres --workload bank --seed 7 --duration 30s`

const exitStatuses = `Exit status:
  0   as expected
  1   a violation: something was found that the level rules out
  2   inconclusive: no violation, but too little was tried, or the run was stopped
  3   the run could not be done: no server, or it was lost
  64  wrong usage`

// newRoot returns the command line. What it does without a command is isocheck run.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:               "isocheck --db NAME[:VERSION] [--level LEVEL] [FLAGS]",
		Short:             "Find out which isolation a database really gives you",
		Long:              rootLong,
		Example:           rootExample,
		Version:           isocheckVersion(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              noSuchCommand,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.configure(cmd) },
	}
	root.PersistentFlags().String("config", "", "`FILE` of settings (default "+configName+", where it is there)")
	a.measures(root)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageFunc(usage)
	root.SetVersionTemplate("isocheck {{.Version}}\n")
	root.SetOut(a.stdout)
	root.SetHelpCommand(newHelp())
	root.AddCommand(newAdvise(a), newCheck(a), newCompare(a), newConfig(a), newConvert(a), newGenerate(a), newMan(a), newProbe(a), newRun(a), newServe(a), newVersion(), newWorkloads())
	strictCompletion(root)
	return root
}

// newRun returns the command that isocheck is without one, for who likes to name it.
func newRun(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "run --db NAME[:VERSION] [--level LEVEL] [FLAGS]",
		Short:   "Run workloads and check them: what isocheck does without a command",
		Long:    rootLong,
		Example: strings.ReplaceAll(rootExample, "  isocheck --", "  isocheck run --"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("isocheck run takes no arguments, and %q is one; name the database with --db, workloads with --workload", args[0])
			}
			return nil
		},
	}
	a.measures(cmd)
	return cmd
}

// measures gives a command the flags of a run, and makes it do one.
func (a *app) measures(cmd *cobra.Command) {
	f := &flags{}
	cmd.DisableFlagsInUseLine = true
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := noEmpty(cmd.Flags(), "db", "dsn", "level", "workload"); err != nil {
			return err
		}
		f.seedGiven = cmd.Flags().Changed("seed")
		f.knobs.noteGiven(cmd.Flags())
		p, err := makePlan(f, a.getenv(dsnVariable))
		if err != nil {
			return err
		}
		return a.measure(cmd.Context(), p)
	}
	cmd.Flags().SortFlags = false
	f.register(cmd.Flags())
	completeFlags(cmd)
}

// noSuchCommand is the usage error for a word where a subcommand could stand.
func noSuchCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	word := args[0]
	if databaseOf(word) != "" {
		return usagef("unknown command %q; a server that runs already is given by --dsn", word)
	}
	if contains(knownDatabases(), strings.SplitN(word, ":", 2)[0]) {
		return usagef("unknown command %q; did you mean --db %s?", word, word)
	}
	return unknown("command", word, helpTopics(root))
}
