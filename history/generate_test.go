package history

import (
	"math"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// testHeader is a header that has something in every field.
func testHeader() Header {
	return Header{
		Format: FormatVersion, Isocheck: "v1.2.3", Run: "r7", Database: "postgres", ServerVersion: "17.2",
		Level: RepeatableRead, Promise: "snapshot-isolation", PromiseSource: "https://example.org/?a=b&c=<d>",
		Workload: "bank", Strategy: "plain", Clients: 3, Seed: math.MaxUint64,
		Params:   map[string]string{"accounts": "8"},
		Settings: map[string]string{"level": "repeatable-read", "autocommit": "on"},
		Tables: []Table{
			{Name: "accounts", Columns: []Column{{"balance", Int}}, NotNegative: []int{0}},
			{Name: "names", Columns: []Column{{"name", Text}, {"grp", Int}, {"note", Text}}, Indexes: []int{1}, Unique: []int{0}},
		},
		Invariants: []Invariant{{Kind: ConstantSum, Name: "bank total", Value: 800}},
		Started:    time.Date(2026, 2, 3, 4, 5, 6, 789, time.UTC),
	}
}

// testStatements are the texts that generated operations refer to.
var testStatements = []string{"SELECT balance, version FROM accounts WHERE id = {key}", "UPDATE … < 3", "\"'\\\n"}

// times draws the numbers that are likely to be wrong in a codec more often than others.
func times() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.Int64Range(0, maxTime), rapid.Int64Range(0, 99), rapid.SampledFrom([]int64{
		0, 9, 10, 99999999, 100000000, 9999999999999999, 10000000000000000, 999999999999999999, 1000000000000000000, maxTime,
	}))
}

func integers() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.Int64(), rapid.Int64Range(-99, 99), rapid.SampledFrom([]int64{
		0, math.MinInt64, math.MaxInt64, 99999999, 100000000, 1e15, 1e16, 1e17, 1e18, 999999999999999999, -1,
	}))
}

func versions() *rapid.Generator[Version] {
	return rapid.Map(rapid.Int64Range(0, 1<<53-1), func(n int64) Version { return Version(n) })
}

// texts draws valid UTF-8, with every character that needs an escape somewhere.
func texts() *rapid.Generator[string] {
	odd := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("\x00\x01\x1f\"\\/\b\f\n\r\t\x7f\u0080é\u2028\u2029\ufffd\U0001f600")), rapid.Rune()))
	return rapid.OneOf(odd, rapid.StringMatching(`[a-z,0-9]{0,80}`)).Filter(utf8.ValidString)
}

func someValues() *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value {
		switch rapid.IntRange(0, 2).Draw(t, "value kind") {
		case 0:
			return Value{}
		case 1:
			return IntValue(integers().Draw(t, "int"))
		default:
			return TextValue(texts().Draw(t, "text"))
		}
	})
}

func someErrors() *rapid.Generator[*Error] {
	return rapid.Custom(func(t *rapid.T) *Error {
		if rapid.IntRange(0, 3).Draw(t, "has error") > 0 {
			return nil
		}
		return &Error{
			Class:   rapid.SampledFrom([]ErrorClass{SerializationFailure, Deadlock, "a new class"}).Draw(t, "class"),
			Code:    rapid.SampledFrom([]string{"", "40001", "1213"}).Draw(t, "code"),
			Message: texts().Draw(t, "message"),
		}
	})
}

// interval draws the start and the end of something.
func interval(t *rapid.T) (start, end int64) {
	start, end = times().Draw(t, "start"), times().Draw(t, "end")
	return min(start, end), max(start, end)
}

// someOps draws operations that are valid under the header.
func someOps(h *Header) *rapid.Generator[Op] {
	return rapid.Custom(func(t *rapid.T) Op {
		o := Op{
			Kind: rapid.Custom(func(t *rapid.T) Kind { return Kind(rapid.IntRange(1, int(Advisory)).Draw(t, "n")) }).Draw(t, "kind"),
			Lock: Lock(rapid.IntRange(0, 4).Draw(t, "lock")), Table: rapid.IntRange(0, len(h.Tables)-1).Draw(t, "table"),
			Key: integers().Draw(t, "key"), Limit: rapid.SampledFrom([]int{0, 1, math.MaxInt32}).Draw(t, "limit"),
			Gap: rapid.Bool().Draw(t, "gap"), Statement: rapid.IntRange(-1, len(testStatements)-1).Draw(t, "statement"),
			Error: someErrors().Draw(t, "error"),
		}
		o.Start, o.End = interval(t)
		columns := len(h.Tables[o.Table].Columns)
		for range rapid.IntRange(0, 2).Draw(t, "conditions") {
			o.Where = append(o.Where, Condition{
				Column: rapid.IntRange(0, columns-1).Draw(t, "column"),
				Cmp:    Comparison(rapid.IntRange(0, 5).Draw(t, "comparison")), Value: someValues().Draw(t, "value"),
			})
		}
		for range rapid.IntRange(0, 2).Draw(t, "assignments") {
			o.Set = append(o.Set, Assign{
				Column: rapid.IntRange(0, columns-1).Draw(t, "column"),
				Op:     AssignOp(rapid.IntRange(0, 2).Draw(t, "assignment")), Value: someValues().Draw(t, "value"),
			})
		}
		for range rapid.IntRange(0, 2).Draw(t, "updates") {
			o.Update = append(o.Update, Assign{
				Column: rapid.IntRange(0, columns-1).Draw(t, "column"),
				Op:     AssignOp(rapid.IntRange(0, 2).Draw(t, "assignment")), Value: someValues().Draw(t, "value"),
			})
		}
		for range rapid.IntRange(0, 3).Draw(t, "rows") {
			r := Row{Key: integers().Draw(t, "key"), Version: versions().Draw(t, "version"), Previous: versions().Draw(t, "previous")}
			if rapid.Bool().Draw(t, "has values") {
				r.Values = rapid.SliceOfN(someValues(), columns, columns).Draw(t, "values")
			}
			o.Rows = append(o.Rows, r)
		}
		return o
	})
}

// someTransactions draws transactions that are valid under the header.
func someTransactions(h *Header) *rapid.Generator[Transaction] {
	return rapid.Custom(func(t *rapid.T) Transaction {
		txn := Transaction{
			Client: rapid.IntRange(0, MaxClient).Draw(t, "client"), Number: rapid.IntRange(1, MaxNumber).Draw(t, "number"),
			Name: texts().Draw(t, "name"), Level: rapid.SampledFrom(append(Levels(), "")).Draw(t, "level"),
			Finish: times().Draw(t, "finish"), Outcome: Outcome(rapid.IntRange(1, 3).Draw(t, "outcome")),
			Error:    someErrors().Draw(t, "error"),
			ReadOnly: rapid.Bool().Draw(t, "read only"), Deferrable: rapid.Bool().Draw(t, "deferrable"),
			Replica: rapid.Bool().Draw(t, "replica"),
			Attempt: rapid.SampledFrom([]int{0, 0, 1, math.MaxInt32}).Draw(t, "attempt"),
		}
		txn.Start, txn.End = interval(t)
		for range rapid.IntRange(0, 4).Draw(t, "operations") {
			txn.Ops = append(txn.Ops, someOps(h).Draw(t, "operation"))
		}
		return txn
	})
}

// typical is the n-th transaction of a client as the bank workload has them: two
// reads, two updates.
func typical(client, n int) Transaction {
	start := int64(n)*1_234_567 + 20_000_000_000
	id := MakeTxnID(client, n)
	t := Transaction{
		Client: client, Number: n, Name: "transfer", Outcome: Committed,
		Start: start, Finish: start + 900_123, End: start + 1_100_456,
	}
	for i := range 4 {
		key := int64((n*7 + i%2*3) % 10)
		o := Op{Kind: Read, Key: key, Start: start + int64(i)*200_000 + 13, End: start + int64(i)*200_000 + 150_077, Statement: i / 2}
		if i < 2 {
			o.Rows = []Row{{Key: key, Version: MakeTxnID(client+1, n-1).Version(2), Values: []Value{IntValue(100 + key)}}}
		} else {
			o.Kind = Update
			o.Set = []Assign{{Value: IntValue(90 + key)}}
			o.Rows = []Row{{Key: key, Version: id.Version(i), Previous: MakeTxnID(client+1, n-1).Version(2)}}
		}
		t.Ops = append(t.Ops, o)
	}
	return t
}

func benchLine(n int) []byte {
	t := typical(3, n)
	return appendTransactionLine(nil, &t)
}

func TestTypicalLineIsSmall(t *testing.T) {
	line := benchLine(4711)
	if len(line) > 900 {
		t.Errorf("a transaction of four operations has %d bytes:\n%s", len(line), line)
	}
}
