package checker_test

import (
	"context"
	"encoding/binary"
	"runtime/debug"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// Whatever a file says, the checker neither panics nor hangs: versions of operations that do not exist,
// circles of previous versions, a row twice in one answer, too few values.
func FuzzCheck(f *testing.F) {
	for seed := range uint64(6) {
		f.Add(seed, []byte{})
		f.Add(seed, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})
	}
	f.Fuzz(func(t *testing.T, seed uint64, mutations []byte) {
		h := fuzzSeed(t, seed)
		for len(mutations) >= 4 && len(h.Txns) > 0 {
			mutate(h, mutations[0], int(mutations[1]), int(mutations[2]), int64(int8(mutations[3])))
			mutations = mutations[4:]
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("panic: %v\n%s", p, debug.Stack())
				}
			}()
			findings, err := checker.Check(ctx, h, checker.Options{Expect: checker.Models()[seed%uint64(len(checker.Models()))]})
			if err == nil && len(findings.Models) == 0 {
				t.Error("no findings and no error")
			}
		}()
		select {
		case <-done:
		case <-ctx.Done():
			t.Fatal("the check hangs")
		}
	})
}

// fuzzSeed returns a history to begin with: a small one of the breakable database, traced or not.
func fuzzSeed(t *testing.T, seed uint64) *history.History {
	models := memory.Models()
	c := memory.Config{
		Model: models[seed%uint64(len(models))], Seed: seed, Txns: 12, Sessions: 4, Keys: 4, Values: 2,
		Mix: memory.MixOfAll(), AbortShare: 0.2, LostShare: 0.1,
	}
	if seed%4 == 3 {
		c.Kind, c.Mix = memory.UntracedAppend, memory.Mix{}
	}
	h, err := history.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	h.Header.Invariants = []history.Invariant{
		{Kind: history.ConstantSum, Value: 3}, {Kind: history.CountsWrites, Value: 1}, {Kind: history.AtLeast}, {Kind: history.StableRows}, {Kind: "of another time"},
	}
	return h
}

// mutate changes one thing in a history.
func mutate(h *history.History, what byte, a, b int, n int64) {
	t := &h.Txns[a%len(h.Txns)]
	if what%16 < 5 || len(t.Ops) == 0 {
		mutateTransaction(h, t, what, b, n)
		return
	}
	op := &t.Ops[b%len(t.Ops)]
	if what%16 < 11 || len(op.Rows) == 0 {
		mutateOperation(op, what, n)
		return
	}
	row := &op.Rows[int(uint8(n))%len(op.Rows)]
	other := h.Txns[b%len(h.Txns)].ID()
	switch what % 16 {
	case 11:
		row.Version = other.Version(int(uint8(n)) * 3)
	case 12:
		row.Previous = other.Version(int(uint8(n)) % 5)
	case 13:
		row.Values = row.Values[:len(row.Values)/2]
	case 14:
		op.Rows = append(op.Rows, *row)
	case 15:
		row.Previous, row.Version, row.Key = history.Version(n), history.Version(n<<30), n
	}
}

func mutateTransaction(h *history.History, t *history.Transaction, what byte, b int, n int64) {
	switch what % 16 {
	case 0:
		t.Outcome = history.Outcome(uint64(n) % 4)
	case 1:
		t.Start, t.End = t.End, t.Start
	case 2:
		t.Client, t.Number = b, int(binary.BigEndian.Uint16([]byte{byte(n), byte(b)}))
	case 3:
		h.Closed, h.Header.Parts = !h.Closed, int(n&3)
	case 4:
		t.Ops = t.Ops[:len(t.Ops)/2]
	default:
		t.End += n
	}
}

func mutateOperation(op *history.Op, what byte, n int64) {
	switch what % 16 {
	case 5:
		op.Kind = history.Kind(uint64(n) % 10)
	case 6:
		op.Gap, op.Lock, op.Limit = n&1 == 0, history.Lock(n&3), int(n&4)
	case 7:
		op.Where = append(op.Where, history.Condition{Column: int(n & 3), Cmp: history.Comparison(n & 7), Value: history.IntValue(n)})
	case 8:
		op.Set = append(op.Set, history.Assign{Column: int(n & 3), Op: history.AssignOp(n & 3), Value: history.TextValue("1,,2")})
	case 9:
		op.Start, op.End = op.End+n, op.Start
	default:
		op.Error, op.Key = &history.Error{Class: history.Deadlock}, n
	}
}
