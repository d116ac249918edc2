package register_test

import (
	"context"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

// FuzzCheck reads histories off bytes: whatever they are, the check must end, and agree with itself
// about which model implies which.
func FuzzCheck(f *testing.F) {
	f.Add([]byte{1, 0x11, 0x81, 0, 2, 0x11, 0x82})
	f.Add([]byte("three transactions, each of some operations, of a few clients"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		var ix register.Index
		for _, txn := range fromBytes(data) {
			if err := ix.Add(&txn); err != nil {
				t.Fatal(err)
			}
		}
		r, err := ix.Check(context.Background(), register.Options{Limit: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range r.Models {
			for _, b := range r.Models {
				if a.Model.Implies(b.Model) && a.Verdict == register.Holds && b.Verdict == register.Fails {
					t.Errorf("%s holds and %s fails", a.Model, b.Model)
				}
			}
		}
	})
}

// fromBytes makes a history of bytes: a byte with the highest bits 00 begins a
// transaction, others are operations.
func fromBytes(data []byte) []history.Transaction {
	var txns []history.Transaction
	number := map[int]int{}
	for i, b := range data {
		if len(txns) == 0 || b>>6 == 0 {
			client := int(b & 7)
			number[client]++
			txn := history.Transaction{Client: client, Number: number[client], Outcome: history.Committed}
			if b&0x30 == 0x30 {
				txn.Outcome = history.Outcome(2 + b&1)
			}
			if b&8 != 0 {
				txn.Start, txn.End = int64(i), int64(i)+int64(b>>4)*3+1
			}
			txns = append(txns, txn)
			continue
		}
		key, value := int64(b>>4&3), int64(b&15)
		txn := &txns[len(txns)-1]
		if b>>7 == 0 {
			txn.Ops = append(txn.Ops, write(key, value))
		} else {
			txn.Ops = append(txn.Ops, read(key, value-1))
		}
	}
	return txns
}
