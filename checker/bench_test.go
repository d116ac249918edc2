package checker_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// The history of the benchmarks: 20 sessions, 4 operations a transaction, 100 hot keys.
func benchmarkConfig(kind memory.Kind, model memory.Model, txns int) memory.Config {
	return memory.Config{Kind: kind, Model: model, Seed: 1, Txns: txns}
}

// BenchmarkCheck checks histories that are generated while they are read: what BenchmarkGenerate
// takes is part of it, and so that a million transactions fit into little memory.
func BenchmarkCheck(b *testing.B) {
	sizes := []int{100_000, 1_000_000}
	if os.Getenv("ISOCHECK_BENCH_LARGE") != "" {
		sizes = append(sizes, 10_000_000)
	}
	for _, kind := range []memory.Kind{memory.Traced, memory.Append, memory.UntracedAppend} {
		for _, model := range []memory.Model{memory.StrictSerializable, memory.ReadCommitted} {
			for _, txns := range sizes {
				b.Run(fmt.Sprintf("%s/%s/%d", kind, model, txns), func(b *testing.B) {
					benchmarkCheck(b, benchmarkConfig(kind, model, txns))
				})
			}
		}
	}
}

// BenchmarkCheckMemory is BenchmarkCheck of a history in memory: the check alone.
func BenchmarkCheckMemory(b *testing.B) {
	for _, model := range []memory.Model{memory.StrictSerializable, memory.SnapshotIsolation, memory.ReadCommitted} {
		b.Run(string(model), func(b *testing.B) {
			h, err := history.ReadAll(benchmarkConfig(memory.Traced, model, 100_000))
			if err != nil {
				b.Fatal(err)
			}
			benchmarkCheck(b, h)
		})
	}
}

// BenchmarkCheckPredicates has scans, inserts and deletes too, with few predicates and with many: what a transaction
// costs must not rise with their number.
func BenchmarkCheckPredicates(b *testing.B) {
	for _, model := range []memory.Model{memory.StrictSerializable, memory.ReadCommitted} {
		for _, predicates := range []int{20, 1000} {
			b.Run(fmt.Sprintf("%s/%d", model, predicates), func(b *testing.B) {
				c := benchmarkConfig(memory.Traced, model, 100_000)
				c.Mix, c.Values = memory.MixOfAll(), predicates
				benchmarkCheck(b, c)
			})
		}
	}
}

func benchmarkCheck(b *testing.B, src history.Source) {
	txns := 0
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		f, err := checker.Check(context.Background(), src, checker.Options{})
		if err != nil {
			b.Fatal(err)
		}
		txns += f.Counts.Committed + f.Counts.Aborted + f.Counts.Indeterminate
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(txns), "ns/txn")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(txns), "B/txn")
}

// BenchmarkGenerate is what the histories of BenchmarkCheck cost by themselves.
func BenchmarkGenerate(b *testing.B) {
	for _, kind := range []memory.Kind{memory.Traced, memory.Append} {
		b.Run(string(kind), func(b *testing.B) {
			txns := 0
			for b.Loop() {
				err := memory.Generate(benchmarkConfig(kind, memory.StrictSerializable, 100_000), func(*history.Transaction) error { txns++; return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(txns), "ns/txn")
		})
	}
}
