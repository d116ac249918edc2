package workloads

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/isocheck/isocheck/history"
)

// each runs the test for every workload in every strategy.
func each(t *testing.T, test func(t *testing.T, w Workload, p Params)) {
	for _, w := range All() {
		for _, s := range w.Strategies {
			t.Run(w.Name+"/"+s.Name, func(t *testing.T) {
				p, err := w.Complete(Params{Strategy: s.Name})
				if err != nil {
					t.Fatal(err)
				}
				test(t, w, p)
			})
		}
	}
}

// asked is what the transactions asked, a line an operation, without answers.
func asked(txns []history.Transaction) string {
	var b strings.Builder
	for _, t := range txns {
		fmt.Fprintf(&b, "%d %s\n", t.Client, t.Name)
		for _, op := range t.Ops {
			fmt.Fprintln(&b, "  ", op.Kind, op.Lock, op.Table, op.Key, op.Where, op.Set)
		}
	}
	return b.String()
}

func TestSameSeedAsksTheSame(t *testing.T) {
	each(t, func(t *testing.T, w Workload, p Params) {
		once := serially(t, w, p, 7, 400)
		again := serially(t, w, p, 7, 400)
		if diff := cmp.Diff(asked(once), asked(again)); diff != "" {
			t.Errorf("the same seed asked something else:\n%s", diff)
		}
		other := serially(t, w, p, 8, 400)
		if asked(once) == asked(other) {
			t.Error("another seed asked the same")
		}
	})
}

// What a client draws must not depend on what the database answers: here it
// answers that nothing is there.
func TestAnswersDoNotChangeWhatIsDrawn(t *testing.T) {
	each(t, func(t *testing.T, w Workload, p Params) {
		full := serially(t, w, p, 7, 500)
		empty := w
		empty.New = func(p Params) Instance {
			instance := w.New(p)
			instance.Rows = nil
			return instance
		}
		none := serially(t, empty, p, 7, 500)
		for i := range full {
			if full[i].Name != none[i].Name {
				t.Fatalf("transaction %d is %s, and %s on an empty database", i, full[i].Name, none[i].Name)
			}
			if a, b := full[i].Ops, none[i].Ops; len(b) > 0 && (a[0].Kind != b[0].Kind || a[0].Table != b[0].Table) {
				t.Fatalf("transaction %d begins with %v of table %d, and %v of table %d on an empty database", i, a[0].Kind, a[0].Table, b[0].Kind, b[0].Table)
			}
		}
	})
}

func TestTransactionsStaySmall(t *testing.T) {
	const mostOps, mostRows = 12, 100
	each(t, func(t *testing.T, w Workload, p Params) {
		txns := serially(t, w, p, 3, 2_000)
		for _, txn := range txns {
			if len(txn.Ops) == 0 || len(txn.Ops) > mostOps {
				t.Fatalf("%s has %d operations", txn.Name, len(txn.Ops))
			}
			for _, op := range txn.Ops {
				if len(op.Rows) > mostRows {
					t.Fatalf("a %v of %s returned %d rows", op.Kind, txn.Name, len(op.Rows))
				}
			}
		}
	})
}

// The tables must not grow, but for those of which nothing is ever removed.
func TestTablesStaySmall(t *testing.T) {
	const transactions = 2_000
	grows := map[string]bool{"append": true, "queue": true, "register": true, "claim": true}
	each(t, func(t *testing.T, w Workload, p Params) {
		h := record(t, w, p, 3, transactions)
		final := h.Txns[len(h.Txns)-1]
		for i, table := range final.Ops {
			if n := len(table.Rows); n > 100 && !grows[w.Name] || n > transactions/2 {
				t.Errorf("table %d has %d rows", i, n)
			}
			for _, row := range table.Rows {
				if n := len(strings.Split(row.Values[0].Text, ",")); n > 2*w.Rotate+1 {
					t.Errorf("a list has %d values", n)
				}
			}
		}
		if rotates := w.Name == "append" || w.Name == "register"; rotates && len(final.Ops[0].Rows) < 10 {
			t.Errorf("the keys do not rotate: %d in the first table after %d transactions", len(final.Ops[0].Rows), transactions)
		}
	})
}

// A key is inserted once in a run, whatever becomes of the row: so a row's versions are one chain.
func TestKeysAreInsertedOnce(t *testing.T) {
	type row struct {
		table int
		key   int64
	}
	each(t, func(t *testing.T, w Workload, p Params) {
		inserted := map[row]bool{}
		for _, txn := range serially(t, w, p, 9, 1_000) {
			for _, op := range txn.Ops {
				r := row{op.Table, op.Key}
				if op.Kind == history.Insert && inserted[r] {
					t.Fatalf("key %d of table %d is inserted twice", op.Key, op.Table)
				}
				inserted[r] = inserted[r] || op.Kind == history.Insert
			}
		}
	})
}

func TestAbortShare(t *testing.T) {
	const txns = 5_000
	for _, test := range []struct {
		name        string
		share       float64
		least, most float64 // of the transactions that write
	}{
		{"default", 0, 0.03, 0.07},
		{"none", -1, 0, 0},
		{"half", 0.5, 0.45, 0.55},
	} {
		for _, w := range All() {
			t.Run(test.name+"/"+w.Name, func(t *testing.T) {
				p, err := w.Complete(Params{AbortShare: test.share})
				if err != nil {
					t.Fatal(err)
				}
				all := serially(t, w, p, 5, txns)
				writing, aborted := 0, 0
				for _, txn := range all {
					wrote := false
					for _, op := range txn.Ops {
						wrote = wrote || op.Kind.Writes()
					}
					if wrote {
						writing++
						if txn.Outcome == history.Aborted {
							aborted++
						}
					}
				}
				if share := float64(aborted) / float64(writing); share < test.least || share > test.most {
					t.Errorf("%d of %d writing transactions aborted: %.3f", aborted, writing, share)
				}
			})
		}
	}
}

// Appended values must be unique, or nobody can tell who appended what.
func TestAppendedValuesAreUnique(t *testing.T) {
	p, err := Append().Complete(Params{})
	if err != nil {
		t.Fatal(err)
	}
	txns := serially(t, Append(), p, 5, 5_000)
	seen := map[int64]bool{}
	for _, txn := range txns {
		for _, op := range txn.Ops {
			if op.Kind != history.Append {
				continue
			}
			value := op.Set[0].Value.Int
			if seen[value] {
				t.Fatalf("%d is appended twice", value)
			}
			seen[value] = true
		}
	}
}
