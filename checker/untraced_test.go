package checker_test

import (
	"context"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// untraced makes a history without versions, in which each operation is a transaction of its own.
func untraced(inv history.Invariant, ops ...untracedOp) *history.History {
	column := []history.Column{{Name: "n", Type: history.Int}}
	h := &history.History{Closed: true, Header: history.Header{
		Format: history.FormatVersion, Traces: history.Untraced,
		Tables: []history.Table{{Name: "t", Columns: column}}, Invariants: []history.Invariant{inv},
	}}
	for i, o := range ops {
		op := o.op
		op.Start, op.End = o.start, o.end
		t := history.Transaction{Client: i + 1, Number: 1, Outcome: history.Committed, Start: o.start, End: o.end, Ops: []history.Op{op}}
		if o.outcome != 0 {
			t.Outcome = o.outcome
		}
		h.Txns = append(h.Txns, t)
	}
	return h
}

type untracedOp struct {
	op         history.Op
	start, end int64
	outcome    history.Outcome
}

// sees is a read of the whole table: keys and values by turns.
func sees(start, end int64, keysAndValues ...int64) untracedOp {
	op := history.Op{Kind: history.ReadWhere, Statement: -1}
	for i := 0; i < len(keysAndValues); i += 2 {
		op.Rows = append(op.Rows, history.Row{Key: keysAndValues[i], Values: []history.Value{history.IntValue(keysAndValues[i+1])}})
	}
	return untracedOp{op: op, start: start, end: end}
}

func adds(start, end, amount int64, outcome history.Outcome) untracedOp {
	return untracedOp{op: history.Op{
		Kind: history.Update, Statement: -1, Rows: []history.Row{{}},
		Set: []history.Assign{{Op: history.Add, Value: history.IntValue(amount)}},
	}, start: start, end: end, outcome: outcome}
}

func inserts(start, end, key int64, outcome history.Outcome) untracedOp {
	return untracedOp{op: history.Op{Kind: history.Insert, Key: key, Statement: -1, Rows: []history.Row{{Key: key}}}, start: start, end: end, outcome: outcome}
}

func TestInvariantsWithoutVersions(t *testing.T) {
	bank := history.Invariant{Kind: history.ConstantSum, Name: "total", Value: 100}
	floor := history.Invariant{Kind: history.AtLeast, Name: "no account overdrawn"}
	counter := history.Invariant{Kind: history.CountsWrites, Name: "counter", Value: 1}
	set := history.Invariant{Kind: history.KeepsInserts, Name: "elements"}
	noBalance := sees(1, 2, 1, 0, 2, 100)
	noBalance.op.Rows[0].Values[0] = history.Value{}
	dirty := sees(1, 2, 1, 5)
	dirty.outcome = history.Aborted
	for _, c := range []struct {
		name    string
		h       *history.History
		checked int
		broken  int
		text    string
	}{
		{"the total stays", untraced(bank, sees(1, 2, 1, 60, 2, 40), sees(3, 4, 1, 0, 2, 100)), 2, 0, "every one of 2 reads of the whole table gave 100"},
		{"no account is overdrawn", untraced(floor, sees(1, 2, 1, 0, 2, 5)), 1, 0, "no row had less than 0 in any of the reads"},
		{"an account is overdrawn", untraced(floor, sees(1, 2, 1, 60, 2, 40), sees(3, 4, 1, -5, 2, 105)), 2, 1, "rows with less than 0 were seen in 1 of 2 reads of the whole table; the least was -5"},
		{"money is lost", untraced(bank, sees(1, 2, 1, 60, 2, 40), sees(3, 4, 1, 60, 2, 30)), 2, 1, "1 of 2 reads of the whole table did not give 100; the last one gave 90"},
		{"a balance is null", untraced(bank, noBalance), 1, 1, "1 of 1 read "},
		{"an aborted read counts for nothing", untraced(bank, dirty, sees(3, 4, 1, 100)), 1, 0, "the only read of the whole table"},
		{"a counter counts", untraced(counter, adds(1, 2, 3, 0), sees(3, 4, 0, 3)), 1, 0, "the last one gave 3"},
		{"an addition is lost", untraced(counter, adds(1, 2, 3, 0), sees(3, 4, 0, 0)), 1, 1, "the last one gave 0, where 3 to 3 are possible"},
		{"an addition under way may show or not", untraced(counter, adds(1, 9, 3, 0), sees(3, 4, 0, 0), sees(5, 6, 0, 3)), 2, 0, ""},
		{"an addition that ends during the read may be missing", untraced(counter, adds(2, 4, 3, 0), sees(3, 6, 0, 0)), 1, 0, ""},
		{"an addition comes too early", untraced(counter, adds(5, 6, 3, 0), sees(3, 4, 0, 3)), 1, 1, "where 0 to 0 are possible"},
		{"an addition in doubt may show", untraced(counter, adds(1, 2, 3, history.Indeterminate), sees(3, 4, 0, 3), sees(5, 6, 0, 0)), 2, 0, ""},
		{"an aborted addition shows", untraced(counter, adds(1, 2, 3, history.Aborted), sees(3, 4, 0, 3)), 1, 1, "where 0 to 0 are possible"},
		{"a subtraction under way may show or not", untraced(counter, adds(1, 2, 5, 0), adds(3, 9, -2, 0), sees(4, 5, 0, 5), sees(6, 7, 0, 3)), 2, 0, ""},
		{"a subtraction is lost", untraced(counter, adds(1, 2, 5, 0), adds(3, 4, -2, 0), sees(6, 7, 0, 5)), 1, 1, "where 3 to 3 are possible"},
		{"a set keeps what is in it", untraced(set, inserts(1, 2, 7, 0), sees(3, 4, 7, 0)), 1, 0, "the last of 1 read has the only row whose insert had been acknowledged"},
		{"an element is lost", untraced(set, inserts(1, 2, 7, 0), inserts(1, 2, 8, 0), sees(3, 4, 8, 0)), 1, 1, "1 row that had been acknowledged is missing"},
		{"an element is missing for a while", untraced(set, inserts(1, 2, 7, 0), sees(3, 4), sees(5, 6, 7, 0)), 2, 0, "1 earlier one missed some for a while"},
		{"an element in doubt may be there", untraced(set, inserts(1, 2, 7, history.Indeterminate), sees(3, 4, 7, 0)), 1, 0, ""},
		{"an element comes from nowhere", untraced(set, sees(3, 4, 9, 0)), 1, 1, "1 row was read that nobody had inserted"},
		{"an element from nowhere comes twice in one read", untraced(set, sees(3, 4, 9, 0, 9, 0)), 1, 1, "1 row was read that nobody had inserted"},
		{"an aborted element shows", untraced(set, inserts(1, 2, 7, history.Aborted), sees(3, 4, 7, 0)), 1, 1, "1 row was read that nobody had inserted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := checker.Check(context.Background(), c.h, checker.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r := f.Invariants[0]
			if r.Checked != c.checked || r.Broken != c.broken || r.Held != (c.broken == 0) || !strings.Contains(r.Text, c.text) {
				t.Errorf("checked %d, broken %d, held %v: %s\nwant checked %d, broken %d: …%s", r.Checked, r.Broken, r.Held, r.Text, c.checked, c.broken, c.text)
			}
			want := checker.Inconclusive // so few transactions say little
			if c.broken > 0 {
				want = checker.Violated
			}
			if f.Verdict != want {
				t.Errorf("the verdict is %s, want %s", f.Verdict, want)
			}
			// No model may be said to hold, or to fail.
			if len(f.Models)+len(f.Strongest)+len(f.Weakest)+len(f.Anomalies) > 0 {
				t.Errorf("models were judged: %v", f.Models)
			}
			if last := f.Reasons[len(f.Reasons)-1]; !strings.Contains(last, "only its invariants were checked") {
				t.Errorf("the reasons do not say what was left out: %q", f.Reasons)
			}
		})
	}
}

// A broken invariant is a violation only if what is expected would have kept it.
func TestInvariantsWithoutVersionsUnderWeakModels(t *testing.T) {
	h := untraced(history.Invariant{Kind: history.ConstantSum, Name: "total", Value: 100}, sees(1, 2, 1, 90))
	for model, violation := range map[checker.Model]bool{checker.Serializable: true, checker.SnapshotIsolation: true, checker.ReadCommitted: false} {
		f, err := checker.Check(context.Background(), h, checker.Options{Expect: model})
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Invariants[0].Violation; got != violation {
			t.Errorf("%s: violation %v, want %v", model, got, violation)
		}
	}
}
