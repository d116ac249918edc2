package probes

import (
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Step is one statement of one session.
type Step struct {
	// Session is the session's number, from 1.
	Session int
	// Text is the statement as it is written: update 1 set value=11.
	Text string
	// Line is where it stands in its file.
	Line   int
	Action Action
	// Options are those of a Begin.
	Options databases.TxOptions
	// Op is what an Operate sends: all of it that a client gives.
	Op history.Op
	// If says when the step is taken at all.
	If Condition
}

// Action is what a step does.
type Action uint8

// The actions.
const (
	// Operate sends one operation. It begins a transaction where none is open.
	Operate Action = iota
	// Begin begins a transaction.
	Begin
	// Commit and Rollback end it. They do nothing where it has ended already,
	// because a statement failed.
	Commit
	Rollback
)

// Condition says when a step is taken, by what the session's last statement answered.
type Condition uint8

// The conditions.
const (
	Always Condition = iota
	// IfNone: it read, or wrote, no row.
	IfNone
	// IfFound: it read, or wrote, at least one.
	IfFound
)

// Ends reports whether the session's transaction is over when the step has been
// taken, whatever the session was answered.
func (s *Step) Ends() bool {
	return (s.Action == Commit || s.Action == Rollback) && s.If == Always
}
