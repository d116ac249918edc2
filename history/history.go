// Package history is the record of a run: what every client asked of the
// database, and what it answered.
//
// Data passes through it in one direction. While a run goes on, each client
// hands its transactions, as they end, to its Recorder, which encodes them into
// a buffer of the client's own; a Writer gathers the buffers into the file.
// Later a Reader gives the transactions back, one at a time and in the same
// memory, to whoever checks or draws them; Follow gives them while the file is still being written. A whole history in memory is a
// History.
//
// The file format is described in README.md beside this file. The package knows
// no database and judges nothing.
package history

import "time"

// History is one run: the header, and every transaction, in the order in which they ended.
type History struct {
	Header Header
	// Statements are the SQL texts that were sent, with {key}, {version},
	// {set.N}, {update.N}
	// and {where.N} where the values of the operation go.
	Statements []string
	Txns       []Transaction
	Events     []Event
	// Closed says that the run ended in order and everything is here.
	Closed bool
}

// Transaction is one attempt of a client, from BEGIN to COMMIT or ROLLBACK. A retry is a new Transaction.
type Transaction struct {
	Client int
	Number int // counts the client's transactions, from 1
	// Name is what the workload calls it, such as "transfer".
	Name string
	// Level is what was asked of the database, where it differs from the header's.
	Level Level
	// ReadOnly and Deferrable say that it was begun READ ONLY, and DEFERRABLE (PostgreSQL).
	ReadOnly, Deferrable bool
	// Replica says that it ran on a replica of the server that all others ran on.
	Replica bool
	// Attempt is 0 for the first try of what the client wanted to do, n for the n-th retry.
	Attempt int
	// Start is when BEGIN was sent, Finish when COMMIT or ROLLBACK was sent,
	// End when its answer was there (or was given up), in nanoseconds since
	// the start of the run. Finish is 0 where neither was sent: the server
	// had already ended the transaction, or was gone.
	Start, Finish, End int64
	Outcome            Outcome
	// Error is why BEGIN or COMMIT failed. A statement's error is with its Op.
	Error *Error
	Ops   []Op
}

// ID returns the transaction's id, unique in the run.
func (t *Transaction) ID() TxnID { return MakeTxnID(t.Client, t.Number) }

// Failure returns the error that ended the transaction: its own, or that of its
// last operation; nil when it committed or aborted on purpose.
func (t *Transaction) Failure() *Error {
	if t.Error != nil || len(t.Ops) == 0 {
		return t.Error
	}
	return t.Ops[len(t.Ops)-1].Error
}

// Outcome is how a transaction ended, as far as its client knows.
type Outcome uint8

// The outcomes.
const (
	Committed Outcome = iota + 1
	Aborted
	// Indeterminate: the commit was sent and no answer came.
	Indeterminate
)

// Level is an isolation level as it is asked of a database.
type Level string

// The levels of the SQL standard, weakest first.
const (
	ReadUncommitted Level = "read-uncommitted"
	ReadCommitted   Level = "read-committed"
	RepeatableRead  Level = "repeatable-read"
	Serializable    Level = "serializable"
)

// Levels returns all levels, weakest first.
func Levels() []Level {
	return []Level{ReadUncommitted, ReadCommitted, RepeatableRead, Serializable}
}

// TimesParam is the name of the parameter with which an import says what stands for times where a history has none.
const TimesParam = "times"

// Timeless reports whether the history has no times: those of its transactions and operations say then at most in what
// order they were.
func (h *Header) Timeless() bool { return h.Params[TimesParam] != "" }

// Header says what was run.
type Header struct {
	Format int `json:"format"` // version of the file format, FormatVersion
	// Traces says how reads and writes are matched; empty means TracedRows.
	Traces        Traces `json:"traces,omitempty"`
	Isocheck      string `json:"isocheck,omitempty"`      // version of isocheck that recorded it
	Run           string `json:"run,omitempty"`           // id of the run
	Database      string `json:"database,omitempty"`      // postgres, mysql, mariadb
	ServerVersion string `json:"serverVersion,omitempty"` // as the server says it
	Level         Level  `json:"level,omitempty"`
	// Promise is the model that this database documents for the level;
	// PromiseSource is where.
	Promise       string `json:"promise,omitempty"`
	PromiseSource string `json:"promiseSource,omitempty"`
	Workload      string `json:"workload,omitempty"`
	Strategy      string `json:"strategy,omitempty"`
	Clients       int    `json:"clients,omitempty"`
	// Shards is how many processes recorded the run, each into a file of its own, 0 or 1 where it
	// was one; Shard is which of them recorded this file, from 0.
	Shard  int    `json:"shard,omitempty"`
	Shards int    `json:"shards,omitempty"`
	Seed   uint64 `json:"seed,omitempty"`
	// Params are the workload's and the run's other parameters.
	Params map[string]string `json:"params,omitempty"`
	// Settings are those of the server that matter, read back from a session.
	Settings   map[string]string `json:"settings,omitempty"`
	Tables     []Table           `json:"tables,omitempty"`
	Invariants []Invariant       `json:"invariants,omitempty"`
	Started    time.Time         `json:"started,omitzero"`
	// Parts is how many files the history was put together from, 0 or 1 where
	// it is one. The clocks of several parts do not compare exactly: then what
	// follows from real-time order proves nothing. It is not in the file.
	Parts int `json:"-"`
}

// Traces is how a history shows which write a read saw.
type Traces string

// The kinds of traces.
const (
	// TracedRows: every row has a version and names the one that it replaced.
	TracedRows Traces = ""
	// ListAppend: rows are lists (one text column) to which transactions append
	// elements that are unique per list; a read returns the whole list.
	ListAppend Traces = "list-append"
	// Registers: rows are single integers (one column); each value is written to
	// a row once, by an Update, so that a value names its write. 0, or no row, is the initial value.
	Registers Traces = "registers"
	// Untraced: nothing shows which write a read saw. Only the invariants can be checked.
	Untraced Traces = "untraced"
)

// Table is one traced table: an integer key, the columns, and the two columns
// version and previous that every traced table has.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns,omitempty"`
	// Indexes are the columns, by number, that have a secondary index.
	Indexes []int `json:"indexes,omitempty"`
	// Unique are the columns, by number, that have a unique index.
	Unique []int `json:"unique,omitempty"`
	// NotNegative are the columns with CHECK (column >= 0).
	NotNegative []int `json:"notNegative,omitempty"`
}

// Column is one column of a workload's table.
type Column struct {
	Name string    `json:"name"`
	Type ValueKind `json:"type"` // Int or Text
}

// Event is something that happened to the run as a whole, such as a fault or the loss of the server.
type Event struct {
	At     int64  `json:"at,omitempty"` // nanoseconds since the start of the run
	Kind   string `json:"kind,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// The kinds of events after which a history says less than was asked of it.
const (
	EventStopped          = "stopped"            // the run ended before its time
	EventServerLost       = "server-lost"        // every client lost its connection for good
	EventFinalStateUnread = "final-state-unread" // so that some invariants could not be checked
	EventKilled           = "kill"               // the server was killed on purpose
)

// FormatVersion is the version of the file format that this package writes.
const FormatVersion = 1
