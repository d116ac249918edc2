package memory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

func check(t *testing.T, c memory.Config, expect checker.Model) *checker.Findings {
	t.Helper()
	f, err := checker.Check(context.Background(), c, checker.Options{Expect: expect})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func violations(f *checker.Findings) string {
	text := ""
	for _, a := range f.Anomalies {
		if a.Violation {
			text += fmt.Sprintf("%s: %d\n", a.ID, a.Violations)
			for _, e := range a.Witnesses[0].Edges {
				text += fmt.Sprintf("    %s -%s-> %s: %s\n", a.Witnesses[0].Transactions[e.From].ID(), e.Kind, a.Witnesses[0].Transactions[e.To].ID(), e.Text)
			}
		}
	}
	return text
}

func configs(seed uint64) []memory.Config {
	return []memory.Config{
		{Seed: seed, Txns: 150, Keys: 5, Sessions: 5},
		{Seed: seed, Txns: 150, Keys: 8, Sessions: 4, Values: 3, Mix: memory.MixOfAll(), AbortShare: 0.1, LostShare: 0.05},
		{Seed: seed, Txns: 150, Keys: 6, Sessions: 5, Values: 3, Operations: 6, Mix: memory.MixOfSavepoints(), AbortShare: 0.1, LostShare: 0.05},
		{Seed: seed, Txns: 150, Keys: 3, Sessions: 5, Kind: memory.Append, AbortShare: 0.1, ListLength: 8},
		{Seed: seed, Txns: 150, Keys: 3, Sessions: 5, Kind: memory.UntracedAppend, AbortShare: 0.1, LostShare: 0.05, ListLength: 8},
		{Seed: seed, Txns: 150, Keys: 3, Sessions: 5, Kind: memory.Register, AbortShare: 0.1, LostShare: 0.05},
	}
}

// The same seed gives the same history, another one another.
func TestSeeds(t *testing.T) {
	c := memory.Config{Txns: 300, Mix: memory.MixOfAll(), AbortShare: 0.1, LostShare: 0.1, Keys: 10, Values: 4}
	read := func(seed uint64) *history.History {
		c.Seed = seed
		h, err := history.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	one := read(1)
	if diff := cmp.Diff(one, read(1)); diff != "" {
		t.Errorf("the same seed gives two histories:\n%s", diff)
	}
	if cmp.Equal(one.Txns, read(2).Txns) {
		t.Error("two seeds give the same history")
	}
	if len(one.Txns) != 301 {
		t.Errorf("%d transactions, want the setup and 300", len(one.Txns))
	}
}

// What is generated is a valid history, in the order in which the transactions ended.
func TestHistoriesAreValid(t *testing.T) {
	for _, m := range memory.Models() {
		for _, c := range configs(7) {
			c.Model = m
			header := c.Header()
			if err := header.Validate(); err != nil {
				t.Fatal(err)
			}
			var last int64
			errored := 0
			err := memory.Generate(c, func(txn *history.Transaction) error {
				if txn.End < last {
					return fmt.Errorf("transaction %s ended before the one before it", txn.ID())
				}
				last = txn.End
				for _, op := range txn.Ops {
					if op.End < op.Start || op.Start < txn.Start || op.End > txn.End {
						return fmt.Errorf("transaction %s: an operation from %d to %d", txn.ID(), op.Start, op.End)
					}
					if op.Error != nil {
						errored++
					}
				}
				return txn.Validate(&header)
			})
			if err != nil {
				t.Fatal(err)
			}
			if c.Mix.Insert > 0 && errored == 0 {
				t.Errorf("%s: no operation ever failed", m)
			}
		}
	}
}

func TestBadConfigs(t *testing.T) {
	for _, c := range []memory.Config{
		{Model: "cubism"},
		{Kind: "graph"},
		{Off: []memory.Rule{"gravity"}},
		{Model: memory.ReadCommitted, Off: []memory.Rule{memory.SnapshotReads}},
		{Sessions: -1},
		{Keys: 5000},
		{AbortShare: 2},
		{Mix: memory.Mix{Append: 1}},
		{Kind: memory.Append, Mix: memory.Mix{Scan: 1}},
		{Mix: memory.Mix{Read: -1, Scan: 2}},
	} {
		if err := memory.Generate(c, func(*history.Transaction) error { return nil }); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	stop := errors.New("enough")
	if err := memory.Generate(memory.Config{Txns: 10}, func(*history.Transaction) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Generate does not stop with the error that it was given: %v", err)
	}
}
