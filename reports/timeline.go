package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// timeline is a witness as one list of steps in the order in which they were
// sent, the way two or three people would type it into as many sessions.
type timeline struct {
	Steps []step
	// Omitted is, for each transaction, how many of its operations are left
	// out because it has too many to show.
	Omitted []int
}

// step is one thing that a client sent: BEGIN, a statement, COMMIT or ROLLBACK.
type step struct {
	Number int // from 1
	Txn    int // index into Witness.Transactions
	Kind   stepKind
	Op     int // index into the transaction's operations, -1 for all but statements
	// Start and End are when it was sent and answered, in nanoseconds since
	// the start of the run. The answer to BEGIN is not recorded: End is Start.
	Start, End int64
	// Evidence says that one of the witness's edges rests on this statement.
	Evidence bool
}

type stepKind string

const (
	stepBegin     stepKind = "begin"
	stepStatement stepKind = "statement"
	stepCommit    stepKind = "commit"
	stepRollback  stepKind = "rollback"
	// stepEnded: neither was sent, the server had ended the transaction or was gone.
	stepEnded stepKind = "ended"
)

// maxOperations is how many operations of one transaction a witness shows. One
// that has more, such as the transaction that put the rows in, shows those that are evidence.
const maxOperations = 20

// newTimeline puts a witness's steps in order.
func newTimeline(w *checker.Witness) timeline {
	var l timeline
	for n := range w.Transactions {
		t := &w.Transactions[n]
		l.Steps = append(l.Steps, step{Txn: n, Kind: stepBegin, Op: -1, Start: t.Start, End: t.Start})
		shown := shownOperations(w, n)
		for _, op := range shown {
			l.Steps = append(l.Steps, step{
				Txn: n, Kind: stepStatement, Op: op, Start: t.Ops[op].Start, End: t.Ops[op].End, Evidence: isEvidence(w, n, op),
			})
		}
		l.Omitted = append(l.Omitted, len(t.Ops)-len(shown))
		last := step{Txn: n, Kind: endOf(t), Op: -1, Start: t.Finish, End: t.End}
		if last.Kind == stepEnded {
			last.Start = t.End
		}
		l.Steps = append(l.Steps, last)
	}
	slices.SortStableFunc(l.Steps, func(a, b step) int {
		switch {
		case a.Start < b.Start:
			return -1
		case a.Start > b.Start:
			return 1
		}
		return 0
	})
	for i := range l.Steps {
		l.Steps[i].Number = i + 1
	}
	return l
}

// shownOperations returns the operations of a transaction that are shown, by index.
func shownOperations(w *checker.Witness, txn int) []int {
	count := len(w.Transactions[txn].Ops)
	var shown []int
	for op := range count {
		if count <= maxOperations || isEvidence(w, txn, op) {
			shown = append(shown, op)
		}
	}
	return shown
}

func isEvidence(w *checker.Witness, txn, op int) bool {
	return slices.ContainsFunc(w.Edges, func(e checker.Edge) bool {
		return e.From == txn && e.FromOp == op || e.To == txn && e.ToOp == op
	})
}

// endOf says how a transaction was ended, as far as its client knows.
func endOf(t *history.Transaction) stepKind {
	switch {
	case t.Finish == 0 && t.End != 0: // else the history has no times
		return stepEnded
	case t.Outcome != history.Aborted:
		return stepCommit
	case t.Error != nil && t.Error.Class != history.ConnectionLost && lastError(t) == nil:
		return stepCommit // that the server refused
	}
	return stepRollback
}

func lastError(t *history.Transaction) *history.Error {
	if len(t.Ops) == 0 {
		return nil
	}
	return t.Ops[len(t.Ops)-1].Error
}

// stepText is what the client sent, as SQL where that is known.
func stepText(f *checker.Findings, w *checker.Witness, s step) string {
	switch s.Kind {
	case stepBegin:
		return "BEGIN"
	case stepStatement:
		return sqlOf(&f.Header, f.Statements, &w.Transactions[s.Txn], s.Op)
	case stepCommit:
		return "COMMIT"
	case stepRollback:
		return "ROLLBACK"
	}
	return "(ended by the server)"
}

// stepError is why the step failed, nil if it did not.
func stepError(w *checker.Witness, s step) *history.Error {
	t := &w.Transactions[s.Txn]
	switch s.Kind {
	case stepStatement:
		return t.Ops[s.Op].Error
	case stepBegin:
		if len(t.Ops) == 0 && t.Finish == 0 {
			return t.Error
		}
		return nil
	case stepEnded:
		if len(t.Ops) == 0 {
			return nil
		}
	}
	return t.Error
}

// stepRemark says what else is to be known about a step: that it waited while
// another transaction ended, that a rollback was on purpose, that a commit's fate is unknown.
func stepRemark(h *history.Header, w *checker.Witness, s step) string {
	t := &w.Transactions[s.Txn]
	switch {
	case s.Kind == stepBegin && t.Replica:
		return "on the replica"
	case s.Kind == stepRollback && t.Failure() == nil && h.Database != "": // else the history does not say why
		return "on purpose"
	case s.Kind == stepCommit && t.Outcome == history.Indeterminate:
		return "no answer came: nobody knows whether it committed"
	}
	ended := waitedFor(w, s)
	if len(ended) == 0 || timeless(h, w) || severalClocks(h) {
		return ""
	}
	var names []string
	for _, n := range ended {
		names = append(names, txnLabel(n)+" "+outcomeName(w.Transactions[n].Outcome))
	}
	return "took " + duration(s.End-s.Start) + ", in which " + list(names)
}

// timeless reports whether a witness's steps have no times, only an order.
func timeless(h *history.Header, w *checker.Witness) bool {
	return h.Timeless() || !slices.ContainsFunc(w.Transactions, func(t history.Transaction) bool { return t.Start != 0 || t.End != 0 })
}

// severalClocks reports whether the times of different clients come from clocks that differ.
func severalClocks(h *history.Header) bool { return h.Parts > 1 }

// clocksRemark says what the order of a witness's steps is worth where several clocks took it, and is "" elsewhere.
func clocksRemark(h *history.Header, w *checker.Witness) string {
	if !severalClocks(h) || timeless(h, w) || !slices.ContainsFunc(w.Transactions, func(t history.Transaction) bool { return t.Client != w.Transactions[0].Client }) {
		return ""
	}
	return "Several processes recorded this, by clocks that differ: steps of different clients may have come in another order."
}

// waitedFor returns the transactions, by index, that a statement may have waited for.
func waitedFor(w *checker.Witness, s step) []int {
	if s.Kind != stepStatement {
		return nil
	}
	var ended []int
	for n := range w.Transactions {
		if n != s.Txn && endedMeanwhile(&w.Transactions[s.Txn].Ops[s.Op], &w.Transactions[n]) {
			ended = append(ended, n)
		}
	}
	return ended
}

// endedMeanwhile reports whether the other transaction, which wrote a row that
// the operation names or answered with, ended while the operation was under way:
// then it may have waited for it.
func endedMeanwhile(op *history.Op, other *history.Transaction) bool {
	locks := op.Kind.Writes() || op.Lock == history.ForShare || op.Lock == history.ForUpdate
	if !locks || other.Finish == 0 || op.Start >= other.Finish || op.End < other.Finish {
		return false
	}
	return slices.ContainsFunc(other.Ops, func(o history.Op) bool {
		return o.Table == op.Table && o.Kind.Writes() && slices.ContainsFunc(o.Rows, func(r history.Row) bool {
			return !op.Kind.ByPredicate() && r.Key == op.Key ||
				slices.ContainsFunc(op.Rows, func(own history.Row) bool { return own.Key == r.Key })
		})
	})
}

// txnLabel is a transaction's name inside a witness: T1.
func txnLabel(n int) string { return "T" + number(n+1) }

// txnTitle says which transaction that is: "transfer, client 3, its 17th".
func txnTitle(t *history.Transaction) string {
	parts := []string{"client " + number(t.Client), "transaction " + number(t.Number)}
	if t.Name != "" {
		parts = append([]string{t.Name}, parts...)
	}
	if t.Replica {
		parts = append(parts, "on the replica")
	}
	return strings.Join(parts, ", ")
}

func outcomeName(o history.Outcome) string {
	switch o {
	case history.Committed:
		return "committed"
	case history.Aborted:
		return "rolled back"
	case history.Indeterminate:
		return "sent its commit without an answer"
	}
	return "ended"
}
