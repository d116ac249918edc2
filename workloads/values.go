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

// over chooses the rows whose column is greater than n, under those where it is less, atLeast those where it is n or more.
func over(column int, n int64) history.Predicate {
	return history.Predicate{{Column: column, Cmp: history.Greater, Value: history.IntValue(n)}}
}

func under(column int, n int64) history.Predicate {
	return history.Predicate{{Column: column, Cmp: history.Less, Value: history.IntValue(n)}}
}

func atLeast(column int, n int64) history.Predicate {
	return history.Predicate{{Column: column, Cmp: history.GreaterEqual, Value: history.IntValue(n)}}
}

// both chooses the rows that both predicates choose.
func both(a, b history.Predicate) history.Predicate {
	return append(append(history.Predicate(nil), a...), b...)
}

// ints are integers as the columns of a row.
func ints(columns ...int64) []history.Value {
	values := make([]history.Value, len(columns))
	for i, n := range columns {
		values[i] = history.IntValue(n)
	}
	return values
}

// intColumns are columns that hold integers.
func intColumns(names ...string) []history.Column {
	columns := make([]history.Column, len(names))
	for i, name := range names {
		columns[i] = history.Column{Name: name, Type: history.Int}
	}
	return columns
}

// everyRow is the predicate that chooses all rows of a table.
func everyRow() history.Predicate { return nil }

// firstRows are rows with the keys from 1 to n that are all alike.
func firstRows(table, n int, columns ...int64) []Row {
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{Table: table, Key: int64(i + 1), Values: ints(columns...)}
	}
	return rows
}

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

// freshInTurn returns values that no other client gets either, and that grow about alike at all
// clients: 170003 is the 17th of client 3. As keys they are nearly in the order in which rows were made.
func freshInTurn(client int) func() int64 {
	value := int64(client)
	return func() int64 {
		value += valueSpread
		return value
	}
}

// valueSpread is a power of ten greater than the number of any client.
const valueSpread = 10_000

// readOnly are the options of a transaction that only reads: half of them say so to the database.
func readOnly(rng *rand.Rand) databases.TxOptions {
	return databases.TxOptions{Reads: true, ReadOnly: rng.IntN(2) == 0}
}

// abortIf makes a transaction that was drawn to abort on purpose do so.
func abortIf(abort bool, tx *databases.Tx) {
	if abort {
		tx.Abort()
	}
}
