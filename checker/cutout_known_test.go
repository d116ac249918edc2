package checker

import (
	"slices"
	"testing"

	"github.com/isocheck/isocheck/history"
)

// That the history shows a transaction's wrong read does not say that it shows another's.
func TestKnownShows(t *testing.T) {
	version := func(client int) history.Version { return history.MakeTxnID(client, 1).Version(0) }
	txn := func(client int, at int64, ops ...history.Op) history.Transaction {
		for i := range ops {
			ops[i].Start, ops[i].End = at+int64(2*i), at+int64(2*i)+1
		}
		return history.Transaction{Client: client, Number: 1, Outcome: history.Committed, Start: at, Finish: at + 8, End: at + 9, Ops: ops}
	}
	set := []history.Assign{{Value: history.IntValue(1)}}
	h := &history.History{
		Header: history.Header{Format: history.FormatVersion, Tables: []history.Table{{Name: "t", Columns: []history.Column{{Name: "c", Type: history.Int}}}}},
		Closed: true,
		Txns: []history.Transaction{
			txn(0, 10, history.Op{Kind: history.Insert, Key: 1, Set: set, Rows: []history.Row{{Key: 1, Version: version(0)}}}),
			txn(
				1, 20, history.Op{Kind: history.Update, Key: 1, Set: set, Rows: []history.Row{{Key: 1, Version: version(1), Previous: version(0)}}},
				history.Op{Kind: history.Read, Key: 1, Rows: []history.Row{{Key: 1, Version: version(0), Values: []history.Value{history.IntValue(1)}}}},
			),
			txn(2, 30, history.Op{Kind: history.Read, Key: 1, Rows: []history.Row{{Key: 1, Version: version(1), Values: []history.Value{history.IntValue(1)}}}}),
		},
	}
	k := knownOf(h, nil)
	for client, want := range map[int]bool{1: true, 2: false} {
		if got, err := k.shows(t.Context(), InternalRead, []history.TxnID{history.MakeTxnID(client, 1)}); err != nil || got != want {
			t.Errorf("that client %d did not read its own write is said to be %t, %v", client, got, err)
		}
	}
}

// A transaction has no more operations than a version can name: what the set-up of a cut-out makes beyond that another one makes.
func TestCutOutSetups(t *testing.T) {
	c := &cutting{past: pastOf(nil, false), witness: &Witness{}}
	c.header.Traces = history.ListAppend
	c.setup = slices.Repeat([]*pastWrite{{op: history.Op{Kind: history.Append}}}, history.MaxOps+1)
	all := c.setups(0)
	if len(all) != 2 || len(all[0].Ops) != history.MaxOps || len(all[1].Ops) != 1 || all[0].ID() == all[1].ID() {
		t.Errorf("%d transactions", len(all))
	}
}
