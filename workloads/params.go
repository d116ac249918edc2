package workloads

import (
	"fmt"

	"github.com/isocheck/isocheck/history"
)

// Params are the parameters of a run that workloads look at. The zero Params
// asks for every default.
type Params struct {
	// Strategy is the name of one of the workload's strategies; "" is the first.
	Strategy string
	// Clients is how many clients run at a time; 0 is DefaultClients.
	Clients int
	// AbortShare is the share of the writing transactions, from 0 to 1, that
	// abort on purpose after writing; 0 is DefaultAbortShare, less than 0 is none.
	AbortShare float64
	// Keys is how many things the clients contend for: counters, accounts,
	// groups of rows, lists; 0 is the workload's own number. The fewer, the more contention.
	Keys int
}

// The defaults of Params.
const (
	DefaultClients    = 8
	DefaultAbortShare = 0.05
)

// Complete returns the parameters with the workload's defaults filled in, or an
// error that says which parameter cannot be.
func (w Workload) Complete(p Params) (Params, error) {
	if p.Strategy == "" {
		p.Strategy = w.Strategies[0].Name
	}
	if err := w.knows(p.Strategy); err != nil {
		return p, err
	}
	if p.Clients == 0 {
		p.Clients = DefaultClients
	}
	if p.Clients < 1 || p.Clients > history.MaxClient {
		return p, fmt.Errorf("%d clients: it takes from 1 to %d", p.Clients, history.MaxClient)
	}
	switch {
	case p.AbortShare == 0:
		p.AbortShare = DefaultAbortShare
	case p.AbortShare < 0:
		p.AbortShare = 0
	case !(p.AbortShare <= 1): // NaN too
		return p, fmt.Errorf("a share of %v of the transactions cannot abort: it takes at most 1", p.AbortShare)
	}
	if p.Keys == 0 {
		p.Keys = w.Keys
	}
	if p.Keys < leastKeys || p.Keys > mostKeys {
		return p, fmt.Errorf("%d keys for workload %s: it takes from %d to %d", p.Keys, w.Name, leastKeys, mostKeys)
	}
	return p, nil
}

// Two keys are what a transaction over two objects takes. The rows that a run
// starts with, and ends by reading, are kept to a number that takes no time.
const (
	leastKeys = 2
	mostKeys  = 100_000
)

// knows returns an error that lists the workload's strategies if it has none of that name.
func (w Workload) knows(strategy string) error {
	names := make([]string, len(w.Strategies))
	for i, s := range w.Strategies {
		if s.Name == strategy {
			return nil
		}
		names[i] = s.Name
	}
	return unknown("strategy of workload "+w.Name, strategy, names)
}
