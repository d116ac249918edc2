package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/isocheck/isocheck/reports"
)

// comparison is what goes on between the arguments of isocheck compare and its report.
type comparison struct {
	app        *app
	contenders []contender
	// runs are the measurements of the contenders that are run, in order.
	runs   []*measurement
	folder *folder
	stops  *interrupts
	show   *screen
	screen screenFlags
	report *reports.Comparison
	err    error // why the rounds ended early
}

// prepare makes a measurement of every contender that is run.
func (c *comparison) prepare(started time.Time) error {
	for i := range c.contenders {
		own := &c.contenders[i]
		if own.plan == nil {
			continue
		}
		out, err := makeFolder(c.folder.file(own.folder), "", freeDisk)
		if err != nil {
			return err
		}
		kept, err := out.removeOldRun(reportFile, findingsFile, serverLog)
		if err != nil {
			return err
		}
		tellKept(c.show, kept)
		c.runs = append(c.runs, &measurement{
			app: c.app, plan: own.plan, id: newRunID(started), folder: out, show: c.show,
			report: &reports.Report{Title: own.plan.title(), Command: c.app.rerun(c.app.drawn(own.plan.seed)...), Started: started, Isocheck: isocheckVersion()},
		})
	}
	return nil
}

// removeEmpty removes the folders that nothing was written to.
func (c *comparison) removeEmpty() {
	for _, m := range c.runs {
		m.folder.removeIfEmpty()
	}
}

func (c *comparison) noteSignal(second bool) { c.runsOrNone().noteSignal(second) }

// runsOrNone returns a measurement to speak for all.
func (c *comparison) runsOrNone() *measurement {
	if len(c.runs) > 0 {
		return c.runs[0]
	}
	return &measurement{show: c.show}
}

// with gets the servers one inside the other, so that each is stopped whatever
// happens to the others, and when all are there, runs the rounds. A server that
// cannot be had is left out.
func (c *comparison) with(n int) {
	if n == len(c.runs) {
		c.err = c.rounds()
		return
	}
	m, there := c.runs[n], false
	m.then = func() error {
		there = true
		c.with(n + 1)
		return nil
	}
	if err := m.withServer(); err != nil {
		m.fail(err)
		m.then = nil // it takes no part
		if !there && !errors.Is(err, errStopped) {
			c.show.line("%s is left out: %v", c.nameOf(m), err)
			c.with(n + 1)
		}
	}
}

// probes plays the probes on each server, where they were asked for.
func (c *comparison) probes() error {
	for _, m := range c.runs {
		if m.then == nil {
			continue
		}
		if err := m.probesFirst(); err != nil {
			if err = m.orDied(err); errors.Is(err, errStopped) {
				return err
			}
			m.fail(err)
		}
		if c.stops.soft.Err() != nil {
			return errStopped
		}
	}
	return nil
}

// announce says how much there is to do.
func (c *comparison) announce(tasks int) {
	there := 0
	for _, m := range c.runs {
		if m.then != nil {
			there++
		}
	}
	if there == 0 {
		return // each is said to be left out
	}
	p := c.runs[0].plan
	c.show.say("%s in turn, %s of %s at %s: about %v", numbered(there, "server"), numbered(p.rounds, "round"), numbered(len(p.workloads), "workload"), numbered(len(p.levels), "level"),
		(time.Duration(tasks*there) * p.duration).Round(time.Second))
}

func (c *comparison) nameOf(m *measurement) string {
	for _, own := range c.contenders {
		if own.plan == m.plan {
			return own.name
		}
	}
	return m.plan.asked()
}

// rounds runs every workload at every level on each server in turn. Each round begins with the next
// server, so that none is always first.
func (c *comparison) rounds() error {
	if err := c.probes(); err != nil {
		return err
	}
	tasks := c.runs[0].plan.tasks()
	c.announce(len(tasks))
	for n, t := range tasks {
		for i := range c.runs {
			m := c.runs[(i+n)%len(c.runs)]
			if m.then == nil || !contains(m.plan.levels, t.level) {
				continue
			}
			t.of = c.nameOf(m) + ": "
			if err := m.runOne(t); err != nil {
				if err = m.orDied(err); errors.Is(err, errStopped) {
					return err
				}
				m.fail(err)
				m.then = nil // it takes no further part
				c.show.line("%s is left out from here on: %v", c.nameOf(m), err)
			}
			if c.stops.soft.Err() != nil {
				return errStopped
			}
		}
	}
	return nil
}

// conclude writes the reports of all, and the comparison, and shows its summary.
func (c *comparison) conclude() error {
	var errs []error
	if c.err != nil {
		c.runsOrNone().fail(c.err)
	}
	n := 0
	for i := range c.contenders {
		own := &c.contenders[i]
		if own.saved != nil {
			s := *own.saved
			if c.folder != nil {
				s.Link = linkTo(c.folder.path, s.Link)
			}
			c.report.Subjects = append(c.report.Subjects, s)
			c.app.status = c.app.status.worse(statusOfRuns(checkedRuns(s.Report)))
			continue
		}
		m := c.runs[n]
		n++
		s, err := c.subjectOf(own, m)
		errs = append(errs, err)
		c.report.Subjects = append(c.report.Subjects, s)
	}
	return errors.Join(append(errs, c.write())...)
}

// subjectOf writes the results of one that was run to its folder.
func (c *comparison) subjectOf(own *contender, m *measurement) (reports.Subject, error) {
	a := c.app
	m.report.Took = time.Since(m.report.Started)
	for _, err := range m.failures {
		text := a.conceal(err.Error())
		m.report.Errors = append(m.report.Errors, text)
		c.report.Errors = append(c.report.Errors, own.name+": "+text)
		if errors.Is(err, errStopped) {
			a.status = a.status.worse(inconclusive)
		} else {
			a.status = a.status.worse(statusOf(err))
		}
	}
	a.status = a.status.worse(statusOfRuns(m.report.Runs))
	s := reports.Subject{Name: own.name, Report: m.report}
	if len(m.report.Runs) == 0 {
		return s, nil
	}
	if err := writeReports(m.report, m.folder); err != nil {
		return s, fmt.Errorf("%s: %w", own.name, err)
	}
	s.Link = own.folder + "/" + reportFile
	return s, nil
}

func checkedRuns(r *reports.Report) []reports.Run {
	var runs []reports.Run
	for _, run := range r.Runs {
		if run.Findings != nil {
			runs = append(runs, run)
		}
	}
	return runs
}

// write writes the comparison in all forms that were asked for, and shows its summary.
func (c *comparison) write() error {
	a := c.app
	d := c.report.Document()
	if len(d.Uncompared()) > 0 {
		a.status = a.status.worse(inconclusive)
	}
	var errs []error
	if c.folder != nil {
		errs = append(errs, c.folder.write(compareFile, 0o644, d.HTML), c.folder.write(compareData, 0o644, d.JSON))
	}
	errs = append(errs, a.writeOutputs(c.document(d), c.folder))
	c.show.clear()
	options := reports.TerminalOptions{Color: a.colour(a.stdout, c.screen), Width: a.summaryWidth(), Quiet: c.screen.quiet, Verbose: c.screen.verbose}
	if c.folder != nil {
		options.Path = c.folder.file(compareFile)
	}
	return errors.Join(append(errs, d.Terminal(a.stdout, options))...)
}

// document returns the forms of the comparison. The tests of all that was run are one JUnit file.
func (c *comparison) document(d *reports.ComparisonDocument) document {
	all := &reports.Report{Title: c.report.Title, Command: c.report.Command, Started: c.report.Started, Took: c.report.Took, Isocheck: c.report.Isocheck, Errors: c.report.Errors}
	for _, s := range c.report.Subjects {
		all.Runs = append(all.Runs, s.Report.Runs...)
	}
	forms := documentOf(all)
	forms.forms[htmlForm], forms.forms[jsonForm], forms.forms[markdownForm] = d.HTML, d.JSON, d.Markdown
	forms.names[htmlForm], forms.names[jsonForm] = compareFile, compareData
	return forms
}
