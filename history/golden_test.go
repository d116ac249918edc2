package history

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

const golden = "testdata/example.jsonl"

// example is the history that README.md shows: two transfers that read the same
// account; the second loses.
func example() *History {
	h := &History{
		Header: Header{
			Format: 1, Isocheck: "v0.1.0", Run: "k3v9", Database: "postgres", ServerVersion: "17.2", Level: RepeatableRead,
			Promise: "snapshot-isolation", PromiseSource: "https://www.postgresql.org/docs/17/transaction-iso.html",
			Workload: "bank", Strategy: "plain", Clients: 2, Seed: 1,
			Params:     map[string]string{"accounts": "2"},
			Settings:   map[string]string{"level": "repeatable-read"},
			Tables:     []Table{{Name: "accounts", Columns: []Column{{"balance", Int}}}},
			Invariants: []Invariant{{Kind: ConstantSum, Name: "bank total", Value: 200}},
			Started:    time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
		},
		Statements: []string{
			"INSERT INTO accounts (id, balance, version, previous) VALUES ({key}, {set.0}, {version}, 0)",
			"SELECT balance, version, previous FROM accounts WHERE id = {key}",
			"UPDATE accounts SET balance = {set.0}, previous = version, version = {version} WHERE id = {key} RETURNING previous",
			"SELECT id, balance, version, previous FROM accounts WHERE balance >= {where.0} ORDER BY id FOR UPDATE SKIP LOCKED",
		},
		Events: []Event{{At: 9_000_000, Kind: "stopped", Detail: "the time was up"}},
		Closed: true,
	}
	setup, one, two := MakeTxnID(0, 1), MakeTxnID(1, 1), MakeTxnID(2, 1)
	insert := func(op int, key int64) Op {
		at := int64(op+1) * 100_000
		return Op{
			Kind: Insert, Key: key, Set: []Assign{{Value: IntValue(100)}}, Rows: []Row{{Key: key, Version: setup.Version(op)}},
			Start: at, End: at + 80_000,
		}
	}
	read := func(key int64, v Version, at int64) Op {
		return Op{Kind: Read, Key: key, Rows: []Row{{Key: key, Version: v, Values: []Value{IntValue(100)}}}, Start: at, End: at + 90_000, Statement: 1}
	}
	write := func(id TxnID, op int, key, balance int64, previous Version, at int64) Op {
		return Op{
			Kind: Update, Key: key, Set: []Assign{{Value: IntValue(balance)}}, Rows: []Row{{Key: key, Version: id.Version(op), Previous: previous}},
			Start: at, End: at + 110_000, Statement: 2,
		}
	}
	v1, v2 := setup.Version(0), setup.Version(1)
	loses := write(two, 1, 1, 90, v1, 1_300_000)
	loses.Rows, loses.End = nil, 1_900_000
	loses.Error = &Error{Class: SerializationFailure, Code: "40001", Message: "could not serialize access due to concurrent update"}
	h.Txns = []Transaction{
		{Client: 0, Number: 1, Name: "setup", Outcome: Committed, Start: 50_000, Finish: 300_000, End: 400_000, Ops: []Op{insert(0, 1), insert(1, 2)}},
		{Client: 1, Number: 1, Name: "transfer", Outcome: Committed, Start: 1_000_000, Finish: 1_500_000, End: 1_850_000, Ops: []Op{
			read(1, v1, 1_010_000), read(2, v2, 1_110_000), write(one, 2, 1, 70, v1, 1_210_000), write(one, 3, 2, 130, v2, 1_330_000),
		}},
		{Client: 2, Number: 1, Name: "transfer", Outcome: Aborted, Start: 1_005_000, Finish: 1_950_000, End: 2_000_000, Ops: []Op{read(1, v1, 1_200_000), loses}},
		{Client: 2, Number: 2, Name: "audit", Level: Serializable, Outcome: Indeterminate, Start: 2_100_000, Finish: 2_300_000, End: 5_000_000, Error: &Error{Class: ConnectionLost, Message: "unexpected EOF"}, Ops: []Op{{
			Kind: ReadWhere, Lock: SkipLocked, Where: Predicate{{Cmp: GreaterEqual, Value: IntValue(100)}}, Limit: 5,
			Rows:  []Row{{Key: 2, Version: one.Version(3), Previous: v2, Values: []Value{IntValue(130)}}},
			Start: 2_110_000, End: 2_290_000, Statement: 3,
		}}},
	}
	return h
}

// TestGolden holds the file format: a change of these bytes is a change for every reader there is.
func TestGolden(t *testing.T) {
	path := filepath.Join(t.TempDir(), "example.jsonl")
	record(t, path, example())
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	h, err := Load(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example(), h); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
}

func TestReadmeShowsTheGoldenFile(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```json\n"+string(example)+"```\n") {
		t.Errorf("README.md does not show %s as it is", golden)
	}
}

// TestReadmeNamesEveryWord makes sure that no word of the format lacks its documentation.
func TestReadmeNamesEveryWord(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{kindNames[1:], lockNames[1:], comparisonNames[:], assignNames[:], outcomeNames[1:], valueKindNames[1:]} {
		for _, word := range words {
			if !strings.Contains(string(readme), "`"+word+"`") {
				t.Errorf("README.md does not name `%s`", word)
			}
		}
	}
}
