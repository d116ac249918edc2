package workloads

import (
	"testing"

	"github.com/isocheck/isocheck/history"
)

// One transaction after another must keep every invariant: else a breach would
// say nothing about isolation.
func TestInvariantsHoldSerially(t *testing.T) {
	each(t, func(t *testing.T, w Workload, p Params) {
		m, txns := serially(t, w, p, 11, 5_000)
		for _, inv := range w.New(p).Invariants {
			switch inv.Kind {
			case history.ConstantSum:
				if got := m.sum(inv); got != inv.Value {
					t.Errorf("%s: %d, not %d", inv.Name, got, inv.Value)
				}
				reads := checkReads(t, inv, txns)
				if reads == 0 {
					t.Errorf("%s: no transaction read the whole table", inv.Name)
				}
			case history.CountsWrites:
				if got, want := m.sum(inv), inv.Value*writes(inv, txns); got != want || want == 0 {
					t.Errorf("%s: %d, not %d", inv.Name, got, want)
				}
			case history.AtLeast:
				for key, row := range m.tables[inv.Table] {
					if row[inv.Column].Int < inv.Value {
						t.Errorf("%s: row %d has %d", inv.Name, key, row[inv.Column].Int)
					}
				}
			case history.StableRows:
				if !readsTwice(txns) {
					t.Errorf("%s: no transaction reads by the same predicate twice", inv.Name)
				}
			default:
				t.Errorf("nobody knows how to check %s", inv.Kind)
			}
		}
	})
}

func (m *memory) sum(inv history.Invariant) int64 {
	var sum int64
	for _, row := range m.tables[inv.Table] {
		sum += row[inv.Column].Int
	}
	return sum
}

// checkReads checks every read of the whole table and returns how many there were.
func checkReads(t *testing.T, inv history.Invariant, txns []history.Transaction) int {
	reads := 0
	for _, txn := range txns {
		for _, op := range txn.Ops {
			if op.Kind != history.ReadWhere || op.Table != inv.Table || len(op.Where) > 0 {
				continue
			}
			reads++
			var sum int64
			for _, row := range op.Rows {
				sum += row.Values[inv.Column].Int
			}
			if sum != inv.Value {
				t.Fatalf("%s: %v read %d, not %d", inv.Name, txn.ID(), sum, inv.Value)
			}
		}
	}
	return reads
}

// writes counts the rows of the table that committed transactions wrote.
func writes(inv history.Invariant, txns []history.Transaction) int64 {
	var n int64
	for _, txn := range txns {
		for _, op := range txn.Ops {
			if txn.Outcome == history.Committed && op.Kind.Writes() && op.Table == inv.Table {
				n += int64(len(op.Rows))
			}
		}
	}
	return n
}

func readsTwice(txns []history.Transaction) bool {
	for _, txn := range txns {
		for i, op := range txn.Ops {
			for _, again := range txn.Ops[i+1:] {
				if op.Kind == history.ReadWhere && again.Kind == history.ReadWhere && op.Where[0] == again.Where[0] {
					return true
				}
			}
		}
	}
	return false
}
