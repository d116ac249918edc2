package checker

import "github.com/isocheck/isocheck/history"

// Findings is all that a check of one history found. It holds everything that a
// report needs: nobody has to go back to the history.
type Findings struct {
	Header history.Header `json:"header"`
	// Statements are the SQL texts that the witnesses' operations refer to.
	Statements []string `json:"statements"`
	// Closed is false where the history was cut off before its end.
	Closed bool   `json:"closed"`
	Counts Counts `json:"counts"`
	// Models says of each model whether the history keeps it.
	Models []ModelResult `json:"models"`
	// Strongest are the strongest models that hold, Weakest the weakest that do
	// not: the border in the lattice of models.
	Strongest []Model `json:"strongest"`
	Weakest   []Model `json:"weakest"`
	// Expected is what the history was held against.
	Expected Expectation `json:"expected"`
	// Anomalies are those that were looked for, found or not, worst first.
	Anomalies  []Anomaly         `json:"anomalies"`
	Invariants []InvariantResult `json:"invariants"`
	Verdict    Verdict           `json:"verdict"`
	// Reasons are sentences that say why the verdict is what it is.
	Reasons []string `json:"reasons"`
}

// Counts says how much was looked at.
type Counts struct {
	Committed     int `json:"committed"`
	Aborted       int `json:"aborted"`
	Indeterminate int `json:"indeterminate"`
	Operations    int `json:"operations"`
	Objects       int `json:"objects"`
	// Dependencies are the edges of the dependency graph, session and real-time order apart.
	Dependencies int `json:"dependencies"`
	// Contended is how many of the dependencies join two transactions that
	// overlapped in time: without any, a pass means nothing.
	Contended int `json:"contended"`
	// Gaps are the writes whose previous version nobody learned.
	Gaps int `json:"gaps"`
}

// Verdict is the answer to the question whether the history is as expected.
type Verdict string

// The verdicts.
const (
	// Kept: no violation in a history large and contended enough to mean something.
	Kept Verdict = "kept"
	// Violated: at least one anomaly, or broken invariant, that the expectation rules out.
	Violated Verdict = "violated"
	// Inconclusive: no violation, but too little was tried, or the history is cut off.
	Inconclusive Verdict = "inconclusive"
)

// Expectation is what a history is held against.
type Expectation struct {
	Model Model `json:"model"`
	// Source is where the database's documentation says so; empty when the user asked for the model.
	Source string `json:"source,omitempty"`
	// Forbid and Allow are anomalies that the user added to, and removed from,
	// those that the model rules out.
	Forbid []AnomalyID `json:"forbid,omitempty"`
	Allow  []AnomalyID `json:"allow,omitempty"`
}

// ModelResult says whether one model holds on the history.
type ModelResult struct {
	Model Model `json:"model"`
	Holds bool  `json:"holds"`
	// RuledOutBy is an anomaly that rules the model out, where it does not hold.
	RuledOutBy AnomalyID `json:"ruledOutBy,omitempty"`
	// Undecided says that it is not known whether the model holds. Holds is false then.
	Undecided bool `json:"undecided,omitempty"`
	// Why says in plain English how it was found out, or why it was not.
	Why string `json:"why,omitempty"`
}

// Anomaly is one kind of anomaly, and what was found of it.
type Anomaly struct {
	ID    AnomalyID `json:"id"`
	Class string    `json:"class"` // the formal class: G-single
	Name  string    `json:"name"`  // what engineers call it: lost update
	// Definition is one sentence; Source is where it is defined.
	Definition string `json:"definition"`
	Source     string `json:"source"`
	// Count is how many were found. AtLeast says that the search was bounded
	// and there may be more. Variants with session or real-time order are looked for only among transactions that
	// do not show the same class with less order: where they do, no order is needed to rule a model out, and a variant
	// there counts as part of that.
	Count int `json:"count"`
	// Violations are how many of them break what is expected.
	Violations int  `json:"violations"`
	AtLeast    bool `json:"atLeast,omitempty"`
	// Violation says that what is expected rules the anomaly out, and it was found.
	Violation bool `json:"violation"`
	// Allowed says that what is expected allows it.
	Allowed bool `json:"allowed"`
	// Exercised says that the history could have shown it: it has the kinds of operations that it takes.
	Exercised bool `json:"exercised"`
	// FirstAt is when the first one was complete, in nanoseconds since the start of the run; 0 where the history has no times.
	FirstAt int64 `json:"firstAt,omitempty"`
	// Times are when each one that was counted was complete, for plots.
	Times     []int64   `json:"-"`
	Witnesses []Witness `json:"witnesses"`
}

// Witness is the smallest evidence of one anomaly.
type Witness struct {
	// Sentence says in plain English what happened.
	Sentence string `json:"sentence"`
	// Violation says that this very instance breaks what is expected.
	Violation bool `json:"violation"`
	// Transactions are the ones involved, T1, T2 … in the order of the cycle.
	Transactions []history.Transaction `json:"transactions"`
	// Edges are the dependencies between them, each from one transaction to the
	// next, the last one back to the first. Anomalies that are no cycle have the
	// edges that show them.
	Edges []Edge `json:"edges"`
}

// EdgeKind is the kind of a dependency between two transactions.
type EdgeKind string

// The kinds of dependencies, after Adya's thesis.
const (
	WW          EdgeKind = "ww"           // To overwrote what From wrote
	WR          EdgeKind = "wr"           // To read what From wrote
	RW          EdgeKind = "rw"           // To overwrote what From read
	PredicateWR EdgeKind = "predicate-wr" // From changed which rows matched To's predicate, and To saw it
	PredicateRW EdgeKind = "predicate-rw" // To changed which rows match From's predicate, and From did not see it
	Session     EdgeKind = "session"      // From came before To in one client
	RealTime    EdgeKind = "real-time"    // From had ended before To began
)

// Edge is one dependency between two of a witness's transactions.
type Edge struct {
	From int      `json:"from"` // index into Witness.Transactions
	To   int      `json:"to"`
	Kind EdgeKind `json:"kind"`
	// Table and Key are the object, by number and key.
	Table int   `json:"table"`
	Key   int64 `json:"key"`
	// FromOp and ToOp are the operations that make the edge, by their index in
	// their transactions; -1 for session and real-time edges.
	FromOp int `json:"fromOp"`
	ToOp   int `json:"toOp"`
	// Seen is the version that was read or overwritten; Written the one that
	// replaced it. Of a wr edge they are the same.
	Seen    history.Version `json:"seen"`
	Written history.Version `json:"written"`
	// Text says the edge in plain English: "T2 overwrote accounts 7, which T1 had read".
	Text string `json:"text"`
}

// InvariantResult is what became of one of the workload's invariants.
type InvariantResult struct {
	Name string `json:"name"`
	Held bool   `json:"held"`
	// Unknown says that it could not be checked; Held then means nothing.
	Unknown bool `json:"unknown,omitempty"`
	// Checked is how many reads it was checked on, Broken how many broke it.
	Checked int `json:"checked"`
	Broken  int `json:"broken"`
	// Expected and Actual are what the final state should be and is, where the
	// invariant speaks of it; with indeterminate transactions Expected is the
	// least and ExpectedMost the most that it may be.
	Expected     int64 `json:"expected,omitempty"`
	ExpectedMost int64 `json:"expectedMost,omitempty"`
	Actual       int64 `json:"actual,omitempty"`
	// Explained is how much of the difference the anomalies found explain.
	Explained   int64       `json:"explained,omitempty"`
	ExplainedBy []AnomalyID `json:"explainedBy,omitempty"`
	// Points are the values over time, for plots, at most a few hundred.
	Points []InvariantPoint `json:"points,omitempty"`
	// Violation says that the breach breaks what is expected: isolation as
	// expected would have kept the invariant.
	Violation bool   `json:"violation"`
	Text      string `json:"text"`
}

// InvariantPoint is the value that an invariant's read gave at one time.
type InvariantPoint struct {
	At    int64 `json:"at"` // nanoseconds since the start of the run
	Value int64 `json:"value"`
	Want  int64 `json:"want"`
}
