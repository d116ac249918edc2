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
package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Workload is one kind of work, in one or several strategies.
type Workload struct {
	Name    string
	Summary string // one sentence, without a full stop
	// Strategies are the ways in which its transactions can guard themselves, the default first.
	Strategies []Strategy
	// Keys is what Params.Keys is unless somebody asks for another number.
	Keys int
	// New returns the workload with these parameters, which have gone through Complete.
	New func(Params) Instance
}

// Strategy is how a workload's transactions guard themselves.
type Strategy struct {
	Name    string
	Summary string // one sentence, without a full stop
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
	Name string // such as "transfer"
	Body func(*databases.Tx)
}
