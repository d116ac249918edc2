package advice

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
)

// Sample is one run of a cell, checked and measured. A Sample without transactions says
// with Err why there are none.
type Sample struct {
	// Rate is in committed transactions a second.
	Rate float64
	// P50 and P99 are as in Cell, in nanoseconds.
	P50, P99 int64
	// Committed, Retries, Deadlocks and Failed count transactions; see Cell.
	Committed, Retries, Deadlocks, Failed int
	// Contended is how many dependencies joined transactions that ran at the same time.
	Contended int
	// Invariants are the names of those that were checked.
	Invariants []string
	// Broken are the invariants that broke, and Anomalies all that was found.
	Broken    []Problem
	Anomalies []Problem
	// Explain are the anomalies that explain what broke.
	Explain []checker.AnomalyID
	// Doubts speak against calling the run a pass: it was cut off, an invariant could not be checked.
	Doubts []string
	// Violations are the reasons for which the run broke what its level promises.
	Violations []string
	// History is the run's file, "" where it was not kept.
	History string
	// Err is why the run could not be made.
	Err error
}

// NewSample takes from the findings of a run what advice needs.
func NewSample(f *checker.Findings) Sample {
	s := Sample{Committed: f.Counts.Committed, Contended: f.Counts.Contended}
	for _, inv := range f.Invariants {
		s.Invariants = append(s.Invariants, inv.Name)
		switch {
		case inv.Unknown:
			s.Doubts = append(s.Doubts, "whether "+inv.Name+" held is not known: "+inv.Text)
		case !inv.Held:
			s.Broken = append(s.Broken, Problem{Name: inv.Name, Count: max(inv.Broken, 1), Repeats: 1, Text: inv.Text})
			s.Explain = append(s.Explain, inv.ExplainedBy...)
		}
	}
	for _, a := range f.Anomalies {
		if a.Count == 0 || ordered(a.ID) {
			continue
		}
		p := Problem{Anomaly: a.ID, Name: a.Name, Count: a.Count, AtLeast: a.AtLeast, Repeats: 1}
		if len(a.Witnesses) > 0 {
			p.Text = a.Witnesses[0].Sentence
		}
		s.Anomalies = append(s.Anomalies, p)
	}
	if !f.Closed {
		s.Doubts = append(s.Doubts, "a run was cut off before its end")
	}
	if f.Verdict == checker.Violated {
		s.Violations = f.Reasons
	}
	return s
}

// ordered reports whether an anomaly is one only with session order or real time.
func ordered(id checker.AnomalyID) bool {
	return strings.HasSuffix(string(id), "-session") || strings.HasSuffix(string(id), "-real-time")
}

// Endangers reports whether an anomaly endangers every invariant, also where none broke:
// a commit is gone, or something was seen that never was.
func Endangers(id checker.AnomalyID) bool {
	return slices.Contains([]checker.AnomalyID{
		checker.DirtyWrite, checker.IncompatibleVersions, checker.LostCommit, checker.GarbageRead,
	}, id)
}

// Unsafe reports whether the run shows that its cell is not safe.
func (s *Sample) Unsafe() bool {
	return len(s.Broken) > 0 || slices.ContainsFunc(s.Anomalies, s.counts)
}

// counts reports whether an anomaly of the run speaks against its cell.
func (s *Sample) counts(p Problem) bool {
	return len(s.Invariants) == 0 || Endangers(p.Anomaly) || slices.Contains(s.Explain, p.Anomaly)
}
