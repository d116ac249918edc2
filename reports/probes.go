package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// ProbeState is what became of the anomaly that a probe provokes.
type ProbeState string

// The states of a probe.
const (
	ProbeAllowed   ProbeState = "allowed"   // it was found, and what is expected allows it
	ProbeViolation ProbeState = "violation" // one was found that what is expected rules out
	ProbePrevented ProbeState = "prevented"
	ProbeObserved  ProbeState = "observed" // the probe is about locks, not about an anomaly
	ProbeMissing   ProbeState = "missing"  // the database lacks what the probe needs
)

// symbol stands before the state's word, so that it does not rest on colour.
func (s ProbeState) symbol() string {
	return map[ProbeState]string{ProbeAllowed: "●", ProbeViolation: "✗", ProbePrevented: "✓", ProbeObserved: "·", ProbeMissing: "–"}[s]
}

func (s ProbeState) color() string {
	switch s {
	case ProbeViolation:
		return red
	case ProbeAllowed:
		return yellow
	case ProbePrevented:
		return green
	}
	return dim
}

// Probe is one probe, a fixed interleaving of a few sessions, played at one level.
type Probe struct {
	Name   string        `json:"name"`
	Title  string        `json:"title"`
	Class  string        `json:"class,omitempty"` // the formal class of what it provokes
	About  string        `json:"about,omitempty"`
	Source string        `json:"source,omitempty"`
	Server string        `json:"server"` // PostgreSQL 15.18
	Level  history.Level `json:"level"`
	State  ProbeState    `json:"state"`
	// How is how the anomaly was prevented: blocked, an error's code (with "at commit" where it came no
	// sooner), row count, or snapshot where it shows in nothing but what was read.
	How string `json:"how"`
	// Anomaly is the one that matters most of those found.
	Anomaly checker.AnomalyID `json:"anomaly,omitempty"`
	// Codes are those of all errors; Blocked says that a step had to wait.
	Codes   []string       `json:"codes,omitempty"`
	Blocked bool           `json:"blocked,omitempty"`
	Steps   []ProbeStep    `json:"steps"`
	Found   []ProbeAnomaly `json:"found,omitempty"`
	// Expected is the model that it was held against.
	Expected checker.Model `json:"expected"`
	// History is its history's file, relative to the report; empty where none was kept.
	History string `json:"history,omitempty"`
}

// ProbeStep is one step of a probe, and what came of it.
type ProbeStep struct {
	Session   int    `json:"session"`
	Statement string `json:"statement"`
	// Answer says what the session was answered.
	Answer string `json:"answer"`
	// Skipped says that it was left out: its transaction had ended, or its condition did not hold.
	Skipped bool `json:"skipped,omitempty"`
	// Blocked says that the server had it wait for another session.
	Blocked bool `json:"blocked,omitempty"`
	// Code and Error are the server's error.
	Code  string `json:"code,omitempty"`
	Error string `json:"error,omitempty"`
}

// ProbeAnomaly is an anomaly that the checker found in a probe's history.
type ProbeAnomaly struct {
	ID        checker.AnomalyID `json:"id"`
	Class     string            `json:"class"`
	Name      string            `json:"name"`
	Violation bool              `json:"violation"`
	// Sentence says what happened.
	Sentence string `json:"sentence"`
}

// ServerName returns the database with its version, as reports write it.
func ServerName(h *history.Header) string { return serverName(h) }

// ProbesFound returns the anomalies that were found in a probe's history.
func ProbesFound(f *checker.Findings) []ProbeAnomaly {
	var all []ProbeAnomaly
	for _, a := range f.Anomalies {
		if a.Count == 0 {
			continue
		}
		found := ProbeAnomaly{ID: a.ID, Class: a.Class, Name: a.Name, Violation: a.Violation}
		if len(a.Witnesses) > 0 {
			found.Sentence = a.Witnesses[0].Sentence
		}
		all = append(all, found)
	}
	return all
}

// probesViolate reports whether a probe showed what is ruled out.
func probesViolate(r *Report) bool {
	return slices.ContainsFunc(r.Probes, func(p Probe) bool { return p.State == ProbeViolation })
}

// probeTable is what became of every probe at every level of every server.
type probeTable struct {
	Columns []probeColumn
	Rows    []probeRow
}

// probeColumn is one level of one server.
type probeColumn struct {
	Server string
	Level  history.Level
}

// LevelName returns the level as people say it.
func (c probeColumn) LevelName() string { return levelName(c.Level) }

// probeRow is one probe; where it does not exist at a column's server, the cell is nil.
type probeRow struct {
	*Probe // at the first of its levels
	Cells  []*Probe
}

// newProbeTable lays the probes out in the order in which they came.
func newProbeTable(probes []Probe) probeTable {
	var t probeTable
	for i := range probes {
		c := probeColumn{probes[i].Server, probes[i].Level}
		if !slices.Contains(t.Columns, c) {
			t.Columns = append(t.Columns, c)
		}
	}
	levels := history.Levels()
	slices.SortStableFunc(t.Columns, func(a, b probeColumn) int {
		if a.Server != b.Server {
			return 0 // as they came
		}
		return slices.Index(levels, a.Level) - slices.Index(levels, b.Level)
	})
	for i := range probes {
		p := &probes[i]
		n := slices.IndexFunc(t.Rows, func(r probeRow) bool { return r.Name == p.Name })
		if n < 0 {
			n = len(t.Rows)
			t.Rows = append(t.Rows, probeRow{Probe: p, Cells: make([]*Probe, len(t.Columns))})
		}
		t.Rows[n].Cells[slices.Index(t.Columns, probeColumn{p.Server, p.Level})] = p
	}
	return t
}

// Label is the probe's class and title.
func (p *Probe) Label() string {
	if p.Class == "" {
		return p.Title
	}
	return p.Class + " " + p.Title
}

// Symbol and Word are what a table shows of the probe.
func (p *Probe) Symbol() string { return p.State.symbol() }

// Word says what became of it.
func (p *Probe) Word() string {
	switch p.State {
	case ProbeViolation:
		return "VIOLATION"
	case ProbeMissing:
		return "not there"
	}
	return strings.Replace(p.How, " at commit", " commit", 1)
}
