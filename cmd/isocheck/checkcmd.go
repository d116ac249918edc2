package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/history/formats"
	"github.com/isocheck/isocheck/reports"
)

const checkLong = `Check histories that were recorded earlier, and find the same again.

Files of one run, workload, strategy and level are shards of one history: they
were recorded by several machines, each with clients of its own, and are checked
together. Files that differ in any of these are checked apart and reported
together. A folder stands for all histories in it, and - for standard input.

Histories of other checkers are read too: of Jepsen, Plume, PolySI, IsoVista,
AWDIT, dbcop and Cobra. Their format is found out by the content where --format
does not name it. They are held against serializable where --expect names nothing else.

A history remembers what its run was held against; --expect, --forbid and
--allow hold it against something else.

With --cut-out every witness that is reported is written into a file of its own, named
after the history, the anomaly and the witness's number: a small history that,
checked alone, shows the same anomaly in the same transactions.

Registers do not show in what order they were written. Where the order must be
searched for, --search-limit bounds how long; what is not known then is said to be undecided.`

const checkExample = `  # Everything that a run recorded
  isocheck check isocheck-results/20260301-101500-postgres-repeatable-read

  # Would this history do as a serializable one?
  isocheck check history-bank-read-committed.jsonl.zst --expect serializable

  # What Jepsen recorded
  isocheck check store/latest/history.edn --expect strong-serializable

  # The smallest histories that show what was found, to look at or to hand on
  isocheck check history-bank-read-committed.jsonl.zst --expect serializable --cut-out witnesses

  # Out of a pipe
  zcat history.edn.gz | isocheck check -

  # One history that two machines recorded, with a report
  isocheck check a.jsonl.zst b.jsonl.zst --out checked`

// checkFlags are the flags of isocheck check, as they were typed.
type checkFlags struct {
	debts  bool
	expect expectFlags
	format string
	out    string
	report []string
	cutOut string
	screen screenFlags
}

func newCheck(a *app) *cobra.Command {
	f := &checkFlags{}
	cmd := &cobra.Command{
		Use:                   "check FILE… [FLAGS]",
		DisableFlagsInUseLine: true,
		Short:                 "Check recorded histories again",
		Long:                  checkLong,
		Example:               checkExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("which history? Say isocheck check FILE…; a run writes history-WORKLOAD-LEVEL.jsonl.zst into its folder")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, files []string) error {
			f.expect.noteGiven(cmd.Flags())
			if _, err := parseExpectation(&f.expect); err != nil {
				return err
			}
			if f.expect.limit <= 0 {
				return usagef("--search-limit: it must be more than nothing, such as 30s")
			}
			return a.check(cmd.Context(), f, files)
		},
	}
	cmd.Flags().SortFlags = false
	f.expect.register(cmd.Flags())
	inGroup(cmd.Flags(), "What to read", func(set *pflag.FlagSet) {
		set.StringVar(&f.format, "format", "", "`FORMAT` of the files: "+joined(texts(formats.All()))+" (default found out by the content)")
		registerDebts(set, &f.debts)
		set.DurationVar(&f.expect.limit, "search-limit", time.Minute, "longest `TIME` to search for an order of the writes of registers, for each model that takes it")
	})
	inGroup(cmd.Flags(), "What to show", func(set *pflag.FlagSet) {
		set.StringVar(&f.out, "out", "", "`DIR` for report.html and findings.json (default none: neither is written)")
		registerReport(set, &f.report)
		set.StringVar(&f.cutOut, "cut-out", "", "`DIR` for each witness as a small history of its own (default none is written)")
		f.screen.register(set)
	})
	completeFlags(cmd)
	return cmd
}

// check checks recorded histories and reports what was found.
func (a *app) check(ctx context.Context, f *checkFlags, args []string) error {
	started := time.Now()
	format, err := parseFormat(f.format)
	if err != nil {
		return err
	}
	if f.cutOut == standardStream {
		return usagef("--cut-out -: every witness is a file of its own; name a folder (./- if it is to be called that)")
	}
	if a.outputs, err = a.parseOutputs(f.report, f.out != ""); err != nil {
		return err
	}
	stops := catchSignals(ctx, func(bool) {})
	defer stops.release()
	args, piped, err := a.spoolFiles(stops.soft, args)
	defer piped.remove()
	if err != nil {
		return err
	}
	groups, err := groupFiles(args, format, openerOf(f.debts))
	if err != nil {
		return piped.renamed(err)
	}
	for _, g := range groups {
		g.piped = piped
	}
	var out *folder
	if f.out != "" {
		if out, err = makeFolder(f.out, "", freeDisk); err != nil {
			return err
		}
		defer out.removeIfEmpty()
		if err := out.removeOld(reportFile, findingsFile, junitFile, summaryFile); err != nil {
			return err
		}
	}
	show := newScreen(a, f.screen)

	r := &reports.Report{Title: title(groups), Command: a.command(), Started: started, Isocheck: isocheckVersion()}
	var failures []error
	for _, g := range groups {
		show.say("Checking %s", g.name())
		run, err := g.check(stops.soft, &f.expect)
		if stops.soft.Err() != nil {
			failures = append(failures, errStopped)
			break
		}
		if err != nil {
			failures = append(failures, piped.renamed(err))
			continue
		}
		g.link(&run, out)
		r.Runs = append(r.Runs, run)
		if f.cutOut != "" && hasWitnesses(run.Findings) {
			if err := a.cutOut(stops.soft, show, f.cutOut, g, run.Findings); err != nil {
				failures = append(failures, piped.renamed(err))
			}
		}
	}
	r.Took = time.Since(started)
	return a.conclude(r, out, show, f.screen, failures)
}
