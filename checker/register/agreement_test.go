package register_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

func read(key, value int64) history.Op {
	op := history.Op{Kind: history.Read, Key: key}
	if value >= 0 {
		op.Rows = []history.Row{{Key: key, Values: []history.Value{history.IntValue(value)}}}
	}
	return op
}

func write(key, value int64) history.Op {
	return history.Op{Kind: history.Update, Key: key, Set: []history.Assign{{Value: history.IntValue(value)}}}
}

// indexOf adds the transactions to a new index.
func indexOf(t testing.TB, txns []history.Transaction) *register.Index {
	var ix register.Index
	for i := range txns {
		if err := ix.Add(&txns[i]); err != nil {
			t.Fatalf("adding a transaction: %v", err)
		}
	}
	return &ix
}

func check(t testing.TB, txns []history.Transaction, opts register.Options) *register.Result {
	r, err := indexOf(t, txns).Check(context.Background(), opts)
	if err != nil {
		t.Fatalf("checking: %v", err)
	}
	return r
}

// drawHistory draws a small history. Its reads are mostly of what somebody committed.
func drawHistory(t *rapid.T) []history.Transaction {
	clients := rapid.IntRange(1, 4).Draw(t, "clients")
	keys := rapid.Int64Range(1, 3).Draw(t, "keys")
	count := rapid.IntRange(2, 6).Draw(t, "transactions")
	failures := rapid.IntRange(0, 3).Draw(t, "failures") == 0
	value := map[int64]int64{}
	txns := make([]history.Transaction, count)
	number := map[int]int{}
	for i := range txns {
		txn := &txns[i]
		txn.Client = rapid.IntRange(1, clients).Draw(t, "client")
		number[txn.Client]++
		txn.Number, txn.Outcome = number[txn.Client], history.Committed
		if failures {
			txn.Outcome = history.Outcome(rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "outcome"))
		}
		for range rapid.IntRange(1, 4).Draw(t, "operations") {
			key := rapid.Int64Range(1, keys).Draw(t, "key")
			if rapid.Bool().Draw(t, "write") {
				value[key]++
				txn.Ops = append(txn.Ops, write(key, value[key]))
			} else {
				txn.Ops = append(txn.Ops, read(key, -1))
			}
		}
	}
	drawReads(t, txns, value)
	drawTimes(t, txns)
	return txns
}

// drawReads fills in what the reads returned.
func drawReads(t *rapid.T, txns []history.Transaction, value map[int64]int64) {
	wild := rapid.IntRange(0, 3).Draw(t, "wild") == 0
	for i := range txns {
		own := map[int64]int64{}
		saw := map[int64]int64{}
		for j := range txns[i].Ops {
			op := &txns[i].Ops[j]
			if op.Kind == history.Update {
				own[op.Key] = op.Set[0].Value.Int
				continue
			}
			v := rapid.Int64Range(0, value[op.Key]).Draw(t, "value")
			if wild && rapid.IntRange(0, 9).Draw(t, "garbage") == 0 {
				v = 99
			}
			if before, ok := saw[op.Key]; ok && rapid.IntRange(0, 3).Draw(t, "repeat") > 0 {
				v = before
			}
			if mine, ok := own[op.Key]; ok && (!wild || rapid.IntRange(0, 3).Draw(t, "stale") > 0) {
				v = mine
			}
			saw[op.Key] = v
			*op = read(op.Key, v)
			if v == 0 && rapid.Bool().Draw(t, "absent") {
				op.Rows = nil
			}
		}
	}
}

// drawTimes gives the transactions times, one after the other in a client, and the order in which they ended.
func drawTimes(t *rapid.T, txns []history.Transaction) {
	if rapid.Bool().Draw(t, "untimed") {
		return
	}
	var begun []int
	now := int64(1)
	started := make([]bool, len(txns))
	for done := 0; done < len(txns); now += 2 {
		var steps []int
		for i := range txns {
			busy := slices.ContainsFunc(begun, func(b int) bool { return txns[b].Client == txns[i].Client })
			first := !slices.ContainsFunc(txns[:i], func(o history.Transaction) bool { return o.Client == txns[i].Client && o.End == 0 })
			if slices.Contains(begun, i) || !started[i] && !busy && first {
				steps = append(steps, i)
			}
		}
		i := rapid.SampledFrom(steps).Draw(t, "step")
		if !started[i] {
			started[i], txns[i].Start = true, now
			begun = append(begun, i)
			continue
		}
		txns[i].End = now
		begun = slices.DeleteFunc(begun, func(b int) bool { return b == i })
		done++
	}
	slices.SortFunc(txns, func(a, b history.Transaction) int { return int(a.End - b.End) })
}

// TestReference holds the checker against the reference, for every model. Each is checked alone as
// well, so that no answer leans on another model's.
func TestReference(t *testing.T) {
	soak(t, "500", "100000")
	rapid.Check(t, func(t *rapid.T) {
		txns := drawHistory(t)
		together := map[register.Model]register.ModelResult{}
		r := checkRapid(t, txns, register.Options{})
		for _, m := range r.Models {
			together[m.Model] = m
		}
		for _, m := range register.Models(txns[0].End != 0) {
			base, order := m.Split()
			ref, wrong := newReference(txns, order)
			want := register.Holds
			for kind := range wrong {
				if kind.RulesOut(m) {
					want = register.Fails
				}
			}
			if want == register.Holds && !ref.holds(base) {
				want = register.Fails
			}
			compareReads(t, txns, r, wrong)
			alone := checkRapid(t, txns, register.Options{Models: []register.Model{m}}).Models[0]
			for _, got := range []register.ModelResult{together[m], alone} {
				if got.Verdict != want {
					t.Fatalf("%s: got %s (%s), want %s in\n%s", m, got.Verdict, got.Why, want, show(txns))
				}
				if got.Witness != nil {
					verifyWitness(t, txns, got)
				}
			}
		}
	})
}

func compareReads(t *rapid.T, txns []history.Transaction, r *register.Result, want map[register.ReadAnomalyKind]bool) {
	for _, kind := range register.ReadAnomalies() {
		found := slices.ContainsFunc(r.Reads, func(a register.ReadAnomaly) bool { return a.Kind == kind })
		if found != want[kind] {
			t.Fatalf("%s: found is %v, want %v in\n%s", kind, found, want[kind], show(txns))
		}
	}
}

func checkRapid(t *rapid.T, txns []history.Transaction, opts register.Options) *register.Result {
	var ix register.Index
	for i := range txns {
		if err := ix.Add(&txns[i]); err != nil {
			t.Fatalf("adding a transaction: %v", err)
		}
	}
	r, err := ix.Check(context.Background(), opts)
	if err != nil {
		t.Fatalf("checking: %v", err)
	}
	return r
}

// show writes a history down, a line a transaction.
func show(txns []history.Transaction) string {
	var b strings.Builder
	for i := range txns {
		txn := &txns[i]
		fmt.Fprintf(&b, "%s %s [%d, %d]:", txn.ID(), txn.Outcome, txn.Start, txn.End)
		for _, op := range txn.Ops {
			switch {
			case op.Kind == history.Update:
				fmt.Fprintf(&b, " w(%d)=%d", op.Key, op.Set[0].Value.Int)
			case len(op.Rows) == 0:
				fmt.Fprintf(&b, " r(%d)=none", op.Key)
			default:
				fmt.Fprintf(&b, " r(%d)=%d", op.Key, op.Rows[0].Values[0].Int)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
