// Package registers is what the formats of register histories have in common:
// sessions of transactions that read and write integers, where each value is
// written to a key once, and 0 is the value that every key has at first.
package registers

import (
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// Op reads or writes one key.
type Op struct {
	Write bool
	// Failed says that the statement failed: nobody knows what a read saw.
	Failed bool
	Key    int64
	Value  int64 // 0: the initial value
}

// Txn is one transaction.
type Txn struct {
	// Session counts the sessions, where they are read from 1; transactions of one session come in their order.
	Session int64
	// ID is the format's own name of the transaction, which messages use.
	ID      int64
	Outcome history.Outcome
	Ops     []Op
	At      scan.Place // where it begins; of binary files the line is 0 and the column counts bytes from 1

	// Start and End are only known of histories that are written.
	Start, End int64
}

// Header returns the header of a history that was read from a format.
func Header(format string) *history.Header {
	return &history.Header{
		Format: history.FormatVersion, Traces: history.Registers, Workload: "rw-register",
		Params: map[string]string{"format": format},
		Tables: []history.Table{{Name: "registers", Columns: []history.Column{{Name: "value", Type: history.Int}}}},
	}
}
