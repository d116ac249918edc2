package register_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

// arrangements are the forms in which the same history can come.
var arrangements = []string{"timed", "by session", "shuffled"}

func (e *engine) arranged(count int, arrangement string) []history.Transaction {
	c := *e
	c.untimed = arrangement != "timed"
	txns := c.history(count, arrangement == "by session")
	if arrangement == "shuffled" {
		rand.New(rand.NewPCG(c.seed, 1)).Shuffle(len(txns), func(i, j int) { txns[i], txns[j] = txns[j], txns[i] })
	}
	return txns
}

// What an engine keeps, every check must find kept; what it breaks, the check finds within a few hundred transactions.
func TestEngine(t *testing.T) {
	for _, test := range []struct {
		name         string
		engine       engine
		holds, fails register.Model
	}{
		{"serializable", engine{validate: true}, "strong-session-serializable", ""},
		{"snapshot isolation", engine{}, "strong-session-snapshot-isolation", "serializable"},
		{"lost updates", engine{lostUpdates: true}, "strong-session-read-atomic", "snapshot-isolation"},
		{"read committed", engine{latest: true}, "strong-session-monotonic-atomic-view", "read-atomic"},
	} {
		for _, arrangement := range arrangements {
			t.Run(test.name+"/"+arrangement, func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(12) {
					e := test.engine
					e.sessions, e.ops, e.keys, e.seed, e.readers = 2+int(seed), 2+int(seed%5), 10+20*int(seed%3), seed, 20
					dense := e.sessions > 5 && e.ops > 3 && e.keys < 40 // so that transactions get in each other's way
					r := check(t, e.arranged(600, arrangement), register.Options{})
					for _, m := range r.Models {
						switch {
						case test.holds.Implies(m.Model) && m.Verdict != register.Holds:
							t.Fatalf("seed %d: %s %s: %s %+v", seed, m.Model, m.Verdict, m.Why, m.Witness)
						case dense && test.fails != "" && m.Model.Implies(test.fails) && m.Verdict != register.Fails:
							t.Fatalf("seed %d: %s %s: %s", seed, m.Model, m.Verdict, m.Why)
						case m.Verdict == register.Undecided:
							t.Fatalf("seed %d: %s is undecided: %s", seed, m.Model, m.Why)
						}
					}
				}
			})
		}
	}
}

// The same history gives the same result, to the letter.
func TestDeterminism(t *testing.T) {
	e := engine{sessions: 8, ops: 5, keys: 30, seed: 3, lostUpdates: true}
	txns := e.arranged(500, "by session")
	first := check(t, txns, register.Options{})
	for range 3 {
		if again := check(t, txns, register.Options{}); !reflect.DeepEqual(first, again) {
			t.Fatalf("got\n%+v\nthen\n%+v", first, again)
		}
	}
}

func TestLimit(t *testing.T) {
	e := engine{sessions: 8, ops: 5, keys: 100, seed: 3, validate: true}
	txns := e.arranged(2000, "by session")
	models := []register.Model{"serializable"}
	r := check(t, txns, register.Options{Models: models, Limit: time.Nanosecond})
	if m := r.Models[0]; m.Verdict != register.Undecided || m.Why == "" {
		t.Errorf("with no time to search: %+v", m)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := indexOf(t, txns).Check(ctx, register.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with the context cancelled: %v", err)
	}
}

// Sizes at the edges: nothing, one session, a session for every transaction.
func TestSizes(t *testing.T) {
	if r := check(t, nil, register.Options{}); r.Models[0].Verdict != register.Holds {
		t.Errorf("no transaction: %+v", r.Models[0])
	}
	for _, sessions := range []int{1, 1000} {
		t.Run(fmt.Sprint(sessions, " sessions"), func(t *testing.T) {
			e := engine{sessions: sessions, ops: 4, keys: 3000, seed: 5, validate: true}
			r := check(t, e.arranged(3000, "by session"), register.Options{})
			for _, m := range r.Models {
				if m.Verdict != register.Holds {
					t.Errorf("%s %s: %s", m.Model, m.Verdict, m.Why)
				}
			}
		})
	}
}

func ExampleIndex() {
	read := func(key, value int64) history.Op {
		return history.Op{Kind: history.Read, Key: key, Rows: []history.Row{{Key: key, Values: []history.Value{history.IntValue(value)}}}}
	}
	write := func(key, value int64) history.Op {
		return history.Op{Kind: history.Update, Key: key, Set: []history.Assign{{Value: history.IntValue(value)}}}
	}
	var ix register.Index
	for _, t := range []history.Transaction{
		{Client: 1, Number: 1, Outcome: history.Committed, Ops: []history.Op{read(1, 0), read(2, 0), write(1, 10)}},
		{Client: 2, Number: 1, Outcome: history.Committed, Ops: []history.Op{read(1, 0), read(2, 0), write(2, 20)}},
	} {
		if err := ix.Add(&t); err != nil {
			fmt.Println(err)
		}
	}
	result, err := ix.Check(context.Background(), register.Options{Models: []register.Model{register.Serializable, register.SnapshotIsolation}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range result.Models {
		fmt.Println(m.Model, m.Verdict)
		if m.Witness != nil {
			fmt.Println(m.Witness.Sentence)
		}
	}
	// Output:
	// serializable fails
	// In a circle: T1 read row 2 of table 0 in its initial state, which T2 overwrote; T2 read row 1 of table 0 in its initial state, which T1 overwrote.
	// snapshot-isolation holds
}
