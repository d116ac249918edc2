package memory_test

import (
	"testing"

	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// BenchmarkGenerate takes the time of one transaction, without writing it anywhere.
func BenchmarkGenerate(b *testing.B) {
	for _, kind := range memory.Kinds() {
		b.Run(string(kind), func(b *testing.B) {
			c := memory.Config{Kind: kind, Model: memory.Serializable, Txns: b.N, Plant: []memory.Plant{{Anomaly: "lost-update", Count: 3}}}
			b.ReportAllocs()
			if err := memory.Generate(c, func(*history.Transaction) error { return nil }); err != nil {
				b.Fatal(err)
			}
		})
	}
}
