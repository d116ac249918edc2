package reports

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// steps writes a witness as a reader sees it: number, session, text, remark, error.
func steps(f *checker.Findings, w *checker.Witness) []string {
	var lines []string
	for _, s := range newTimeline(w).Steps {
		v := newStepView(f, w, s, 0)
		line := fmt.Sprint(v.Number, " ", v.Label, " ", v.SQL)
		for _, a := range v.Answers {
			line += strings.TrimRight(" → "+a.Text+" "+a.Version, " ")
		}
		if v.Remark != "" {
			line += " (" + v.Remark + ")"
		}
		if v.Error != "" {
			line += " ✗ " + v.Error
		}
		lines = append(lines, line)
	}
	return lines
}

func TestSteps(t *testing.T) {
	f := violatedRun().Findings
	f.Statements = nil
	old, first, second := "2.411.1", "5.402.1", "1.417.1"
	cases := map[string]struct {
		witness checker.Witness
		want    []string
	}{
		"lost update": {lostUpdate(), []string{
			"1 T1 BEGIN",
			"2 T1 read counters 3 → 3: n = 41 version " + old,
			"3 T2 BEGIN",
			"4 T2 read counters 3 → 3: n = 41 version " + old,
			"5 T2 update counters 3 set n = 42 → updated 3 version " + first + " replaced " + old,
			"6 T1 update counters 3 set n = 42 → updated 3 version " + second + " replaced " + first + " of T2 (took 5 ms, in which T2 committed)",
			"7 T2 COMMIT",
			"8 T1 COMMIT",
		}},
		"dirty read": {dirtyRead(), []string{
			"1 T1 BEGIN",
			"2 T1 read counters 1 → 1: n = 6 version 1.7.1",
			"3 T1 update counters 1 set n = 7 → updated 1 version 2.9.1 replaced 1.7.1",
			"4 T2 BEGIN",
			"5 T2 read counters 1 → 1: n = 7 version 2.9.1 of T1",
			"6 T2 COMMIT",
			"7 T1 ROLLBACK (on purpose)",
		}},
		"errors": {failures(), []string{
			"1 T1 BEGIN",
			"2 T2 BEGIN",
			"3 T3 BEGIN",
			"4 T1 update counters 1 ✗ deadlock 40P01: deadlock detected",
			"5 T4 BEGIN ✗ connection lost: no route",
			"6 T4 (ended by the server)",
			"7 T2 COMMIT ✗ serialization failure 40001: could not serialize",
			"8 T3 COMMIT (no answer came: nobody knows whether it committed) ✗ connection lost: EOF",
			"9 T1 (ended by the server)",
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, steps(f, &c.witness)); diff != "" {
				t.Errorf("- want + got:\n%s", diff)
			}
		})
	}
}

// failures are the ways in which transactions fail.
func failures() checker.Witness {
	return checker.Witness{Transactions: []history.Transaction{
		{Client: 1, Number: 1, Start: 1, End: 900, Outcome: history.Aborted, Ops: []history.Op{{
			Kind: history.Update, Key: 1, Start: 40, End: 800, Statement: -1,
			Error: &history.Error{Class: history.Deadlock, Code: "40P01", Message: "deadlock detected"},
		}}},
		{
			Client: 2, Number: 1, Start: 2, Finish: 100, End: 200, Outcome: history.Aborted,
			Error: &history.Error{Class: history.SerializationFailure, Code: "40001", Message: "could not serialize"},
		},
		{
			Client: 3, Number: 1, Start: 3, Finish: 110, End: 210, Outcome: history.Indeterminate,
			Error: &history.Error{Class: history.ConnectionLost, Message: "EOF"},
		},
		{
			Client: 4, Number: 1, Start: 50, End: 60, Outcome: history.Aborted,
			Error: &history.Error{Class: history.ConnectionLost, Message: "no route"},
		},
	}}
}

// Whatever the times, later moments stand further right, a bar has room for its
// number, and nothing leaves the drawing.
func TestLanesKeepOrderAndRoom(t *testing.T) {
	f := violatedRun().Findings
	rapid.Check(t, func(t *rapid.T) {
		w := checker.Witness{}
		now := rapid.Int64Range(0, 1e12).Draw(t, "start")
		next := func() int64 {
			now += rapid.Int64Range(0, 1<<rapid.IntRange(1, 38).Draw(t, "scale")).Draw(t, "gap")
			return now
		}
		for n := range rapid.IntRange(1, 5).Draw(t, "transactions") {
			txn := history.Transaction{Client: n + 1, Number: 1, Start: next(), Outcome: history.Committed}
			for range rapid.IntRange(0, 6).Draw(t, "operations") {
				txn.Ops = append(txn.Ops, history.Op{Kind: history.Read, Start: next(), End: next(), Statement: -1})
			}
			txn.Finish, txn.End = next(), next()
			w.Transactions = append(w.Transactions, txn)
		}
		line := newTimeline(&w)
		at, _ := timeScale(line.Steps)
		for _, a := range line.Steps {
			if a.End > a.Start && at[a.End]-at[a.Start] < gapTight-1 {
				t.Fatalf("a bar is %d wide", at[a.End]-at[a.Start])
			}
			for _, b := range line.Steps {
				if a.Start < b.Start && at[a.Start] >= at[b.Start] {
					t.Fatalf("%d stands at %d and %d at %d", a.Start, at[a.Start], b.Start, at[b.Start])
				}
			}
		}
		d := newLanes(f, &w)
		if len(at) <= 54 && d.Width > lanesLeast {
			t.Fatalf("%d moments make a drawing %d wide", len(at), d.Width)
		}
		for _, l := range d.Lanes {
			if l.MarkX > d.Width {
				t.Fatalf("a mark at %d in a drawing %d wide", l.MarkX, d.Width)
			}
		}
	})
}

func TestCycleOfAnySize(t *testing.T) {
	f := violatedRun().Findings
	for size := 2; size <= 8; size++ {
		w := checker.Witness{}
		for n := range size {
			w.Transactions = append(w.Transactions, history.Transaction{Client: n, Number: 1})
			w.Edges = append(w.Edges, checker.Edge{From: n, To: (n + 1) % size, Kind: checker.RW})
		}
		c := newCycle(f, &w)
		if len(c.Nodes) != size || len(c.Arrows) != size {
			t.Errorf("a cycle of %d has %d nodes and %d arrows", size, len(c.Nodes), len(c.Arrows))
		}
		for _, n := range c.Nodes {
			if n.X < nodeRadius || n.X > c.Width-nodeRadius || n.Y < nodeRadius || n.Y > c.Height-nodeRadius {
				t.Errorf("in a cycle of %d a node stands at %d, %d", size, n.X, n.Y)
			}
		}
	}
	broken := checker.Witness{Transactions: make([]history.Transaction, 1), Edges: []checker.Edge{{From: 0, To: 7}, {From: -1}, {From: 0, To: 0}}}
	if c := newCycle(f, &broken); len(c.Arrows) != 0 {
		t.Errorf("edges to transactions that are not there, or from one to itself, are drawn: %v", c.Arrows)
	}
}

func TestArrowLabelsDoNotCoverEachOther(t *testing.T) {
	for name, w := range map[string]checker.Witness{"lost update": lostUpdate(), "predicate skew": predicateSkew(), "long fork": longFork()} {
		arrows := newLanes(violatedRun().Findings, &w).Arrows
		for i := range arrows {
			for _, other := range arrows[:i] {
				if arrows[i].covers(other) {
					t.Errorf("%s: the labels of arrows at %d, %d and %d, %d cover each other", name, arrows[i].LabelX, arrows[i].LabelY, other.LabelX, other.LabelY)
				}
			}
		}
	}
}

// Where BEGIN and the first statement have one time, as in histories that were generated, both can be seen.
func TestBeginIsNotCovered(t *testing.T) {
	for _, w := range []checker.Witness{lostUpdate(), longFork()} {
		for n := range w.Transactions {
			w.Transactions[n].Start = w.Transactions[n].Ops[0].Start
		}
		for _, l := range newLanes(violatedRun().Findings, &w).Lanes {
			if begin, first := l.Bars[0], l.Bars[1]; begin.X+begin.Width > first.X || begin.X < l.From || begin.X < 100 {
				t.Errorf("BEGIN is at %d to %d in a band from %d, the first statement at %d", begin.X, begin.X+begin.Width, l.From, first.X)
			}
		}
	}
}
