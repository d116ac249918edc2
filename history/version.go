package history

import "fmt"

// Version identifies one write of one object. It is made of the client that
// wrote, the client's transaction counter and the operation's index, so that it
// is unique across processes and leads to its transaction by arithmetic. It has
// at most 53 bits: every JSON reader keeps it exact.
//
// The zero Version is the initial one: the state of an object before anything
// wrote it, that is, a row that does not exist yet.
type Version int64

// TxnID identifies one transaction: the client and the client's transaction
// counter. Like Version it is unique across the processes of a run.
type TxnID int64

const (
	opBits     = 10
	numberBits = 30
	clientBits = 13

	// MaxOps is how many operations one transaction may have.
	MaxOps = 1 << opBits
	// MaxNumber is the highest transaction counter of one client.
	MaxNumber = 1<<numberBits - 1
	// MaxClient is the highest client number.
	MaxClient = 1<<clientBits - 1
)

// MakeTxnID returns the id of a client's number-th transaction. Clients count
// from 0 (0 sets the tables up), transactions from 1.
func MakeTxnID(client, number int) TxnID {
	return TxnID(client)<<numberBits | TxnID(number)
}

// Client returns the number of the client that ran the transaction.
func (id TxnID) Client() int { return int(id >> numberBits) }

// Number returns which of its client's transactions this is, from 1.
func (id TxnID) Number() int { return int(id & MaxNumber) }

// Version returns the version that the transaction's op-th operation writes.
func (id TxnID) Version(op int) Version { return Version(id)<<opBits | Version(op) }

// String returns the id as people read it: client 3's 17th transaction is "3.17".
func (id TxnID) String() string { return fmt.Sprintf("%d.%d", id.Client(), id.Number()) }

// Txn returns the transaction that wrote the version.
func (v Version) Txn() TxnID { return TxnID(v >> opBits) }

// Op returns the index of the operation, within its transaction, that wrote the version.
func (v Version) Op() int { return int(v & (MaxOps - 1)) }

// String returns the version as people read it: "3.17.2" is what operation 2 of
// client 3's 17th transaction wrote, "initial" the zero version.
func (v Version) String() string {
	if v == 0 {
		return "initial"
	}
	return fmt.Sprintf("%s.%d", v.Txn(), v.Op())
}
