package history

import (
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"testing"
)

func BenchmarkEncode(b *testing.B) {
	txn := typical(3, 4711)
	var line []byte
	b.ReportAllocs()
	for b.Loop() {
		line = appendTransactionLine(line[:0], &txn)
	}
	perOperation(b, len(txn.Ops))
	b.SetBytes(int64(len(line)))
}

func BenchmarkDecode(b *testing.B) {
	lines := make([][]byte, 1000)
	size := 0
	for i := range lines {
		lines[i] = benchLine(i + 1)
		size += len(lines[i])
	}
	var d decoder
	var t Transaction
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := d.decode(lines[n%len(lines)], &t); !ok {
			b.Fatal(d.problem())
		}
		n++
	}
	perOperation(b, len(t.Ops))
	b.SetBytes(int64(size / len(lines)))
}

// BenchmarkDecodeEncodingJSON is what BenchmarkDecode is to be compared with.
func BenchmarkDecodeEncodingJSON(b *testing.B) {
	line := benchLine(4711)
	for b.Loop() {
		var l oracleLine
		if err := json.Unmarshal(line, &l); err != nil {
			b.Fatal(err)
		}
	}
	perOperation(b, 4)
	b.SetBytes(int64(len(line)))
}

func perOperation(b *testing.B, operations int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*operations), "ns/operation")
}

// BenchmarkRecord measures what the client pays, with the writer at work beside it.
func BenchmarkRecord(b *testing.B) {
	for _, name := range []string{"history.jsonl", "history.jsonl.zst"} {
		b.Run(filepath.Ext(name), func(b *testing.B) {
			w, err := Create(filepath.Join(b.TempDir(), name), testHeader(), func(from int) []string { return testStatements[min(from, len(testStatements)):] })
			if err != nil {
				b.Fatal(err)
			}
			r := w.Recorder()
			txn := typical(3, 1)
			b.ReportAllocs()
			for b.Loop() {
				txn.Number = txn.Number%MaxNumber + 1
				r.Record(&txn)
			}
			perOperation(b, len(txn.Ops))
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkRead reads a file of 100,000 transactions.
func BenchmarkRead(b *testing.B) {
	const transactions = 100_000
	for _, name := range []string{"history.jsonl", "history.jsonl.zst"} {
		b.Run(filepath.Ext(name), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), name)
			size := writeTypical(b, path, transactions)
			b.ReportAllocs()
			for b.Loop() {
				s, err := Files(path).Open()
				if err != nil {
					b.Fatal(err)
				}
				var t Transaction
				for err == nil {
					err = s.Next(&t)
				}
				if !errors.Is(err, io.EOF) || !s.Closed() {
					b.Fatal(err)
				}
				s.Close()
			}
			perOperation(b, transactions*4)
			b.SetBytes(size)
		})
	}
}

// writeTypical writes a file of so many transactions, and returns how many bytes their lines have.
func writeTypical(tb testing.TB, path string, transactions int) (size int64) {
	w, err := Create(path, testHeader(), func(from int) []string { return testStatements[min(from, len(testStatements)):] })
	if err != nil {
		tb.Fatal(err)
	}
	const clients = 8
	var recorders []*Recorder
	for range clients {
		recorders = append(recorders, w.Recorder())
	}
	for i := range transactions {
		t := typical(i%clients+1, i/clients+1)
		recorders[i%clients].Record(&t)
		size += int64(len(appendTransactionLine(nil, &t)))
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return size
}

func BenchmarkStats(b *testing.B) {
	h := testHeader()
	s := NewStats(&h)
	txn := typical(3, 4711)
	b.ReportAllocs()
	for b.Loop() {
		txn.End += 1000
		s.Add(&txn)
	}
}
