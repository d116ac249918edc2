//go:build unix

package harness_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// BenchmarkFirstWitness measures how soon a run shows what its level allows. The default workloads run
// one after the other as the command runs them, for two seconds each, several times, each time with another seed. Of each
// anomaly that the level allows, the time is that from when the clients started to
// the end of the last transaction of its first witness, in the workload that showed it soonest; the metric
// is the median of the rounds, in seconds. It is +Inf where fewer than half of the rounds showed the anomaly;
// what no round showed has no metric: a database may keep more than it promises.
//
//	go test ./harness -run XXX -bench FirstWitness
func BenchmarkFirstWitness(b *testing.B) {
	const rounds = 5
	for _, product := range products() {
		b.Run(product, func(b *testing.B) {
			db := database(b, product)
			for _, level := range history.Levels() {
				b.Run(string(level), func(b *testing.B) {
					seen := map[checker.AnomalyID][]float64{} // by round
					round := uint64(0)
					for b.Loop() {
						for range rounds {
							round++
							firstWitnesses(b, db, level, round, seen)
						}
					}
					b.ReportMetric(0, "ns/op")
					for id, times := range seen {
						for len(times) < int(round) {
							times = append(times, math.Inf(1))
						}
						b.ReportMetric(median(times), fmt.Sprintf("s-to-%s", id))
					}
				})
			}
		})
	}
}

// firstWitnesses runs the default workloads once, and adds to what was seen of each anomaly the
// seconds after which the first of them showed it.
func firstWitnesses(b *testing.B, db databases.Database, level history.Level, seed uint64, seen map[checker.AnomalyID][]float64) {
	b.Helper()
	soonest := map[checker.AnomalyID]float64{}
	for _, w := range workloads.Default() {
		cfg := config(b, db, w.Name, level)
		cfg.Seed, cfg.Pause, cfg.Duration = seed, time.Millisecond, 2*time.Second
		cfg.Path = filepath.Join(b.TempDir(), "history.jsonl")
		if _, err := harness.Run(context.Background(), cfg); err != nil {
			b.Fatal(err)
		}
		src := history.Files(cfg.Path)
		header, began := clientsStart(b, src)
		f, err := checker.Check(context.Background(), src, checker.Options{Expect: checker.Model(header.Promise)})
		if err != nil {
			b.Fatal(err)
		}
		for _, a := range f.Anomalies {
			if a.Count == 0 || !a.Allowed || strings.HasSuffix(string(a.ID), "-session") || strings.HasSuffix(string(a.ID), "-real-time") {
				continue // no level promises any order of sessions
			}
			after := time.Duration(a.FirstAt - began).Seconds()
			if known, ok := soonest[a.ID]; !ok || after < known {
				soonest[a.ID] = after
			}
		}
	}
	for id, after := range soonest {
		seen[id] = append(seen[id], after)
	}
}

// clientsStart returns a history's header, and when the first transaction of a client began.
func clientsStart(b *testing.B, src history.Source) (*history.Header, int64) {
	b.Helper()
	s, err := src.Open()
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	began := int64(math.MaxInt64)
	var t history.Transaction
	for {
		switch err := s.Next(&t); {
		case errors.Is(err, io.EOF):
			return s.Header(), began
		case err != nil:
			b.Fatal(err)
		case t.Client != 0:
			began = min(began, t.Start)
		}
	}
}
