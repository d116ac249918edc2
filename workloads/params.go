package workloads

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/isocheck/isocheck/history"
)

// Params are the parameters of a run that workloads look at. The zero Params
// asks for every default. What a workload has nothing of, such as a length of
// transactions that are all alike, it does not look at.
type Params struct {
	// Strategy is the name of one of the workload's strategies; "" is the first.
	Strategy string
	// Level is the level of the run, for workloads some of whose transactions ask for another one.
	Level history.Level
	// Clients is how many clients run at a time; 0 is DefaultClients.
	Clients int
	// AbortShare is the share of the writing transactions, from 0 to 1, that
	// abort on purpose after writing; 0 is DefaultAbortShare, less than 0 is none.
	AbortShare float64
	// Keys is how many things the clients contend for: counters, accounts,
	// groups of rows, lists; 0 is the workload's own number. The fewer, the more contention.
	Keys int
	// Distribution is how often each of the keys is drawn; "" is Uniform.
	Distribution Distribution
	// Length is the most operations of a transaction, where they are drawn one by one; 0 is the workload's own.
	Length int
	// ReadShare is the share, from 0 to 1, of transactions, or of the operations
	// where these are drawn one by one, that only read; 0 is the workload's own,
	// less than 0 is none.
	ReadShare float64
	// Rotate is how often a key is written before a new one takes its
	// place; 0 is the workload's own.
	Rotate int
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
	var ok bool
	if p.AbortShare, ok = share(p.AbortShare, DefaultAbortShare); !ok {
		return p, fmt.Errorf("a share of %v of the transactions cannot abort: it takes at most 1", p.AbortShare)
	}
	if p.ReadShare, ok = share(p.ReadShare, w.ReadShare); !ok {
		return p, fmt.Errorf("a share of %v cannot be reads: it takes at most 1", p.ReadShare)
	}
	return w.completeKeys(p)
}

// share returns a share that was asked for, or the usual one for 0; less than 0 is
// none. It is not ok if there is no such share.
func share(asked, usual float64) (float64, bool) {
	switch {
	case asked == 0:
		return usual, true
	case asked < 0:
		return 0, true
	}
	return asked, asked <= 1 // NaN is not
}

// completeKeys completes what is about keys and operations.
func (w Workload) completeKeys(p Params) (Params, error) {
	if p.Keys == 0 {
		p.Keys = w.Keys
	}
	if p.Keys < leastKeys || p.Keys > mostKeys {
		noun := "keys"
		if p.Keys == 1 {
			noun = "key"
		}
		return p, fmt.Errorf("%d %s for workload %s: it takes from %d to %d", p.Keys, noun, w.Name, leastKeys, mostKeys)
	}
	if p.Distribution == "" {
		p.Distribution = Uniform
	}
	if err := p.Distribution.check(); err != nil {
		return p, err
	}
	if p.Length == 0 || w.Length == 0 {
		p.Length = w.Length
	}
	if p.Length < 0 || p.Length > mostLength {
		return p, fmt.Errorf("transactions of %d operations: it takes from 1 to %d", p.Length, mostLength)
	}
	if p.Rotate == 0 || w.Rotate == 0 {
		p.Rotate = w.Rotate
	}
	if p.Rotate < 0 || p.Rotate > mostWrites {
		return p, fmt.Errorf("%d writes to a key before it rotates: it takes from 1 to %d", p.Rotate, mostWrites)
	}
	return p, nil
}

// Two keys are what a transaction over two objects takes. The rows that a run
// starts with, and ends by reading, are kept to a number that takes no time. A
// transaction may draw as many operations as leave room for what they entail, and
// a list may get as long as a column has room for.
const (
	leastKeys  = 2
	mostKeys   = 100_000
	mostLength = history.MaxOps / 4
	mostWrites = 10_000
)

// header returns the parameters as people read them, keys by the name that the workload has for them.
func (p Params) header(keys string) map[string]string {
	h := map[string]string{
		keys: strconv.Itoa(p.Keys), "distribution of keys": string(p.Distribution),
		"share of reads": strconv.FormatFloat(p.ReadShare, 'g', -1, 64),
	}
	if p.Length > 0 {
		h["operations"] = strconv.Itoa(p.Length)
	}
	if p.Rotate > 0 {
		h["writes per key"] = strconv.Itoa(p.Rotate)
	}
	return h
}

// reads draws whether the next transaction, or operation, only reads.
func (p Params) reads(rng *rand.Rand) bool { return rng.Float64() < p.ReadShare }

// aborts draws whether a transaction that writes aborts on purpose.
func (p Params) aborts(rng *rand.Rand) bool { return rng.Float64() < p.AbortShare }

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
