package history

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"
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

// TestTruncated cuts files at every byte: what comes back must be the beginning
// of what was written, never an error, once the header is there.
func TestTruncated(t *testing.T) {
	want := small(5)
	for _, name := range []string{"h.jsonl", "h.jsonl.zst"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			record(t, path, want)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			cut := filepath.Join(dir, "cut-"+name)
			most, header := 0, false
			// A plain file is long, and one place within a word is like another.
			step := 1 + len(whole)/1000
			for size := 0; size < len(whole); size += step {
				if err := os.WriteFile(cut, whole[:size], 0o600); err != nil {
					t.Fatal(err)
				}
				h, err := Load(cut)
				if err != nil && !header && strings.Contains(err.Error(), "ends before its header") {
					continue
				}
				header = true
				if err != nil {
					t.Fatalf("cut after %d of %d bytes: %v", size, len(whole), err)
				}
				// In the last bytes there is nothing but the end of the line, or of the stream.
				if h.Closed && (name == "h.jsonl" && size < len(whole)-1 || size < len(whole)-12) {
					t.Fatalf("cut after %d of %d bytes, and closed", size, len(whole))
				}
				if n := len(h.Txns); n > 0 && !reflect.DeepEqual(want.Txns[:n], h.Txns) {
					t.Fatalf("cut after %d bytes: %s", size, cmp.Diff(want.Txns[:n], h.Txns))
				}
				most = max(most, len(h.Txns))
			}
			if !header || most != len(want.Txns) {
				t.Errorf("of %d transactions %d came back from the longest piece", len(want.Txns), most)
			}
		})
	}
}

// TestFlippedBits damages a compressed file byte by byte: it must never be taken for complete and different.
func TestFlippedBits(t *testing.T) {
	want := small(5)
	dir := t.TempDir()
	path := filepath.Join(dir, "h.jsonl.zst")
	record(t, path, want)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	errs := 0
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0x10
		bad := filepath.Join(dir, "bad.jsonl.zst")
		if err := os.WriteFile(bad, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := Load(bad)
		if err != nil {
			errs++
			if !strings.Contains(err.Error(), bad) {
				t.Errorf("byte %d: the error does not name the file: %v", i, err)
			}
			continue
		}
		if h.Closed && !reflect.DeepEqual(want, h) {
			t.Errorf("byte %d: it is taken for a complete history, and is another", i)
		}
	}
	if errs < len(whole)/2 {
		t.Errorf("only %d of %d damaged files were errors", errs, len(whole))
	}
}

// plainFile writes lines as they are.
func plainFile(t *testing.T, name string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const plainHeader = `{"header":{"format":1,"tables":[{"name":"t","columns":[{"name":"n","type":"int"}]}]}}`

func TestBadFiles(t *testing.T) {
	txn := func(rest string) string { return `{"txn":{"client":1,"number":1,"outcome":"committed"` + rest + `}}` }
	for _, test := range []struct{ name, want, line string }{
		{"no JSON", `:2:1: expected an object, found "oops"`, "oops"},
		{"cut in the middle", `:2:16: expected the end of the string, found the end of the line`, `{"txn":{"client`},
		{"wrong type", `:2:18: expected a number, found "\"x\"}}"`, `{"txn":{"client":"x"}}`},
		{"trailing text", `:2:54: expected the end of the line, found "x"`, txn("") + "x"},
		{"unknown kind", `one of read, read-where, insert`, txn(`,"ops":[{"kind":"merge"}]`)},
		{"no kind", `transaction 1.1, operation 0: it has no kind`, txn(`,"ops":[{}]`)},
		{"no outcome", `transaction 1.1: it has no outcome`, `{"txn":{"client":1,"number":1}}`},
		{"no number", `:2: transaction 1.0: number 0 is not from 1`, `{"txn":{"client":1,"outcome":"committed"}}`},
		{"table", `it names table 7; the header has 1 tables`, txn(`,"ops":[{"kind":"read","table":7}]`)},
		{"negative table", `expected an integer from 0 to 2147483647, found "-1}`, txn(`,"ops":[{"kind":"read","table":-1}]`)},
		{"column", `it names column 1; table t has 1 columns`, txn(`,"ops":[{"kind":"read-where","where":[{"column":1,"value":2}]}]`)},
		{"values", `row 0: it has 2 values; table t has 1 columns`, txn(`,"ops":[{"kind":"read","rows":[{"values":[1,2]}]}]`)},
		{"big version", `expected a version`, txn(`,"ops":[{"kind":"read","rows":[{"version":9007199254740992}]}]`)},
		{"big integer", `expected an integer of at most 64 bits, found "9223372036854775808`, txn(`,"ops":[{"kind":"read","key":9223372036854775808}]`)},
		{"statement", `operation 0: it names statement 0; so far there are 0`, txn(`,"ops":[{"kind":"read","statement":0}]`)},
		{"backwards", `it ends at 1, before it starts at 2`, txn(`,"start":2,"end":1`)},
		{"two things", `only one of header`, `{"event":{},"closing":{}}`},
		{"second header", `:2: a second header`, plainHeader},
		{"statement number", `expected statement 0, found statement 1`, `{"statement":{"number":1,"sql":"x"}}`},
		{"wrong counts", `the closing line counts 3 transactions with 0 operations`, `{"closing":{"transactions":3}}`},
		{"event", `expected int64 for event.at, found a JSON string`, `{"event":{"at":"x"}}`},
		{"after the end", `:3: expected nothing after the closing line`, `{"closing":{}}` + "\n" + txn("")},
		{"garbage after the end", `:3:1: expected an object`, `{"closing":{}}` + "\n" + "x"},
		{"twice", `:3: transaction 1.1 is in the file twice`, txn("") + "\n" + txn("")},
		{"deep", `brackets that nest less deep`, `{"x":` + strings.Repeat("[", 20000)},
		{"long other line", `one that is no transaction has at most`, `{"event":{"kind":"` + strings.Repeat("x", 1<<20) + `"}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := plainFile(t, "bad.jsonl", plainHeader, test.line)
			_, err := Load(path)
			if err == nil {
				t.Fatal("no error")
			}
			var place *FormatError
			if !errors.As(err, &place) || place.File != path || place.Line < 2 {
				t.Errorf("the error has no place: %#v", err)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q does not say %q", err, test.want)
			}
		})
	}
}

func TestBadHeaders(t *testing.T) {
	for _, test := range []struct{ name, want, line string }{
		{"no header", "expected the header in the first line", `{"event":{}}`},
		{"newer", "its format is 2; this version of isocheck reads format 1", `{"header":{"format":2}}`},
		{"null", "the header is null", `{"header":null}`},
		{"type", `column n has the type null`, `{"header":{"format":1,"tables":[{"name":"t","columns":[{"name":"n","type":"null"}]}]}}`},
		{"unknown type", `unknown type "float"; known are null, int, text`, `{"header":{"format":1,"tables":[{"name":"t","columns":[{"name":"n","type":"float"}]}]}}`},
		{"index", "it names column 3", `{"header":{"format":1,"tables":[{"name":"t","indexes":[3]}]}}`},
		{"invariant", "it names table 1", `{"header":{"format":1,"invariants":[{"kind":"at-least","table":1}]}}`},
		{"other file", `expected an object, found "PK\x03\x04"`, "PK\x03\x04"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := plainFile(t, "bad.jsonl", test.line)
			_, err := Files(path).Open()
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), path+":1:") {
				t.Errorf("error %q does not say %q at %s:1", err, test.want, path)
			}
		})
	}
	empty := filepath.Join(t.TempDir(), "empty.jsonl.zst")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Files(empty).Open(); err == nil || !strings.Contains(err.Error(), "ends before its header") {
		t.Errorf("empty file: %v", err)
	}
	if _, err := Files(plainFile(t, "x.jsonl.zst", plainHeader)).Open(); err == nil || !strings.Contains(err.Error(), "no zstd file") {
		t.Errorf("plain file named .zst: %v", err)
	}
	if _, err := Files(filepath.Join(t.TempDir(), "none.jsonl")).Open(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Files().Open(); err == nil {
		t.Error("no name: no error")
	}
}

func TestLongLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.jsonl.zst")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(z, plainHeader)
	for range maxLine/1024 + 1 {
		if _, err := z.Write(bytes.Repeat([]byte(" "), 1024)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), ":2: the line is longer than 64 MiB") {
		t.Errorf("error %v", err)
	}
}

func TestLeniency(t *testing.T) {
	path := plainFile(t, "odd.jsonl", plainHeader, "", " \t\r", `{"invented":{"later":[1]}}`, "{}\r",
		`{ "txn" : {"ops":[{"key":1.0,"kind":"\u0072ead","rows":[{"version":1e3}],"lock":null,"error":null}], "outcome":"aborted","number":2,"client":3}}`+"\r")
	h, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []Transaction{{Client: 3, Number: 2, Outcome: Aborted, Ops: []Op{{Kind: Read, Key: 1, Rows: []Row{{Version: 1000}}, Statement: -1}}}}
	if diff := cmp.Diff(want, h.Txns); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if h.Closed {
		t.Error("it is closed without a closing line")
	}
}

func TestWindowOfOtherTools(t *testing.T) {
	var text bytes.Buffer
	z, err := zstd.NewWriter(&text, zstd.WithWindowSize(64<<20))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(z, plainHeader)
	if err := errors.Join(z.Flush(), z.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "wide.jsonl.zst")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); !errors.Is(err, zstd.ErrWindowSizeExceeded) || !strings.Contains(err.Error(), path) {
		t.Errorf("a stream that wants 64 MiB of memory: %v", err)
	}
}

func TestStreamKeepsItsError(t *testing.T) {
	s, err := Files(plainFile(t, "bad.jsonl", plainHeader, "oops", `{"closing":{}}`)).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var txn Transaction
	first := s.Next(&txn)
	if second := s.Next(&txn); first == nil || first == io.EOF || second != first || s.Closed() {
		t.Errorf("first %v, then %v, closed %v", first, second, s.Closed())
	}
}
