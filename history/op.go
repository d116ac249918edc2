package history

// Kind is what an operation does.
type Kind uint8

// The kinds of operations. Read, Insert, Update, Delete, Append, InsertIgnore and
// Upsert name one row by its key; ReadWhere, UpdateWhere and DeleteWhere name rows
// by a predicate; Savepoint, RollbackTo, Release and Advisory name no row.
const (
	Read Kind = iota + 1
	ReadWhere
	Insert
	Update
	UpdateWhere
	Delete
	DeleteWhere
	// Append adds a value to the end of a row's list, and makes the row when
	// it is not there: the operation of Elle's list-append workload.
	Append
	// Savepoint makes the savepoint whose number is Key, RollbackTo undoes what
	// the transaction did since (the savepoint stays), Release forgets the
	// savepoint and keeps what was done. A number that is used again hides the
	// earlier savepoint of that number until it is released.
	Savepoint
	RollbackTo
	Release
	// InsertIgnore inserts the row unless a row with its key, or with its value in a
	// unique column, is there: INSERT … ON CONFLICT DO NOTHING. No rows mean that it was refused.
	InsertIgnore
	// Upsert inserts the row (Set), or assigns Update where one with its key is there: INSERT …
	// ON CONFLICT (id) DO UPDATE SET …. Where its Where does not hold for
	// the row that is there, it leaves that as it is, and no rows say so.
	Upsert
	// Advisory takes the advisory lock that Key names, until the transaction ends.
	Advisory
)

// Writes reports whether operations of this kind write rows.
func (k Kind) Writes() bool {
	return k >= Insert && k <= Append || k == InsertIgnore || k == Upsert
}

// NamesRow reports whether operations of this kind choose one row by its key.
func (k Kind) NamesRow() bool {
	return k != ReadWhere && k != UpdateWhere && k != DeleteWhere && (k <= Append || k.Writes())
}

// ByPredicate reports whether operations of this kind choose rows by a predicate.
func (k Kind) ByPredicate() bool { return k == ReadWhere || k == UpdateWhere || k == DeleteWhere }

// Lock is what a read locks, and how it behaves when another transaction holds the lock.
type Lock uint8

// The lock modes of reads.
const (
	NoLock     Lock = iota
	ForShare        // SELECT … FOR SHARE
	ForUpdate       // SELECT … FOR UPDATE
	NoWait          // FOR UPDATE NOWAIT: an error instead of a wait
	SkipLocked      // FOR UPDATE SKIP LOCKED: leaves out rows that are locked
)

// Op is one statement of a transaction as the client saw it.
type Op struct {
	Kind  Kind
	Lock  Lock
	Table int   // index into Header.Tables
	Key   int64 // of the row, where Kind names one row; of the savepoint or of the advisory lock
	// Where chooses the rows, where Kind.ByPredicate. An Update or Delete with a
	// Where is of the row with the key if that also matches: no rows then mean
	// that there was none, or one that did not match. Of an Upsert see there.
	Where Predicate
	// Limit, if not 0, is the most rows a ReadWhere asks for, lowest keys
	// first. Rows that are absent then prove nothing.
	Limit int
	// Set is what a write assigns. An Insert sets every column.
	Set []Assign
	// Update is what an Upsert assigns where the row is there.
	Update []Assign
	// Rows is what the database answered: of a read the rows it returned, of a
	// write the rows it wrote, each with the version that it replaced.
	Rows []Row
	// Gap says that a write also wrote rows which Rows does not name, because
	// the database did not tell which.
	Gap bool
	// Start and End are when the statement was sent and when its answer was
	// there, in nanoseconds since the start of the run.
	Start, End int64
	// Statement is the index into History.Statements of the SQL that was sent, -1 if none.
	Statement int
	// Error is set where the statement failed; Rows is then empty.
	Error *Error
}

// Row is one row that an operation read or wrote.
type Row struct {
	Key int64
	// Version is the version of the row that was read, or that was written.
	Version Version
	// Previous is the version that Version replaced. Of a row that was
	// written it is known unless the operation's Gap is set.
	Previous Version
	// Values are the row's columns in the table's order, for reads; nil for writes.
	Values []Value
}

// AssignOp is how an assignment makes the new value of a column.
type AssignOp uint8

// The ways to assign.
const (
	Set    AssignOp = iota // column = value
	Add                    // column = column + value
	Concat                 // column = column || ',' || value; a list of one when the column is empty
)

// Assign gives one column its new value.
type Assign struct {
	Column int // index into Table.Columns
	Op     AssignOp
	Value  Value
}

// Error is why a statement, or a commit, failed.
type Error struct {
	Class   ErrorClass
	Code    string // the server's own: SQLSTATE on PostgreSQL, the error number on MySQL
	Message string
}

// Error returns the message with the server's code.
func (e *Error) Error() string {
	if e.Code == "" {
		return string(e.Class) + ": " + e.Message
	}
	return string(e.Class) + " (" + e.Code + "): " + e.Message
}

// ErrorClass is what kind of failure an Error is, the same for every database.
type ErrorClass string

// The classes of errors.
const (
	SerializationFailure ErrorClass = "serialization-failure" // 40001; MariaDB's 1020
	Deadlock             ErrorClass = "deadlock"              // 40P01; 1213
	LockTimeout          ErrorClass = "lock-timeout"          // 55P03 by lock_timeout; 1205
	LockUnavailable      ErrorClass = "lock-unavailable"      // NOWAIT found the row locked
	Constraint           ErrorClass = "constraint"            // unique, check, foreign key
	ConnectionLost       ErrorClass = "connection-lost"
	Cancelled            ErrorClass = "cancelled" // isocheck itself gave up: the run was stopped
	OtherError           ErrorClass = "other"
)
