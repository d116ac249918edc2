package main

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/reports"
)

// The files in a run's folder, besides the histories.
const (
	reportFile   = "report.html"
	findingsFile = "findings.json"
	junitFile    = "junit.xml"
	summaryFile  = "summary.md"
	serverLog    = "server.log"
	histories    = "history-*.jsonl.zst" // the names of all histories of a run
	serverDSN    = "server.dsn"          // of a server that was kept: it holds the password
)

// conclude writes the reports, shows the summary, and settles the exit status.
// The failures are what kept the command from doing all that it was asked.
func (a *app) conclude(r *reports.Report, out *folder, show *screen, f screenFlags, failures []error) error {
	a.status = a.status.worse(statusOfRuns(r.Runs)).worse(statusOfProbes(r.Probes))
	var serious []error
	for _, err := range failures {
		if part := (*incompleteError)(nil); errors.As(err, &part) {
			a.status = a.status.worse(inconclusive)
			r.Errors = append(r.Errors, err.Error())
			show.line("isocheck: %v", err)
			continue
		}
		serious = append(serious, err)
		r.Errors = append(r.Errors, a.conceal(err.Error()))
	}
	if len(serious) > 0 {
		a.status = a.status.worse(statusOf(errors.Join(serious...)))
	}
	if out != nil && len(r.Runs) > 0 {
		if err := writeReports(r, out); err != nil {
			serious = append(serious, err)
			out = nil // the summary must not point to a report that is not there
		}
	}
	if len(r.Runs) > 0 || len(r.Errors) > 0 {
		if err := a.writeOutputs(documentOf(r), out); err != nil {
			serious = append(serious, err)
		}
	}
	show.clear()
	if len(r.Runs) > 0 {
		if err := a.summary(r, out, f); err != nil {
			serious = append(serious, err)
		}
	}
	return errors.Join(serious...)
}

// summary shows what was found, and where the rest is.
func (a *app) summary(r *reports.Report, out *folder, f screenFlags) error {
	options := reports.TerminalOptions{Color: a.colour(a.stdout, f), Width: a.summaryWidth(), Quiet: f.quiet, Verbose: f.verbose}
	if out != nil {
		options.Path = out.file(reportFile)
	}
	return reports.Terminal(a.stdout, r, options)
}

func statusOfRuns(runs []reports.Run) status {
	if len(runs) == 0 {
		return asExpected
	}
	switch reports.Judge(&reports.Report{Runs: runs}).Verdict {
	case checker.Violated:
		return violated
	case checker.Inconclusive:
		return inconclusive
	}
	return asExpected
}

func writeReports(r *reports.Report, out *folder) error {
	return errors.Join(
		out.write(reportFile, 0o644, func(w io.Writer) error { return reports.HTML(w, reports.Excerpt(r)) }),
		out.write(findingsFile, 0o644, func(w io.Writer) error { return reports.JSON(w, r) }),
	)
}

func joined(names []string) string { return strings.Join(names, ", ") }

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
