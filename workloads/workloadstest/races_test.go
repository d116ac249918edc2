package workloadstest_test

import (
	"path/filepath"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads/workloadstest"
)

const found = "../../checker/testdata/found"

// The races are told from every other breach by when commits were answered.
func TestRaced(t *testing.T) {
	for name, tt := range map[string]struct {
		file   string
		change func(h *history.History)
		want   bool
	}{
		"a commit was answered late": {"postgres-serializable.jsonl", func(*history.History) {}, true},
		"it was answered in time": {"postgres-serializable.jsonl", func(h *history.History) {
			h.Txns[4].End = h.Txns[4].Finish + 1
		}, false},
		"commits while a snapshot was made": {"mariadb-snapshot.jsonl", func(*history.History) {}, true},
		"they were answered before":         {"mariadb-snapshot.jsonl", answerInTime, false},
		"beside what the level allows":      {"mariadb-snapshot.jsonl", addAllowed, true},
		"beside what it does not": {"mariadb-snapshot.jsonl", func(h *history.History) {
			addAllowed(h)
			h.Header.Promise = string(checker.SnapshotIsolation)
		}, false},
		"a total at read committed": {"mariadb-snapshot.jsonl", readCommitted, true},
		"and they were answered before": {"mariadb-snapshot.jsonl", func(h *history.History) {
			readCommitted(h)
			answerInTime(h)
		}, false},
		"more totals than races": {"mariadb-snapshot.jsonl", func(h *history.History) {
			readCommitted(h)
			again := h.Txns[len(h.Txns)-1].Clone()
			again.Number++
			again.Start, again.Finish, again.End = again.Start+1e9, again.Finish+1e9, again.End+1e9
			again.Ops[0].Start, again.Ops[0].End = again.Ops[0].Start+1e9, again.Ops[0].End+1e9
			h.Txns = append(h.Txns, again)
		}, false},
		"another level":   {"mariadb-snapshot.jsonl", func(h *history.History) { h.Header.Level = history.Serializable }, false},
		"another product": {"mariadb-snapshot.jsonl", func(h *history.History) { h.Header.Database = "mysql" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := history.Load(filepath.Join(found, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			tt.change(h)
			got, err := workloadstest.Raced(t.Context(), h)
			if err != nil || got != tt.want {
				t.Errorf("that it is the race is said to be %t, %v", got, err)
			}
		})
	}
}

// answerInTime has all commits answered before the reader's statement is sent.
func answerInTime(h *history.History) {
	reader := &h.Txns[len(h.Txns)-1]
	reader.Ops[0].Start = reader.Ops[0].End - 1
	for i := range h.Txns[:len(h.Txns)-1] {
		h.Txns[i].End = min(h.Txns[i].End, reader.Ops[0].Start-1)
	}
}

// readCommitted makes the level one that allows what was seen, and asks for the total.
func readCommitted(h *history.History) {
	h.Header.Level, h.Header.Promise = history.ReadCommitted, string(checker.MonotonicAtomicView)
	h.Header.Invariants = []history.Invariant{{Kind: history.ConstantSum, Name: "bank total", Value: 800}}
}

// addAllowed adds two rows, and a read skew that InnoDB's repeatable read allows: T2 overwrites a row of which T1
// has read the version before, and T1 then overwrites another of T2's.
func addAllowed(h *history.History) {
	const x, y = 901, 902
	at := h.Txns[len(h.Txns)-1].End + 1
	txn := func(client int, start, end int64, ops ...history.Op) {
		for i := range ops {
			ops[i].Start, ops[i].End = at+start+int64(i)*10, at+start+int64(i)*10+1
		}
		ops[len(ops)-1].Start, ops[len(ops)-1].End = at+end-4, at+end-3
		h.Txns = append(h.Txns, history.Transaction{
			Client: client, Number: 1, Outcome: history.Committed,
			Start: at + start, Finish: at + end - 1, End: at + end, Ops: ops,
		})
	}
	version := func(client, op int) history.Version { return history.MakeTxnID(client, 1).Version(op) }
	write := func(kind history.Kind, key int64, is, was history.Version) history.Op {
		return history.Op{
			Kind: kind, Key: key, Set: []history.Assign{{Column: 0, Value: history.IntValue(100)}, {Column: 1, Value: history.IntValue(0)}},
			Rows: []history.Row{{Key: key, Version: is, Previous: was}},
		}
	}
	txn(90, 0, 100, write(history.Insert, x, version(90, 0), 0), write(history.Insert, y, version(90, 1), 0))
	txn(92, 300, 400, write(history.Update, x, version(92, 0), version(90, 0)), write(history.Update, y, version(92, 1), version(90, 1)))
	txn(91, 200, 500, history.Op{Kind: history.Read, Key: x, Rows: []history.Row{{
		Key: x, Version: version(90, 0), Values: []history.Value{history.IntValue(100), history.IntValue(0)},
	}}}, write(history.Update, y, version(91, 1), version(92, 1)))
}
