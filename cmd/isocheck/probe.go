package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
	"github.com/isocheck/isocheck/workloads/probes"
)

const probeLong = `Play fixed interleavings of two or three sessions, each of which provokes one
anomaly on purpose, and show for every level what came of it: whether the anomaly
was found and, where it was not, what the sessions met with instead.

What happened is found out by the same checker as for every run. A step that is
blocked, so says the server, does not hold up the other sessions' steps.

The probes are text: isocheck probe --list shows them, and --file plays your own.
Many are after Hermitage by Martin Kleppmann and contributors (CC BY 4.0).`

const probeExample = `  # What does each level of MySQL prevent, and how?
  isocheck probe --db mysql

  # Only two of the probes, with every step and its answer
  isocheck probe p4 g2-item --db postgres --level repeatable-read --verbose

  # A probe of your own
  isocheck probe --file my.probe --db postgres:17

  # As data
  isocheck probe --db mariadb --json`

// probeFlags are the flags of isocheck probe, as they were typed.
type probeFlags struct {
	flags
	file       string
	list, json bool
}

func newProbe(a *app) *cobra.Command {
	f := &probeFlags{}
	cmd := &cobra.Command{
		Use:                   "probe [NAME…] --db NAME[:VERSION] [FLAGS]",
		DisableFlagsInUseLine: true,
		Short:                 "Play fixed interleavings, and show what each level prevents",
		Long:                  probeLong,
		Example:               probeExample,
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := noEmpty(cmd.Flags(), "db", "dsn", "level", "file"); err != nil {
				return err
			}
			chosen, err := f.choose(names)
			if err != nil {
				return err
			}
			if f.list {
				return listProbes(a.stdout, chosen)
			}
			if len(f.levels) == 0 {
				f.levels = []string{all}
			}
			p, err := makePlan(&f.flags, a.getenv(dsnVariable))
			if err != nil {
				return err
			}
			p.duration = 0 // nothing runs but the probes
			return a.probe(cmd.Context(), p, chosen, f.json)
		},
	}
	cmd.Flags().SortFlags = false
	f.register(cmd.Flags())
	completeFlags(cmd)
	return cmd
}

// register registers those of the root command's flags that say something about probes, and their own.
func (f *probeFlags) register(set *pflag.FlagSet) {
	every := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.flags.register(every)
	take := func(names ...string) {
		for _, name := range names {
			set.AddFlag(every.Lookup(name))
		}
	}
	take("db", "level")
	every.Lookup("level").Usage = "isolation `LEVEL`, several with commas, or all (default all)"
	inGroup(set, "What to check", func(set *pflag.FlagSet) {
		set.StringVar(&f.file, "file", "", "`FILE` of probes to play instead of isocheck's own")
		set.BoolVar(&f.list, "list", false, "show the probes instead of playing them")
	})
	take("dsn", "via", "image", "bin-dir", "keep", "expect", "forbid", "allow", "out")
	every.Lookup("out").Usage = "`DIR` for report.html, findings.json and the histories (default none: none is written)"
	inGroup(set, "What to show", func(set *pflag.FlagSet) {
		set.BoolVar(&f.json, "json", false, "the results as JSON, as in findings.json, instead of the table")
	})
	take("quiet", "verbose", "no-color")
}

// choose returns the probes that were asked for.
func (f *probeFlags) choose(names []string) ([]probes.Probe, error) {
	known, err := f.probes()
	if err != nil {
		return nil, err
	}
	var all []string
	for i := range known {
		all = append(all, known[i].Name)
	}
	var chosen []probes.Probe
	for _, name := range unique(names) {
		if !contains(all, name) {
			return nil, unknown("probe", name, all)
		}
	}
	for _, p := range known {
		if len(names) == 0 || contains(names, p.Name) {
			chosen = append(chosen, p)
		}
	}
	return chosen, nil
}

// probes reads the file, or isocheck's own probes.
func (f *probeFlags) probes() ([]probes.Probe, error) {
	if f.file == "" {
		return probes.All()
	}
	content, err := os.ReadFile(f.file)
	if err != nil {
		return nil, usagef("--file: %v", err)
	}
	known, err := probes.Parse(f.file, content)
	if err != nil {
		return nil, &usageError{err.Error()}
	}
	for _, p := range known {
		for _, id := range p.Anomalies {
			if _, err := checker.ParseAnomaly(id); err != nil {
				return nil, usagef("%s: probe %s: %v", f.file, p.Name, err)
			}
		}
	}
	return known, nil
}

// probe plays the probes and shows what came of them.
func (a *app) probe(ctx context.Context, p *plan, list []probes.Probe, asJSON bool) error {
	started := time.Now()
	out, remove, err := probeFolder(p)
	if err != nil {
		return err
	}
	defer remove()
	m := &measurement{
		app: a, plan: p, id: newRunID(started), folder: out, show: newScreen(a, p.screen),
		report: &reports.Report{Title: p.title(), Command: a.command(), Started: started, Isocheck: isocheckVersion()},
	}
	m.stops = catchSignals(ctx, m.noteSignal)
	defer m.stops.release()
	m.then = func() error { return m.playProbes(list, p.levels) }
	m.fail(m.withServer())
	m.report.Took = time.Since(started)
	if m.stops.hard.Err() != nil {
		a.status = a.status.worse(inconclusive)
		return nil
	}
	return m.concludeProbes(asJSON)
}

// probeFolder returns where the output goes: with --out there, else to a folder that is removed in the end.
func probeFolder(p *plan) (out *folder, remove func(), err error) {
	if p.out == "" {
		path, err := os.MkdirTemp("", "isocheck-probe-")
		return &folder{path: path}, func() { _ = os.RemoveAll(path) }, err
	}
	out, err = makeFolder(p.out, "", freeDisk)
	if err != nil {
		return nil, nil, err
	}
	return out, out.removeIfEmpty, errors.Join(out.removeOld(reportFile, findingsFile, serverLog, serverDSN), removeOldProbes(out))
}

// removeOldProbes removes the probes' histories that an earlier run left in the folder.
func removeOldProbes(out *folder) error {
	of := &folder{path: out.file(probeHistories)}
	if _, err := os.Stat(of.path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := of.removeOld(histories); err != nil {
		return err
	}
	_ = os.Remove(of.path) // unless somebody keeps something else there
	return nil
}

// concludeProbes shows what the probes came to, and settles the exit status.
func (m *measurement) concludeProbes(asJSON bool) error {
	a, r, out := m.app, m.report, m.folder
	a.status = a.status.worse(statusOfProbes(r.Probes))
	var serious []error
	for _, err := range m.failures {
		r.Errors = append(r.Errors, a.conceal(err.Error()))
		if errors.Is(err, errStopped) {
			a.status = a.status.worse(inconclusive)
			m.show.line("isocheck: %v", err)
			continue
		}
		serious = append(serious, err)
	}
	if len(r.Probes) == 0 {
		return errors.Join(serious...)
	}
	options := reports.TerminalOptions{Color: a.colour(a.stdout, m.plan.screen), Width: min(summaryWidth(a.stdout), 80), Quiet: m.plan.screen.quiet, Verbose: m.plan.screen.verbose}
	if m.plan.out != "" {
		serious = append(serious, writeReports(r, out))
		options.Path = out.file(reportFile)
	}
	m.show.clear()
	if asJSON {
		serious = append(serious, reports.JSON(a.stdout, r))
	} else {
		serious = append(serious, reports.ProbesTerminal(a.stdout, r, options))
	}
	return errors.Join(serious...)
}

// listProbes writes the probes' names and what each is about.
func listProbes(w io.Writer, list []probes.Probe) error {
	var b strings.Builder
	for _, p := range list {
		name := p.Name
		if p.Class != "" {
			name += " (" + p.Class + ", " + p.Title + ")"
		} else {
			name += " (" + p.Title + ")"
		}
		b.WriteString(name + "\n  " + p.About + "\n")
		for _, s := range p.Steps {
			b.WriteString("    " + string(rune('0'+s.Session)) + ": " + s.Text + "\n")
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// probeHistories is the folder, in a run's, of its probes' histories.
const probeHistories = "probes"

func probeFile(name string, level history.Level) string {
	return filepath.Join(probeHistories, "history-"+name+"-"+string(level)+".jsonl.zst")
}
