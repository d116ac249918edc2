package register

import "github.com/isocheck/isocheck/history"

// Result is what a check found.
type Result struct {
	Models []ModelResult
	// Reads are the reads that are wrong by themselves, by kind, in the order of ReadAnomalies.
	Reads  []ReadAnomaly
	Counts Counts
}

// Counts says how much was looked at.
type Counts struct {
	Committed, Aborted, Indeterminate int
	// Live is how many transactions are judged: the committed ones, and the
	// indeterminate ones that somebody saw.
	Live    int
	Objects int
	Reads   int // of what other transactions wrote, in live transactions
	Writes  int // one for each transaction and object, in live transactions
	// Ambiguous is how many reads returned a value that was written to their
	// object more than once: which write they saw is not known, and they were left out.
	Ambiguous int
}

// Verdict says whether a model holds on the history.
type Verdict string

// The verdicts.
const (
	Holds Verdict = "holds"
	Fails Verdict = "fails"
	// Undecided: the search ran into its limit, or some reads could not be
	// matched with a write. Nothing was found that speaks against the model.
	Undecided Verdict = "undecided"
)

// ModelResult says of one model whether it holds.
type ModelResult struct {
	Model   Model
	Verdict Verdict
	// Why says in plain English how the verdict came about.
	Why string
	// By is the kind of wrong read that rules the model out, where it is one.
	By ReadAnomalyKind
	// Witness is the evidence where the model fails because of how transactions depend on each other.
	Witness *Witness
}

// Witness is the evidence that a model fails.
type Witness struct {
	// Sentence says in plain English what happened.
	Sentence string
	// Transactions are the ones involved; the texts call them T1, T2 … in this order.
	Transactions []history.TxnID
	// Cycles are the cycles that close whatever the version order is. Each
	// takes for granted the orders of writes that its edges name in Assumes; those
	// that later cycles take for granted are what the cycles before them prove, where Forces says so.
	// For the weak models there is one cycle, and it takes nothing for granted.
	Cycles []Cycle
}

// Cycle is a cycle of dependencies.
type Cycle struct {
	// Edges lead from one transaction to the next, the last one back to the first.
	Edges []Edge
	// Forces says, in plain English, which order of two writes the cycle
	// proves, by showing that the other one is impossible; empty where it proves none.
	Forces string
}

// EdgeKind is the kind of a dependency between two transactions.
type EdgeKind string

// The kinds of dependencies. The first five are those of Adya's thesis and of package checker.
const (
	WW       EdgeKind = "ww"        // To overwrote what From wrote
	WR       EdgeKind = "wr"        // To read what From wrote
	RW       EdgeKind = "rw"        // To overwrote what From read
	Session  EdgeKind = "session"   // From came before To in one client
	RealTime EdgeKind = "real-time" // From had ended before To began
	// Before is a constraint of a weak model on the commit order: From's write
	// must precede To's, because Because read To's and yet depended on From.
	Before EdgeKind = "before"
)

// Edge is one dependency between two of a witness's transactions. An index of -1 as From or To
// stands for the initial state.
type Edge struct {
	From, To int // index into Witness.Transactions
	Kind     EdgeKind
	// Table and Key are the object; of session and real-time edges 0.
	Table int
	Key   int64
	// FromOp and ToOp are the operations of the two transactions that make the
	// edge, -1 if none. They index the transaction's Ops.
	FromOp, ToOp int
	// Because is, of a Before edge, the transaction whose read makes it, and
	// BecauseOp that read; -1 otherwise.
	Because, BecauseOp int
	// Assumes says that the edge is there only if From's and To's writes
	// (of an rw edge: the write that From read, and To's) took effect in that order.
	Assumes bool
	// Text says the edge in plain English.
	Text string
}

// ReadAnomalyKind is a way in which one transaction's reads can be wrong. The
// names are those of package checker.
type ReadAnomalyKind string

// The kinds of wrong reads, worst first.
const (
	GarbageRead      ReadAnomalyKind = "garbage-read"           // a value nobody wrote
	FutureRead       ReadAnomalyKind = "future-read"            // read before its write was sent
	InternalRead     ReadAnomalyKind = "internal-inconsistency" // a transaction does not see its own latest write
	DirtyRead        ReadAnomalyKind = "dirty-read"             // G1a: of an aborted transaction's write
	IntermediateRead ReadAnomalyKind = "intermediate-read"      // G1b: of a write that its transaction replaced
	// NonRepeatableRead: two reads of one object returned what two other
	// transactions wrote. It rules out read atomic and what is stronger.
	NonRepeatableRead ReadAnomalyKind = "non-repeatable-read"
)

// ReadAnomalies returns all kinds of wrong reads, worst first.
func ReadAnomalies() []ReadAnomalyKind {
	return []ReadAnomalyKind{GarbageRead, FutureRead, InternalRead, DirtyRead, IntermediateRead, NonRepeatableRead}
}

// RulesOut reports whether one read of this kind rules the model out.
func (k ReadAnomalyKind) RulesOut(m Model) bool {
	base, _ := m.Split()
	return k != NonRepeatableRead || base.strength() >= ReadAtomic.strength()
}

// ReadAnomaly is one kind of wrong read, and what was found of it.
type ReadAnomaly struct {
	Kind  ReadAnomalyKind
	Count int
	// Examples are the first few.
	Examples []WrongRead
}

// WrongRead is one read that is wrong by itself.
type WrongRead struct {
	Reader   history.TxnID
	ReaderOp int
	// Writer wrote what was read, by operation WriterOp; WriterOp is -1 where nobody did.
	// Of a non-repeatable read Writer is the one that the second read saw.
	Writer   history.TxnID
	WriterOp int
	// EarlierOp is, of a non-repeatable read, the first read, and of an
	// internal inconsistency the reader's own write; -1 otherwise.
	EarlierOp int
	Table     int
	Key       int64
	Value     int64
	Text      string
}
