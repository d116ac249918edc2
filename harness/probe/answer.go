package probe

import (
	"slices"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads/probes"
)

// Answer is what a probe showed, in a few words.
type Answer struct {
	State State
	// How is, of an anomaly that was prevented and of a probe about locks, what the sessions met with:
	// the code of the first error, or one of the words below. Of an anomaly that was found it is the
	// state; where the probe is about how the level is set, the class of the worst that was found.
	How string
	// Anomaly is, of an anomaly that was found, the id of the one that matters most.
	Anomaly checker.AnomalyID
	// Codes are the codes of all errors, in the order of the steps; Blocked says that a
	// step had to wait.
	Codes   []string
	Blocked bool
}

// State is whether the anomaly was found.
type State string

// The states.
const (
	Allowed   State = "allowed"   // the anomaly was found, and what is expected allows it
	Violation State = "violation" // an anomaly was found that what is expected rules out
	Prevented State = "prevented"
	Observed  State = "observed" // the probe is about locks
)

// The words for what sessions met with, where it was no error.
const (
	Blocked  = "blocked"   // a step waited for another session
	RowCount = "row count" // the client saw by its rows that it came too late
	Snapshot = "snapshot"  // nothing but what the reads and writes showed
	NoWait   = "no wait"   // the same, of a probe about locks
)

// AtCommit follows the code of an error that came no sooner than at the commit.
const AtCommit = " at commit"

// answer sums a result up.
func answer(r *Result) Answer {
	a := Answer{State: Prevented, How: Snapshot}
	checked, first := false, ""
	for _, s := range r.Steps {
		if s.Error != nil && first == "" {
			first = s.Error.Code
			if s.Action == probes.Commit {
				first += AtCommit
			}
		}
		if s.Error != nil && !slices.Contains(a.Codes, s.Error.Code) {
			a.Codes = append(a.Codes, s.Error.Code)
		}
		a.Blocked = a.Blocked || s.Blocked
		checked = checked || s.If != probes.Always && s.Skipped != (s.Action == probes.Rollback)
	}
	if len(r.Probe.Anomalies) == 0 {
		a.State, a.How = Observed, NoWait
	}
	switch {
	case first != "":
		a.How = first
	case checked:
		a.How = RowCount
	case a.Blocked:
		a.How = Blocked
	}
	a.judge(r)
	return a
}

// judge looks at what the checker found.
func (a *Answer) judge(r *Result) {
	if r.Findings.Verdict == checker.Violated {
		a.State, a.How = Violation, string(Violation)
		for _, found := range r.Findings.Anomalies {
			if found.Violation {
				a.Anomaly = found.ID
				return
			}
		}
		return
	}
	for _, id := range r.Probe.Anomalies {
		for _, found := range r.Findings.Anomalies {
			if string(found.ID) != id || found.Count == 0 {
				continue
			}
			a.State, a.How, a.Anomaly = Allowed, string(Allowed), found.ID
			if r.Probe.LevelSet != "" {
				a.How = found.Class
			}
			return
		}
	}
}

// fillRows takes from the history what each step was answered.
func fillRows(r *Result) {
	numbers, ops := map[int]int{}, map[int]int{}
	open := map[int]bool{}
	for i := range r.Steps {
		s := &r.Steps[i]
		if !s.Skipped && !open[s.Session] {
			open[s.Session], ops[s.Session] = true, 0
			numbers[s.Session]++
		}
		if s.Action == probes.Operate && !s.Skipped {
			if t := transaction(r.History, s.Session, numbers[s.Session]); t != nil && ops[s.Session] < len(t.Ops) {
				s.Rows = t.Ops[ops[s.Session]].Rows
			}
			ops[s.Session]++
		}
		if s.Ends() {
			open[s.Session] = false
		}
	}
}

func transaction(h *history.History, client, number int) *history.Transaction {
	for i := range h.Txns {
		if t := &h.Txns[i]; t.Client == client && t.Number == number {
			return t
		}
	}
	return nil
}
