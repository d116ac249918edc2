package history

import (
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// textsFrom is what Create wants of a list of statements.
func textsFrom(all []string) func(int) []string {
	return func(from int) []string { return all[min(from, len(all)):] }
}

// record writes a history's file, all transactions by one recorder for each client.
func record(tb testing.TB, path string, h *History) {
	tb.Helper()
	w, err := Create(path, h.Header, textsFrom(h.Statements))
	if err != nil {
		tb.Fatal(err)
	}
	recorders := map[int]*Recorder{}
	for i := range h.Txns {
		c := h.Txns[i].Client
		if recorders[c] == nil {
			recorders[c] = w.Recorder()
		}
		recorders[c].Record(&h.Txns[i])
	}
	for _, e := range h.Events {
		w.Event(e)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
}

// small is a history of n typical transactions of two clients, in the order in which they end.
func small(n int) *History {
	h := &History{
		Header: testHeader(), Statements: testStatements, Closed: true,
		Events: []Event{{At: 5, Kind: "fault", Detail: "killed <1>"}},
	}
	for i := range n {
		t := typical(i%2+1, i/2+1)
		t.End += int64(i % 2)
		h.Txns = append(h.Txns, t)
	}
	return h
}

func TestFileRoundTrip(t *testing.T) {
	h := testHeader()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		want := &History{Header: h, Statements: testStatements, Closed: true}
		want.Txns = rapid.SliceOfNDistinct(someTransactions(&h), 0, 5, func(t Transaction) TxnID { return t.ID() }).Draw(t, "transactions")
		for i := range want.Txns {
			// The writer puts them into the order of their ends.
			want.Txns[i].Start, want.Txns[i].End = int64(i), int64(i)
		}
		path := filepath.Join(dir, rapid.SampledFrom([]string{"h.jsonl", "h.jsonl.zst"}).Draw(t, "name"))
		writeFile(t, path, want)
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// writeFile is record for property tests, whose T is not a testing.TB.
func writeFile(t *rapid.T, path string, h *History) {
	w, err := Create(path, h.Header, textsFrom(h.Statements))
	if err != nil {
		t.Fatal(err)
	}
	r := w.Recorder()
	for i := range h.Txns {
		r.Record(&h.Txns[i])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestEventsAndHeaderComeBack(t *testing.T) {
	for _, name := range []string{"h.jsonl", "h.jsonl.zst"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			want := small(100)
			record(t, path, want)
			got, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestClientsRecordTogether has clients that record at the same time, more than
// their buffers hold: nothing may be lost, doubled or out of a client's order.
func TestClientsRecordTogether(t *testing.T) {
	const clients, transactions = 8, 2000
	path := filepath.Join(t.TempDir(), "h.jsonl.zst")
	w, err := Create(path, testHeader(), textsFrom(testStatements))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for c := range clients {
		r := w.Recorder()
		wg.Go(func() {
			for n := range transactions {
				txn := typical(c, n+1)
				r.Record(&txn)
			}
		})
	}
	wg.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	h, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Txns) != clients*transactions || !h.Closed {
		t.Fatalf("%d transactions, closed %v", len(h.Txns), h.Closed)
	}
	last := map[int]int{}
	for i := range h.Txns {
		txn := &h.Txns[i]
		if txn.Number != last[txn.Client]+1 {
			t.Fatalf("transaction %s came after number %d", txn.ID(), last[txn.Client])
		}
		last[txn.Client] = txn.Number
		if want := typical(txn.Client, txn.Number); !reflect.DeepEqual(want, *txn) {
			t.Fatal(cmp.Diff(want, *txn))
		}
	}
}

// TestUnclosedFileIsReadable looks at the file of a run while it goes on, which
// is what a run that is killed leaves.
func TestUnclosedFileIsReadable(t *testing.T) {
	for _, name := range []string{"h.jsonl", "h.jsonl.zst"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			w, err := Create(path, testHeader(), textsFrom(testStatements))
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			txn := typical(1, 1)
			w.Recorder().Record(&txn)
			// The client is idle now; the writer must come on its own.
			for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				h, err := Load(path)
				if err != nil {
					t.Fatal(err)
				}
				if h.Closed {
					t.Fatal("the history says that it is closed")
				}
				if len(h.Txns) == 1 {
					return
				}
				if time.Now().After(deadline) {
					t.Fatal("the transaction did not get into the file")
				}
			}
		})
	}
}
