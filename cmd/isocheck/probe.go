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

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
	"github.com/isocheck/isocheck/workloads/probes"
)

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
		Long:                  probeLong + indented(probeSample) + probeFormat,
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
		set.StringVar(&f.file, "file", "", "`FILE` of probes to play instead of isocheck's own; its format is above")
		set.BoolVar(&f.list, "list", false, "print the probes, in the format that --file plays, instead of playing them")
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
	for i := range known {
		p := &known[i]
		ids, err := parseAnomalies(p.Anomalies)
		if err != nil {
			return nil, usagef("%s: probe %s: %v", f.file, p.Name, err)
		}
		p.Anomalies = texts(ids)
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
		report: &reports.Report{Title: p.title(), Command: a.rerun(), Started: started, Isocheck: isocheckVersion()},
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
	options := reports.TerminalOptions{Color: a.colour(a.stdout, m.plan.screen), Width: min(a.summaryWidth(), 80), Quiet: m.plan.screen.quiet, Verbose: m.plan.screen.verbose}
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

// listProbes writes the probes in the format that --file reads.
func listProbes(w io.Writer, list []probes.Probe) error {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].Text
	}
	_, err := io.WriteString(w, strings.Join(texts, "\n"))
	return err
}

// probeHistories is the folder, in a run's, of its probes' histories.
const probeHistories = "probes"

func probeFile(name string, level history.Level) string {
	return filepath.Join(probeHistories, "history-"+name+"-"+string(level)+".jsonl.zst")
}
