package checker_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// registerHistory reads a history, a transaction a line: "client: r(x)=1 w(y)=2",
// with "abort" behind it where it did not commit. 0 is the initial value. More
// transactions that only write objects of their own are put behind it.
func registerHistory(t *testing.T, text string, more int) *history.History {
	t.Helper()
	h := &history.History{Closed: true, Header: history.Header{
		Format: history.FormatVersion, Traces: history.Registers,
		Tables: []history.Table{{Name: "registers", Columns: []history.Column{{Name: "value", Type: history.Int}}}},
	}}
	number := map[int]int{}
	add := func(txn history.Transaction) {
		number[txn.Client]++
		txn.Number = number[txn.Client]
		h.Txns = append(h.Txns, txn)
	}
	for line := range strings.Lines(text) {
		txn := history.Transaction{Outcome: history.Committed}
		for i, word := range strings.Fields(line) {
			var kind, key byte
			var value int64
			switch _, err := fmt.Sscanf(word, "%c(%c)=%d", &kind, &key, &value); {
			case i == 0:
				if _, err := fmt.Sscanf(word, "%d:", &txn.Client); err != nil {
					t.Fatalf("%q: %v", word, err)
				}
			case word == "abort":
				txn.Outcome = history.Aborted
			case err != nil:
				t.Fatalf("%q: %v", word, err)
			case kind == 'r':
				txn.Ops = append(txn.Ops, registerRead(int64(key), value))
			default:
				txn.Ops = append(txn.Ops, registerWrite(int64(key), value))
			}
		}
		add(txn)
	}
	for i := range more {
		add(history.Transaction{Client: 50, Outcome: history.Committed, Ops: []history.Op{registerWrite(int64(1000+i), 1)}})
	}
	return h
}

func registerRead(key, value int64) history.Op {
	op := history.Op{Kind: history.Read, Key: key}
	if value != 0 {
		op.Rows = []history.Row{{Key: key, Values: []history.Value{{Kind: history.Int, Int: value}}}}
	}
	return op
}

func registerWrite(key, value int64) history.Op {
	return history.Op{Kind: history.Update, Key: key, Set: []history.Assign{{Op: history.Set, Value: history.Value{Kind: history.Int, Int: value}}}}
}

func TestRegisters(t *testing.T) {
	const (
		serial     = "1: w(x)=1\n2: r(x)=1 w(y)=2\n1: r(y)=2"
		lostUpdate = "1: r(x)=0 w(x)=1\n2: r(x)=0 w(x)=2"
		writeSkew  = "1: r(x)=0 r(y)=0 w(x)=1\n2: r(x)=0 r(y)=0 w(y)=1"
		dirtyRead  = "1: w(x)=1 abort\n2: r(x)=1"
		fractured  = "1: w(x)=1 w(y)=1\n2: r(y)=0 r(x)=1"
		causality  = "1: w(x)=1\n2: r(x)=1 w(y)=1\n3: r(y)=1 r(x)=0"
	)
	for _, test := range []struct {
		name, history string
		few, cut      bool
		opts          checker.Options
		verdict       checker.Verdict
		reason        string
		found         []string // the anomalies that were found, "!" behind violations
	}{
		{name: "serializable", history: serial, verdict: checker.Kept, reason: "serializability holds in 123 transactions"},
		{name: "few transactions", history: serial, few: true, verdict: checker.Inconclusive, reason: "only 3 transactions committed"},
		{name: "cut off", history: serial, cut: true, verdict: checker.Inconclusive, reason: "cut off"},
		{
			name: "lost update", history: lostUpdate, opts: checker.Options{Expect: checker.SnapshotIsolation},
			verdict: checker.Violated, reason: "snapshot isolation does not hold", found: []string{"not-snapshot-isolation!"},
		},
		{
			name: "lost update where it may be", history: lostUpdate, opts: checker.Options{Expect: checker.ReadCommitted},
			verdict: checker.Kept, reason: "read committed holds", found: []string{"not-snapshot-isolation"},
		},
		{
			name: "forbidden, but not to be told", history: lostUpdate, opts: checker.Options{Expect: checker.ReadCommitted, Forbid: []checker.AnomalyID{checker.LostUpdate}},
			verdict: checker.Inconclusive, reason: "whether lost update, which --forbid rules out, happened cannot be told", found: []string{"not-snapshot-isolation"},
		},
		{
			name: "allowed, but not to be told", history: lostUpdate, opts: checker.Options{Expect: checker.SnapshotIsolation, Allow: []checker.AnomalyID{checker.LostUpdate}},
			verdict: checker.Inconclusive, reason: "may be due to what --allow allows", found: []string{"not-snapshot-isolation"},
		},
		{
			name: "write skew under snapshot isolation", history: writeSkew, opts: checker.Options{Expect: checker.SnapshotIsolation},
			verdict: checker.Kept, reason: "snapshot isolation holds", found: []string{"not-serializable"},
		},
		{
			name: "write skew under PL-2.99", history: writeSkew, opts: checker.Options{Expect: checker.RepeatableRead},
			verdict: checker.Violated, reason: "serializability does not hold, which repeatable read includes", found: []string{"not-serializable!"},
		},
		{
			name: "a model between those that are judged", history: writeSkew, opts: checker.Options{Expect: checker.ConsistentView},
			verdict: checker.Kept, reason: "consistent view holds", found: []string{"not-serializable"},
		},
		{
			name: "read atomic is a part of consistent view", history: fractured, opts: checker.Options{Expect: checker.ConsistentView},
			verdict: checker.Violated, reason: "read atomicity does not hold, which consistent view includes", found: []string{"not-read-atomic!"},
		},
		{
			name: "neither holds nor fails", history: lostUpdate, opts: checker.Options{Expect: checker.CursorStability},
			verdict: checker.Inconclusive, reason: "whether cursor stability holds is undecided: no model that includes it", found: []string{"not-snapshot-isolation"},
		},
		{
			name: "no real-time order without times", history: serial, opts: checker.Options{Expect: "strong-serializable"},
			verdict: checker.Inconclusive, reason: "no times of one clock",
		},
		{
			name: "dirty read", history: dirtyRead, opts: checker.Options{Expect: checker.ReadCommitted},
			verdict: checker.Violated, reason: "dirty read (aborted read) (G1a) was seen once, and read-committed rules it out", found: []string{"dirty-read!"},
		},
		{
			name: "dirty read where it may be", history: dirtyRead, opts: checker.Options{Expect: checker.ReadUncommitted},
			verdict: checker.Inconclusive, reason: "whether read uncommitted holds is undecided", found: []string{"dirty-read"},
		},
		{
			name: "dirty read that is forbidden", history: dirtyRead, opts: checker.Options{Expect: checker.ReadUncommitted, Forbid: []checker.AnomalyID{checker.DirtyRead}},
			verdict: checker.Violated, reason: "--forbid rules it out", found: []string{"dirty-read!"},
		},
		{
			name: "no time to decide", history: causality, opts: checker.Options{Expect: checker.Serializable, Limit: time.Nanosecond},
			verdict: checker.Inconclusive, reason: "whether serializability holds is undecided",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			more := 120
			if test.few {
				more = 0
			}
			h := registerHistory(t, test.history, more)
			h.Closed = !test.cut
			f, err := checker.Check(context.Background(), h, test.opts)
			if err != nil {
				t.Fatal(err)
			}
			if reasons := strings.Join(f.Reasons, "; "); f.Verdict != test.verdict || !strings.Contains(reasons, test.reason) {
				t.Errorf("%s because %s; want %s because %s", f.Verdict, reasons, test.verdict, test.reason)
			}
			var found []string
			for _, a := range f.Anomalies {
				if a.Count > 0 {
					found = append(found, string(a.ID)+map[bool]string{true: "!"}[a.Violation])
					checkRegisterWitnesses(t, h, &a)
				}
			}
			if !slices.Equal(found, test.found) {
				t.Errorf("found %v, want %v", found, test.found)
			}
		})
	}
}

// checkRegisterWitnesses tests that an anomaly has a witness, that its
// transactions are those of the history, and that its edges name operations of them.
func checkRegisterWitnesses(t *testing.T, h *history.History, a *checker.Anomaly) {
	t.Helper()
	if len(a.Witnesses) == 0 {
		t.Errorf("%s has no witness", a.ID)
	}
	for _, w := range a.Witnesses {
		if w.Sentence == "" || w.Violation != a.Violation {
			t.Errorf("%s: sentence %q, violation %v", a.ID, w.Sentence, w.Violation)
		}
		for _, txn := range w.Transactions {
			if !slices.ContainsFunc(h.Txns, func(o history.Transaction) bool { return o.ID() == txn.ID() && len(o.Ops) == len(txn.Ops) }) {
				t.Errorf("%s: transaction %s is not one of the history", a.ID, txn.ID())
			}
		}
		for _, e := range w.Edges {
			if e.From < 0 || e.To < 0 || e.From >= len(w.Transactions) || e.To >= len(w.Transactions) {
				t.Fatalf("%s: edge from %d to %d of %d transactions", a.ID, e.From, e.To, len(w.Transactions))
			}
			if e.FromOp >= len(w.Transactions[e.From].Ops) || e.ToOp >= len(w.Transactions[e.To].Ops) {
				t.Errorf("%s: %q names operations %d and %d", a.ID, e.Text, e.FromOp, e.ToOp)
			}
		}
	}
}

// The border is drawn between models that were decided only.
func TestRegistersBorder(t *testing.T) {
	h := registerHistory(t, "1: w(x)=1\n2: w(y)=1\n3: r(x)=1 r(y)=0\n4: r(x)=0 r(y)=1", 0)
	f, err := checker.Check(context.Background(), h, checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(f.Strongest), []string{"causal"}; !slices.Equal(got, want) {
		t.Errorf("strongest %v, want %v", got, want)
	}
	if got, want := names(f.Weakest), []string{"snapshot-isolation"}; !slices.Equal(got, want) {
		t.Errorf("weakest %v, want %v", got, want)
	}
	{
		f, err := checker.Check(context.Background(), registerHistory(t, "1: w(x)=1\n2: r(x)=1 w(y)=1\n3: r(y)=1 r(x)=0", 0), checker.Options{Limit: time.Nanosecond})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range f.Models {
			border := slices.Contains(f.Strongest, r.Model) || slices.Contains(f.Weakest, r.Model)
			if r.Undecided && (border || r.Holds || r.Why == "") {
				t.Errorf("%s is undecided, holds %v, is on the border %v, why %q", r.Model, r.Holds, border, r.Why)
			}
		}
		if !slices.ContainsFunc(f.Models, func(r checker.ModelResult) bool { return r.Undecided }) {
			t.Error("everything was decided in no time")
		}
	}
}
