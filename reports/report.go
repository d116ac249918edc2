// Package reports turns findings into something to read: a summary for the
// terminal, one self-contained HTML page, and findings.json.
//
// It decides nothing. What is an anomaly, what is a violation and what the
// verdict is stands in the findings; here they get words, tables and pictures.
// The format of findings.json is described in README.md beside this file.
package reports

import (
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// Run is one run that was checked: one workload at one level of one database.
type Run struct {
	// Findings is what the check found. It is nil where the history could not
	// be checked; Report.Errors then says why.
	Findings *checker.Findings
	// Summary is how the run went: throughput, latency, how transactions ended.
	Summary history.Summary
	// Events are what happened to the run as a whole.
	Events []history.Event
	// History is what the history is called: its file, relative to the report, or
	// several, joined by " + ", where several processes recorded it.
	History string
	// Files are the history's files, relative to the report. One that came through a pipe is in none.
	Files []string
}

// Report is all that one command found. The zero Report is a valid one of no runs.
type Report struct {
	// Title heads the page; where it is empty the servers of the runs do.
	Title string
	// Command is the command line that made the report, without any password.
	Command string
	Started time.Time
	// Took is how long the whole command took.
	Took time.Duration
	Runs []Run
	// Probes are the fixed interleavings that were played, each at each level;
	// ProbesLeftOut says why there are none, where they were to be played.
	Probes        []Probe
	ProbesLeftOut string
	// Isocheck is the version of isocheck that made the report.
	Isocheck string
	// Errors are sentences about what could not be done.
	Errors []string

	alone bool // there is no findings.json beside the page
}

// checked returns the runs that have findings, in order.
func (r *Report) checked() []Run {
	runs := make([]Run, 0, len(r.Runs))
	for _, run := range r.Runs {
		if run.Findings != nil {
			runs = append(runs, run)
		}
	}
	return runs
}
