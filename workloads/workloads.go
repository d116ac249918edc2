// Package workloads holds what clients run: tables, transactions, and the
// invariant that the transactions keep if they are isolated.
//
// A Workload is a value. The harness asks it for an Instance with the run's
// parameters, makes the Instance's tables, puts its rows in, and then asks it,
// once per client, for that client's stream of transactions. Every random choice of a
// transaction is drawn when it is generated, not while it runs, so that the same seed asks
// the same of every client whatever the database answers.
//
// A strategy is how a workload's transactions guard themselves. It is a name, a
// sentence and the few lines in which it differs from the others.
//
// No SQL is written here: the operations of databases.Tx are rendered by each dialect.
//
// # A workload of one's own
//
// A workload is one file: its tables, the bodies of its transactions, which read
// like a textbook's because the operations record themselves and errors stick, and
// its invariants, which are data (history.Invariant). The package's example has
// one from beginning to end. Give it to harness.Run as it is; with Register in an
// init function, All and Find know it too.
package workloads

import (
	"math/rand/v2"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Workload is one kind of work, in one or several strategies.
type Workload struct {
	Name    string
	Summary string // one sentence, without a full stop
	// Strategies are the ways in which its transactions can guard themselves, the default first.
	Strategies []Strategy
	// Default says that the workload belongs to a run that names none.
	Default bool
	// Keys, Length, ReadShare and Rotate are what Params says of the same name
	// unless somebody asks for something else. Where Length or
	// Rotate is 0, or ReadShare, the workload has nothing of the kind.
	Keys      int
	Length    int
	ReadShare float64
	Rotate    int
	// New returns the workload with these parameters, which have gone through Complete.
	New func(Params) Instance

	order int // among isocheck's own
}

// Strategy is how a workload's transactions guard themselves.
type Strategy struct {
	Name    string
	Summary string // one sentence, without a full stop
	// Needs are the features without which the strategy does not exist on a database.
	Needs []databases.Feature
	// Level, if not "", is the level of its transactions whatever level the run is at.
	Level history.Level
	// Retries is how often a client tries again what failed because others were at work too.
	Retries int
}

// Missing returns what the strategy needs and the product does not have: nothing
// if the strategy exists there.
func (w Workload) Missing(strategy, product string) []databases.Feature {
	var missing []databases.Feature
	for _, s := range w.Strategies {
		for _, need := range s.Needs {
			if s.Name == strategy && !databases.Supports(product, need) {
				missing = append(missing, need)
			}
		}
	}
	return missing
}

// Instance is a workload with its parameters.
type Instance struct {
	Tables     []history.Table
	Invariants []history.Invariant
	// Rows are there when the clients start.
	Rows []Row
	// Client returns the generator of one client's transactions, which draws from
	// rng alone. Clients count from 1.
	Client func(client int, rng *rand.Rand) Generator
	// Params are the parameters as people read them, for the history's header.
	Params map[string]string
}

// Row is one row that a workload starts with.
type Row struct {
	Table  int
	Key    int64
	Values []history.Value
}

// Generator returns a client's next transaction each time it is called. It is
// called by one goroutine, and not again before the transaction has been run.
type Generator func() Transaction

// Transaction is one transaction to run.
type Transaction struct {
	Name    string // such as "transfer"
	Options databases.TxOptions
	// Before is how long the client is busy with something else before it begins
	// the transaction: a slow call made outside of it.
	Before time.Duration
	Body   func(*databases.Tx)
	// Retries is how often the client tries again, each time in a new transaction, after a
	// serialization failure, a deadlock, a lock that it did not get or Tx.Retry. A body that may
	// run again must not change what it has drawn.
	Retries int
}
