package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// strict is the strongest model that there is.
const strict checker.Model = "strong-serializable"

// testCase is one history to measure.
type testCase struct {
	name   string
	config memory.Config
	// stale, if not 0, makes one in so many transactions read an old row: old is how many versions.
	stale, old int
	expect     checker.Model
	target     target
}

// target is what the figures should be at most; 0 where nothing is asked.
type target struct {
	seconds   float64 // of processor time, for the check without reading
	megabytes float64
}

// cases returns the histories: 20 sessions, 4 operations a transaction, 100 hot keys, but for registers
// 8 operations and 1,000 keys.
func cases(full bool) []testCase {
	var all []testCase
	million := target{seconds: 1, megabytes: 500}
	for _, kind := range []memory.Kind{memory.Traced, memory.Append, memory.UntracedAppend} {
		add := func(size string, txns int, t target) {
			all = append(all, testCase{
				name: string(kind) + " " + size, expect: strict, target: t,
				config: memory.Config{Kind: kind, Model: memory.StrictSerializable, Seed: 1, Txns: txns},
			})
		}
		add("100k", 100_000, target{})
		add("1M", 1_000_000, million)
		if full {
			add("10M", 10_000_000, target{seconds: 12, megabytes: 5000})
		}
	}
	traced := memory.Config{Model: memory.StrictSerializable, Seed: 1}
	withTxns := func(n int) memory.Config { c := traced; c.Txns = n; return c }
	all = append(
		all,
		// One stale read makes a component of about 150 transactions.
		testCase{name: "traced 1M, 1 % in cycles", config: withTxns(1_000_000), stale: 9000, old: 1, expect: checker.Serializable},
		testCase{name: "traced 1M, 80 % in cycles", config: withTxns(1_000_000), stale: 100, old: 1, expect: checker.Serializable},
		testCase{name: "one component of 100k, one way round", config: withTxns(100_000), stale: 99_000, old: 1 << 30, expect: checker.Serializable, target: target{seconds: 5}},
		testCase{name: "one component of 100k, entangled", config: withTxns(100_000), stale: 20, old: 100, expect: checker.Serializable, target: target{seconds: 5}},
	)
	registers := memory.Config{Kind: memory.Register, Model: memory.StrictSerializable, Seed: 1, Operations: 8, Keys: 1000}
	for _, size := range []struct {
		name string
		txns int
		target
	}{{"10k", 10_000, target{seconds: 1}}, {"100k", 100_000, target{seconds: 10}}} {
		registers.Txns = size.txns
		all = append(all, testCase{name: "registers " + size.name, config: registers, expect: strict, target: size.target})
	}
	return all
}

// write generates the history into a folder, unless it is there, and returns the file.
func (c *testCase) write(dir string) (string, error) {
	path := filepath.Join(dir, strings.NewReplacer(" ", "-", ",", "", "%", "percent").Replace(c.name)+".jsonl")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	stream, err := c.config.Open()
	if err != nil {
		return "", err
	}
	if c.stale > 0 {
		stream = &staleReads{Stream: stream, every: c.stale, old: c.old, versions: map[int64][]history.Row{}}
	}
	w, err := history.Create(path, *stream.Header(), nil)
	if err != nil {
		return "", err
	}
	r := w.Recorder()
	var t history.Transaction
	for {
		switch err := stream.Next(&t); {
		case errors.Is(err, io.EOF):
			return path, w.Close()
		case err != nil:
			return "", errors.Join(err, w.Close())
		}
		r.Record(&t)
	}
}

// staleReads makes some transactions of a clean history read a row as it had been before.
type staleReads struct {
	history.Stream
	every, old int
	count      int
	versions   map[int64][]history.Row // that were read, by key
}

// Next implements history.Stream.
func (s *staleReads) Next(t *history.Transaction) error {
	if err := s.Stream.Next(t); err != nil {
		return fmt.Errorf("generating: %w", err)
	}
	s.count++
	if s.count >= s.every && t.Outcome == history.Committed && s.spoil(t) {
		s.count = 0
	}
	for i := range t.Ops {
		op := &t.Ops[i]
		if t.Outcome == history.Committed && op.Kind == history.Read && len(op.Rows) == 1 && op.Rows[0].Version.Txn() != t.ID() {
			s.learn(op.Rows[0])
		}
	}
	return nil
}

// learn notes a version that was read, if it is a new one.
func (s *staleReads) learn(r history.Row) {
	known := s.versions[r.Key]
	for i := len(known) - 1; i >= 0; i-- {
		if known[i].Version == r.Version {
			return
		}
	}
	r.Values = append([]history.Value(nil), r.Values...)
	s.versions[r.Key] = append(known, r)
}

// spoil makes a transaction of reads only read an old row first.
func (s *staleReads) spoil(t *history.Transaction) bool {
	for i := range t.Ops {
		if t.Ops[i].Kind != history.Read || i > 0 && t.Ops[i].Key == t.Ops[0].Key {
			return false
		}
	}
	if len(t.Ops) < 2 || len(t.Ops[0].Rows) == 0 {
		return false
	}
	row := &t.Ops[0].Rows[0]
	known := s.versions[row.Key]
	at := len(known) - 1
	for at >= 0 && known[at].Version != row.Version {
		at--
	}
	if at < 1 {
		return false
	}
	*row = known[max(0, at-s.old)]
	return true
}
