package register_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

// parse reads a history, a transaction a line: "client: r(x)=1 w(y)=2", with
// "abort" or "unknown" behind it where it did not commit. x, y and z are objects; 0 is the initial value.
func parse(t *testing.T, text string) []history.Transaction {
	t.Helper()
	var txns []history.Transaction
	number := map[int]int{}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		txn := history.Transaction{Outcome: history.Committed}
		for i, word := range strings.Fields(line) {
			var kind, key byte
			var value int64
			switch _, err := fmt.Sscanf(word, "%c(%c)=%d", &kind, &key, &value); {
			case i == 0:
				fmt.Sscanf(word, "%d:", &txn.Client)
			case word == "abort":
				txn.Outcome = history.Aborted
			case word == "unknown":
				txn.Outcome = history.Indeterminate
			case err != nil:
				t.Fatalf("%q: %v", word, err)
			case kind == 'r':
				txn.Ops = append(txn.Ops, read(int64(key), value))
			default:
				txn.Ops = append(txn.Ops, write(int64(key), value))
			}
		}
		number[txn.Client]++
		txn.Number = number[txn.Client]
		txns = append(txns, txn)
	}
	return txns
}

// The histories that the literature names, each with the strongest models that hold
// (of those with session order, and of those without) and a part of what the witness of the weakest
// failing model says.
func TestLitmus(t *testing.T) {
	for _, test := range []struct {
		name, history string
		holds, fails  []register.Model
		says          string
	}{
		{
			"serial", "1: w(x)=1\n2: r(x)=1 w(y)=2\n1: r(y)=2",
			[]register.Model{"strong-session-serializable"},
			nil, "",
		},
		{
			"fractured read", "1: w(x)=1 w(y)=1\n2: r(y)=0 r(x)=1",
			[]register.Model{"strong-session-monotonic-atomic-view"},
			[]register.Model{"read-atomic"},
			"T1's write of y must precede the initial state, because T2 read the initial state, and had also read x from T1",
		},
		{
			"observed vanishes", "1: w(x)=1 w(y)=1\n2: r(x)=1 r(y)=0",
			[]register.Model{"strong-session-read-committed"},
			[]register.Model{"monotonic-atomic-view"},
			"T1's write of y must precede the initial state",
		},
		{
			"circular information flow", "1: w(x)=1 r(y)=1\n2: w(y)=1 r(x)=1",
			nil,
			[]register.Model{"read-committed"},
			"read",
		},
		{
			"causality violation", "1: w(x)=1\n2: r(x)=1 w(y)=1\n3: r(y)=1 r(x)=0",
			[]register.Model{"strong-session-read-atomic"},
			[]register.Model{"causal", "serializable", "snapshot-isolation"},
			"T1's write of x must precede the initial state, because T2 read the initial state, and T1 happened before it (T1 → T3 → T2)",
		},
		{
			"long fork", "1: w(x)=1\n2: w(y)=1\n3: r(x)=1 r(y)=0\n4: r(x)=0 r(y)=1",
			[]register.Model{"causal"},
			[]register.Model{"snapshot-isolation"},
			"which T1 overwrote",
		},
		{
			"lost update", "1: r(x)=0 w(x)=1\n2: r(x)=0 w(x)=2",
			[]register.Model{"causal"},
			[]register.Model{"snapshot-isolation"},
			"T1 and T2 both read x in its initial state and then wrote it",
		},
		{
			"write skew", "1: r(x)=0 r(y)=0 w(x)=1\n2: r(x)=0 r(y)=0 w(y)=1",
			[]register.Model{"strong-session-snapshot-isolation"},
			[]register.Model{"serializable"},
			"in its initial state, which",
		},
		{
			"read skew", "1: w(x)=1 w(y)=1\n2: w(x)=2 w(y)=2\n3: r(x)=1 r(y)=2",
			[]register.Model{"strong-session-monotonic-atomic-view"},
			[]register.Model{"read-atomic"},
			"must precede",
		},
		{
			"read your writes", "1: w(x)=1\n1: r(x)=0",
			[]register.Model{"serializable"},
			[]register.Model{"strong-session-read-atomic", "causal"},
			"T1 came before it in its session",
		},
		{
			"monotonic reads", "1: w(x)=1\n2: r(x)=1\n2: r(x)=0",
			[]register.Model{"serializable", "strong-session-read-atomic"},
			[]register.Model{"causal", "strong-session-serializable"},
			"happened before it",
		},
		{
			"monotonic writes", "1: w(x)=1\n1: w(y)=1\n2: r(y)=1 r(x)=0",
			[]register.Model{"serializable", "strong-session-read-atomic"},
			[]register.Model{"causal"},
			"happened before it",
		},
		{
			"writes follow reads", "1: w(x)=1\n2: r(x)=1\n2: w(x)=2\n3: r(x)=2\n3: r(x)=1",
			[]register.Model{"serializable"},
			[]register.Model{"causal"},
			"must precede",
		},
		{
			"serializable but not in session order", "1: w(x)=1\n2: r(x)=0 w(y)=1\n1: r(y)=0",
			[]register.Model{"serializable", "strong-session-snapshot-isolation"},
			[]register.Model{"strong-session-serializable"},
			"came before",
		},
		{
			"long fork by sessions", "1: r(y)=0 w(x)=1\n1: r(y)=0\n2: r(x)=0 w(y)=1\n2: r(x)=0",
			[]register.Model{"causal", "snapshot-isolation"},
			[]register.Model{"strong-session-snapshot-isolation", "serializable"},
			"came before",
		},
		{
			"write order forced twice", "1: w(x)=1 w(y)=1\n2: w(x)=2 w(y)=2\n3: r(x)=1\n3: r(x)=2\n4: r(y)=2\n4: r(y)=1",
			[]register.Model{"serializable"},
			[]register.Model{"causal"},
			"must precede",
		},
		{
			"unknown outcome that was seen", "1: w(x)=1 w(y)=1 unknown\n2: r(x)=1 r(y)=0",
			[]register.Model{"strong-session-read-committed"},
			[]register.Model{"monotonic-atomic-view"},
			"must precede",
		},
		{
			"unknown outcome takes effect late", "1: w(x)=1 unknown\n1: r(x)=0\n2: r(x)=1",
			[]register.Model{"strong-session-serializable"},
			nil, "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := check(t, parse(t, test.history), register.Options{Name: func(_ int, key int64) string { return string(rune(key)) }})
			said := ""
			for _, m := range r.Models {
				want := register.Verdict("")
				for _, h := range test.holds {
					if h.Implies(m.Model) {
						want = register.Holds
					}
				}
				for _, f := range test.fails {
					if m.Model.Implies(f) {
						want = register.Fails
					}
				}
				if want != "" && m.Verdict != want {
					t.Errorf("%s %s (%s), want %s", m.Model, m.Verdict, m.Why, want)
				}
				if m.Witness != nil {
					said += m.Witness.Sentence + "\n"
				}
			}
			if !strings.Contains(said, test.says) {
				t.Errorf("no witness says %q:\n%s", test.says, said)
			}
		})
	}
}

func TestWrongReads(t *testing.T) {
	for _, test := range []struct {
		kind    register.ReadAnomalyKind
		history string
		op      int // of the reader
		text    string
	}{
		{register.GarbageRead, "1: r(x)=7", 0, "transaction 1.1 read 7 from x, and nobody wrote that"},
		{register.FutureRead, "1: r(x)=7 w(x)=7", 0, "transaction 1.1 read 7 from x, which it wrote only later"},
		{register.InternalRead, "1: w(x)=7 r(x)=0", 1, "transaction 1.1 read 0 from x, though it had itself written another value last"},
		{register.DirtyRead, "1: w(x)=7 abort\n2: w(y)=1 r(x)=7", 1, "transaction 2.1 read 7 from x, which transaction 1.1 wrote, and that had no effect"},
		{register.IntermediateRead, "2: r(x)=7\n1: w(x)=7 w(x)=8", 0, "transaction 2.1 read 7 from x, which transaction 1.1 wrote and then replaced"},
		{register.NonRepeatableRead, "1: w(x)=7\n2: r(x)=0 r(x)=7", 1, "transaction 2.1 read 7 from x, and before that another value"},
	} {
		t.Run(string(test.kind), func(t *testing.T) {
			r := check(t, parse(t, test.history), register.Options{Name: func(_ int, key int64) string { return string(rune(key)) }})
			if len(r.Reads) != 1 || r.Reads[0].Kind != test.kind || r.Reads[0].Count != 1 {
				t.Fatalf("found %+v, want one %s", r.Reads, test.kind)
			}
			e := r.Reads[0].Examples[0]
			if e.ReaderOp != test.op || e.Text != test.text {
				t.Errorf("got operation %d, %q", e.ReaderOp, e.Text)
			}
			for _, m := range r.Models {
				if rules := test.kind.RulesOut(m.Model); rules != (m.Verdict == register.Fails) || rules && m.By != test.kind {
					t.Errorf("%s %s by %q", m.Model, m.Verdict, m.By)
				}
			}
		})
	}
}

// A read that had its answer before the write was sent is wrong, if one clock says so.
func TestFutureReadByTime(t *testing.T) {
	txns := parse(t, "1: r(x)=7\n2: w(x)=7")
	txns[0].Start, txns[0].Ops[0].End, txns[0].End = 1, 2, 3
	txns[1].Start, txns[1].Ops[0].Start, txns[1].Ops[0].End, txns[1].End = 4, 5, 6, 7
	if r := check(t, txns, register.Options{}); len(r.Reads) != 1 || r.Reads[0].Kind != register.FutureRead {
		t.Errorf("by one clock: found %+v", r.Reads)
	}
	if r := check(t, txns, register.Options{SeveralClocks: true}); len(r.Reads) != 0 || r.Models[0].Verdict != register.Holds {
		t.Errorf("by several clocks: found %+v, %+v", r.Reads, r.Models[0])
	}
}

// A value that was written twice does not tell which write a read saw.
func TestAmbiguousValues(t *testing.T) {
	r := check(t, parse(t, "1: w(x)=7\n2: w(x)=7\n3: r(x)=7"), register.Options{})
	if r.Counts.Ambiguous != 1 || r.Models[0].Verdict != register.Undecided {
		t.Errorf("counts %+v, %+v", r.Counts, r.Models[0])
	}
	r = check(t, parse(t, "1: w(x)=7\n2: w(x)=7\n3: r(x)=7\n4: r(x)=9"), register.Options{})
	if r.Models[0].Verdict != register.Fails {
		t.Errorf("with a garbage read as well: %+v", r.Models[0])
	}
}

func TestOtherOperations(t *testing.T) {
	var ix register.Index
	for _, op := range []history.Op{{Kind: history.ReadWhere}, {Kind: history.Update}, {Kind: history.Update, Set: []history.Assign{{Value: history.TextValue("a")}}}} {
		if err := ix.Add(&history.Transaction{Client: 1, Number: 1, Ops: []history.Op{op}}); err == nil {
			t.Errorf("%+v is taken for an operation of registers", op)
		}
	}
}
