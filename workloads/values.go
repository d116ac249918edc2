package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Set assigns an integer to a column: column = n.
func Set(column int, n int64) history.Assign {
	return history.Assign{Column: column, Value: history.IntValue(n)}
}

// Add adds to an integer column: column = column + n.
func Add(column int, n int64) history.Assign {
	return history.Assign{Column: column, Op: history.Add, Value: history.IntValue(n)}
}

// Where chooses the rows whose column equals n.
func Where(column int, n int64) history.Predicate {
	return history.Predicate{{Column: column, Cmp: history.Equal, Value: history.IntValue(n)}}
}

// everyRow is the predicate that chooses all rows of a table.
func everyRow() history.Predicate { return nil }

// FreshKeys returns the keys for the rows that one client inserts. No client
// ever gets a key twice, nor one of another client's, nor one below 10^10, where
// the rows are that are there from the start: so the versions of a row are one
// chain, from one insert to at most one delete. The keys keep to 53 bits.
func FreshKeys(client int) func() int64 {
	key := int64(client) * keysPerClient
	return func() int64 {
		key++
		return key
	}
}

// keysPerClient leaves a key for every transaction that a client can count, and
// is a power of ten: key 30000000017 is the 17th of client 3.
const keysPerClient = 10_000_000_000

// twoOf draws two different numbers from 1 to n.
func twoOf(rng *rand.Rand, n int) (int64, int64) {
	a, b := 1+rng.Int64N(int64(n)), 1+rng.Int64N(int64(n-1))
	if b >= a {
		b++
	}
	return a, b
}

// abortIf makes a transaction that was drawn to abort on purpose do so.
func abortIf(abort bool, tx *databases.Tx) {
	if abort {
		tx.Abort()
	}
}
