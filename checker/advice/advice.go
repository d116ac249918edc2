// Package advice answers what a programmer asks of a workload's strategies at each
// isolation level: is it safe here, and what does it cost? It judges runs that were made
// and checked; see harness/trials for making them.
//
// A cell, one strategy at one level, is called safe when it was not seen to fail: in all
// its repeats every invariant of the workload held, and nothing was found that endangers
// one. That is no proof; how many transactions were tried stands beside it. Of anomalies
// those count that explain a breach, because a workload may live with others, and those that
// endanger every invariant: a commit that is gone, a value that nobody wrote. An update that
// was lost and broke no invariant does not make a cell unsafe, but is held against it. A
// workload without an invariant of its own is safe where no anomaly at all was found (session
// order and real time, which no level promises, left out).
//
// Throughput is compared by median and Mann-Whitney's U test (package noise); what
// differs within the noise is called equal.
package advice

import (
	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/checker/noise"
	"github.com/isocheck/isocheck/history"
)

// Verdict is the answer to the question whether a strategy is safe at a level.
type Verdict string

// The verdicts.
const (
	Safe         Verdict = "safe"         // not seen to fail
	Unsafe       Verdict = "unsafe"       // seen to fail
	Inconclusive Verdict = "inconclusive" // too little was tried, or it could not be run
	Missing      Verdict = "missing"      // the product lacks what the strategy needs
	Elsewhere    Verdict = "elsewhere"    // it is run at other levels only: at its own, or at those that were asked for
)

// Workload is what is judged: the strategies of one workload at some levels.
type Workload struct {
	Name       string          `json:"name"`
	Summary    string          `json:"summary,omitempty"`
	Strategies []Strategy      `json:"strategies"` // simplest first
	Levels     []history.Level `json:"levels"`     // weakest first
	// OwnOnly are those of the levels at which only strategies that have a level of their own are run.
	OwnOnly []history.Level `json:"ownOnly,omitempty"`
}

// Strategy is one of a workload's strategies.
type Strategy struct {
	Name    string `json:"name"`
	Summary string `json:"summary,omitempty"`
	// Level is its own, where it has one, and runs at no other.
	Level history.Level `json:"level,omitempty"`
	// Missing is what it needs and the product does not have.
	Missing []string `json:"missing,omitempty"`
	// Retries says that it tries again what the database refused.
	Retries bool `json:"retries,omitempty"`
}

// Key names a cell.
type Key struct {
	Workload, Strategy string
	Level              history.Level
}

// Table is what there is to say of one workload: a cell for each strategy at each level.
type Table struct {
	Workload
	// Cells are in the order of the strategies, and for each in that of the levels.
	Cells []Cell `json:"cells"`
	// Recommended is nil where nothing can be recommended.
	Recommended *Recommendation `json:"recommended"`
	// SlowCalls say for each level what a slow call inside the transaction costs.
	SlowCalls []SlowCall `json:"slowCalls,omitempty"`
}

// Cell is one strategy at one level.
type Cell struct {
	Strategy string        `json:"strategy"`
	Level    history.Level `json:"level"`
	Verdict  Verdict       `json:"verdict"`
	// Repeats is how often it was run, Transactions how many committed in all repeats.
	Repeats      int `json:"repeats"`
	Transactions int `json:"transactions"`
	// Problems are what made it unsafe, those that explain the most first.
	Problems []Problem `json:"problems,omitempty"`
	// Bearable are anomalies that were found and endangered no invariant.
	Bearable []Problem `json:"bearable,omitempty"`
	// Unguarded are invariants of the workload that the strategy does not even try to keep.
	Unguarded []string `json:"unguarded,omitempty"`
	// Doubts say why a cell is inconclusive.
	Doubts []string `json:"doubts,omitempty"`
	// Violations say what was found that the level's documentation rules out.
	Violations []string `json:"violations,omitempty"`
	// Throughput is in committed transactions a second. It is compared with that of the
	// recommended cell.
	Throughput noise.Value `json:"throughput"`
	// P50 and P99 are the latency of what committed, in nanoseconds, from the begin of the
	// first attempt to the end of the last, with the waits between them.
	P50 noise.Value `json:"p50"`
	P99 noise.Value `json:"p99"`
	// Retries, Deadlocks and Failed are per committed transaction. Failed counts what never
	// committed, because it was refused and not, or too often, tried again.
	Retries   float64 `json:"retries"`
	Deadlocks float64 `json:"deadlocks"`
	Failed    float64 `json:"failed"`
	// History is the file of a repeat that failed; empty where none was kept.
	History string `json:"history,omitempty"`
}

// Problem is an invariant that was broken, or an anomaly that was found.
type Problem struct {
	// Anomaly is empty for a broken invariant.
	Anomaly checker.AnomalyID `json:"anomaly,omitempty"`
	Name    string            `json:"name"`
	// Count is how often: anomalies, or reads that broke the invariant.
	Count   int  `json:"count"`
	AtLeast bool `json:"atLeast,omitempty"`
	// Repeats is in how many of the repeats.
	Repeats int `json:"repeats"`
	// Text is an example.
	Text string `json:"text,omitempty"`
}

// LostUpdates returns what was found of lost updates that broke no invariant, nil for none.
func (c *Cell) LostUpdates() *Problem {
	for i := range c.Bearable {
		if p := &c.Bearable[i]; p.Anomaly == checker.LostUpdate || p.Anomaly == checker.CursorLostUpdate {
			return p
		}
	}
	return nil
}

// Cell returns the cell of a strategy at a level, nil if there is none.
func (t *Table) Cell(strategy string, level history.Level) *Cell {
	for i := range t.Cells {
		if c := &t.Cells[i]; c.Strategy == strategy && c.Level == level {
			return c
		}
	}
	return nil
}
