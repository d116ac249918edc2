package formats_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
)

// benchmarkHistory runs transactions of four operations, one after the other, by 20 clients
// on 100 keys at a time, which are lists of at most 20 elements or registers.
func benchmarkHistory(lists bool, txns int) *history.History {
	rng := rand.New(rand.NewPCG(1, 2))
	h := &history.History{Closed: true, Header: history.Header{
		Format: history.FormatVersion, Clients: 20, Traces: history.Registers,
		Tables: []history.Table{{Name: "t", Columns: []history.Column{{Name: "c", Type: history.Int}}}},
	}}
	if lists {
		h.Header.Traces, h.Header.Tables[0].Columns[0].Type = history.ListAppend, history.Text
	}
	value, list := map[int64]int64{}, map[int64][]string{}
	for n := range txns {
		t := history.Transaction{Client: n%20 + 1, Number: n/20 + 1, Outcome: history.Committed, Start: int64(1000 * n), End: int64(1000*n + 900)}
		for range 4 {
			key := int64(n/400*100) + rng.Int64N(100)
			op := history.Op{Kind: history.Read, Key: key, Start: t.Start, End: t.End, Statement: -1}
			switch {
			case rng.IntN(2) == 0:
				value[key]++
				op.Kind, op.Set = history.Update, []history.Assign{{Value: history.IntValue(value[key])}}
				if lists {
					op.Kind, op.Set[0].Op = history.Append, history.Concat
					list[key] = append(list[key], strconv.FormatInt(value[key], 10))
				}
			case value[key] == 0:
			case lists:
				op.Rows = []history.Row{{Key: key, Values: []history.Value{history.TextValue(strings.Join(list[key], ","))}}}
			default:
				op.Rows = []history.Row{{Key: key, Values: []history.Value{history.IntValue(value[key])}}}
			}
			t.Ops = append(t.Ops, op)
		}
		h.Txns = append(h.Txns, t)
	}
	return h
}

// BenchmarkRead reads a history of 50,000 transactions from each format.
func BenchmarkRead(b *testing.B) {
	for _, format := range formats.All() {
		b.Run(string(format), func(b *testing.B) {
			h := benchmarkHistory(format == formats.JepsenEDN || format == formats.JepsenJSON, 50_000)
			path := filepath.Join(b.TempDir(), "history")
			if _, err := formats.Write(context.Background(), path, format, h, formats.Options{}); err != nil {
				b.Fatal(err)
			}
			size := int64(0)
			_ = filepath.Walk(path, func(_ string, info os.FileInfo, _ error) error {
				size += info.Size()
				return nil
			})
			b.SetBytes(size)
			for b.Loop() {
				if err := readAll(path, format); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(h.Txns)), "ns/txn")
		})
	}
}

// BenchmarkWrite writes a history of 50,000 transactions into each format.
func BenchmarkWrite(b *testing.B) {
	for _, format := range formats.All() {
		b.Run(string(format), func(b *testing.B) {
			h := benchmarkHistory(format == formats.JepsenEDN || format == formats.JepsenJSON, 50_000)
			dir := b.TempDir()
			n := 0
			for b.Loop() {
				n++
				if _, err := formats.Write(context.Background(), filepath.Join(dir, strconv.Itoa(n)), format, h, formats.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(h.Txns)), "ns/txn")
		})
	}
}
