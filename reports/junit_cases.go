package reports

import (
	"slices"
	"strings"
	"time"

	"github.com/isocheck/isocheck/checker"
)

// workloadCases returns the cases of one workload at one level: whether it means
// anything, each anomaly, each invariant. Several runs of it are one.
func workloadCases(class, workload string, runs []Run) []*junitCase {
	cases := []*junitCase{verdictCase(class, workload, runs)}
	for _, id := range anomalyIDs(runs) {
		if c := anomalyCase(class, workload, id, runs); c != nil {
			cases = append(cases, c)
		}
	}
	for _, name := range invariantNames(runs) {
		cases = append(cases, invariantCase(class, workload, name, runs))
	}
	return cases
}

func newCase(class, workload, name string) *junitCase {
	return &junitCase{Name: printable(workload + "/" + name), Class: printable(class), Time: junitSeconds(0)}
}

// verdictCase says whether the runs mean anything: it fails where a run is
// inconclusive, and where it is violated by nothing that has a case of its own.
func verdictCase(class, workload string, runs []Run) *junitCase {
	c := newCase(class, workload, "conclusive")
	var took time.Duration
	for _, run := range runs {
		took += time.Duration(run.Summary.Duration)
	}
	for _, run := range settled(runs) {
		f := run.Findings
		switch {
		case f.Verdict == checker.Inconclusive:
			c.Error = addProblem(c.Error, "inconclusive", verdictSentence(f), strings.Join(reasons(f), "\n"))
		case f.Verdict == checker.Violated && len(reasons(f)) > 0:
			c.Failure = addProblem(c.Failure, "violation", verdictSentence(f), strings.Join(reasons(f), "\n"))
		}
	}
	if c.Failure != nil {
		c.Error = nil // a case is one or the other
	}
	c.Time = junitSeconds(took)
	return c
}

// anomalyCase says what became of one anomaly. Variants, closed by session order
// or real time, have a case only where they are violations: else nobody asked.
func anomalyCase(class, workload string, id checker.AnomalyID, runs []Run) *junitCase {
	c := newCase(class, workload, string(id))
	exercised, failed := false, false
	for _, run := range runs {
		f := run.Findings
		n := slices.IndexFunc(f.Anomalies, func(a checker.Anomaly) bool { return a.ID == id })
		if n < 0 {
			continue
		}
		a := &f.Anomalies[n]
		exercised = exercised || stateOf(*a) != NotExercised
		if stateOf(*a) == Violation {
			failed = true
			message := nameAndClass(a) + " is a " + stateWord(f, id, Violation) + ": " + countText(a)
			c.Failure = addProblem(c.Failure, string(id), message, violationText(f, a))
		}
	}
	if baseID(id) != id && !failed {
		return nil
	}
	if !exercised {
		c.Skipped = &struct{}{}
	}
	return c
}

// addProblem gives a case one more problem; the first one's message stays.
func addProblem(p *junitProblem, kind, message, text string) *junitProblem {
	if p == nil {
		return &junitProblem{Message: message, Type: kind, Text: junitText(text)}
	}
	p.Text += junitText("\n\n" + message + "\n" + text)
	return p
}

func invariantNames(runs []Run) []string {
	var names []string
	for _, run := range runs {
		for _, i := range run.Findings.Invariants {
			names = appendNew(names, i.Name)
		}
	}
	return names
}

func invariantCase(class, workload, name string, runs []Run) *junitCase {
	c := newCase(class, workload, "invariant: "+name)
	known := false
	for _, run := range runs {
		for _, i := range run.Findings.Invariants {
			if !strings.EqualFold(i.Name, name) {
				continue
			}
			known = known || !i.Unknown
			if i.Violation {
				c.Failure = addProblem(c.Failure, "invariant", "the invariant "+i.Name+" was broken", invariantText(i))
			}
		}
	}
	if !known {
		c.Skipped = &struct{}{}
	}
	return c
}
