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
		"it was answered before the reader began": {"postgres-serializable.jsonl", func(h *history.History) {
			h.Txns[4].End = h.Txns[5].Start - 1 // but after the other writer's commit was sent
		}, false},
		"it was answered before the other writer's commit was sent": {"postgres-serializable.jsonl", func(h *history.History) {
			h.Txns[3].Finish, h.Txns[3].End = h.Txns[4].End+1, h.Txns[4].End+2 // but after the reader began
		}, false},
		"commits while a snapshot was made": {"mariadb-snapshot.jsonl", func(*history.History) {}, true},
		"they were answered before":         {"mariadb-snapshot.jsonl", answerInTime, false},
		"the one that was missed was answered before": {"mariadb-snapshot.jsonl", func(h *history.History) {
			read := &h.Txns[len(h.Txns)-1].Ops[0]
			read.Start = read.End - 1
			h.Txns[2].End = read.Start - 1
		}, false},
		"the commit of the one that was missed was sent later": {"mariadb-snapshot.jsonl", func(h *history.History) {
			h.Txns[2].Finish = h.Txns[len(h.Txns)-1].Ops[0].End + 1
		}, false},
		"a locking read makes no snapshot": {"mariadb-snapshot.jsonl", lockBefore, true},
		"beside what the level allows":     {"mariadb-snapshot.jsonl", addAllowed, true},
		"beside what it does not": {"mariadb-snapshot.jsonl", func(h *history.History) {
			addAllowed(h)
			h.Header.Promise = string(checker.SnapshotIsolation)
		}, false},
		"a total at read committed": {"mariadb-snapshot.jsonl", readCommitted, true},
		"and they were answered before": {"mariadb-snapshot.jsonl", func(h *history.History) {
			readCommitted(h)
			answerInTime(h)
		}, false},
		"two statements at read committed": {"mariadb-snapshot.jsonl", func(h *history.History) {
			readCommitted(h)
			splitRead(h)
		}, false},
		"more totals than races": {"mariadb-snapshot.jsonl", func(h *history.History) {
			readCommitted(h)
			again := h.Txns[len(h.Txns)-1].Clone()
			again.Number++
			again.Start, again.Finish, again.End = again.Start+1e9, again.Finish+1e9, again.End+1e9
			again.Ops[0].Start, again.Ops[0].End = again.Ops[0].Start+1e9, again.Ops[0].End+1e9
			h.Txns = append(h.Txns, again)
		}, false},
		"more broken than races where reads are to be repeatable": {"mariadb-snapshot.jsonl", breakTwo, false},
		"another level":   {"mariadb-snapshot.jsonl", func(h *history.History) { h.Header.Level = history.Serializable }, false},
		"another product": {"mariadb-snapshot.jsonl", func(h *history.History) { h.Header.Database = "mysql" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := history.Load(filepath.Join(found, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			tt.change(h)
			got, err := workloadstest.Raced(t.Context(), h, true)
			if err != nil || got != tt.want {
				t.Errorf("that it is the race is said to be %t, %v", got, err)
			}
		})
	}
}

// An unsafe strategy may break its invariants beside the race.
func TestRacedBesideOtherBreaches(t *testing.T) {
	h, err := history.Load(filepath.Join(found, "mariadb-snapshot.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	breakTwo(h)
	if got, err := workloadstest.Raced(t.Context(), h, false); err != nil || !got {
		t.Errorf("that it is the race is said to be %t, %v", got, err)
	}
}

// breakTwo asks for two totals that no read has.
func breakTwo(h *history.History) {
	wrong := history.Invariant{Kind: history.ConstantSum, Name: "bank total", Value: 1}
	h.Header.Invariants = []history.Invariant{wrong, wrong}
}

// answerInTime has all commits answered before the reader's statement is sent.
func answerInTime(h *history.History) {
	reader := &h.Txns[len(h.Txns)-1]
	reader.Ops[0].Start = reader.Ops[0].End - 1
	for i := range h.Txns[:len(h.Txns)-1] {
		h.Txns[i].End = min(h.Txns[i].End, reader.Ops[0].Start-1)
	}
}

// lockBefore has the reader first look for a row that is not there, with a lock, and before anybody committed.
func lockBefore(h *history.History) {
	reader := &h.Txns[len(h.Txns)-1]
	read := history.Op{Kind: history.Read, Key: 900, Lock: history.ForUpdate, Start: reader.Start + 1, End: reader.Start + 2, Statement: -1}
	reader.Ops = append([]history.Op{read}, reader.Ops...)
}

// splitRead has the reader see the one write in a statement of its own, and miss the other in the next.
func splitRead(h *history.History) {
	reader := &h.Txns[len(h.Txns)-1]
	all := reader.Ops[0]
	saw, missed := all.Rows[1], all.Rows[0]
	half := all.End - 1000
	reader.Ops = []history.Op{
		{Kind: history.Read, Key: saw.Key, Rows: []history.Row{saw}, Start: all.Start, End: half, Statement: -1},
		{Kind: history.Read, Key: missed.Key, Rows: []history.Row{missed}, Start: half, End: all.End, Statement: -1},
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
