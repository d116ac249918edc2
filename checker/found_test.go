package checker_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// What was found on real servers, and is written up in FINDINGS.md, is still found in the
// witnesses that were cut out of the recorded histories.
func TestFound(t *testing.T) {
	for _, tt := range []struct {
		file     string
		anomaly  checker.AnomalyID
		promise  checker.Model
		sentence string
	}{
		{"mariadb-non-durable-read.jsonl", checker.NonDurableRead, "", "T2 read counters 4 as T1 had written it, whose commit was never acknowledged, and which was gone after the server was killed."},
		{"mariadb-snapshot.jsonl", checker.ReadSkew, checker.InnoDBRepeatableRead, "T1 read accounts 1 as it was before T2 changed it, but it also saw, or overwrote, what came of that change."},
		{"postgres-serializable.jsonl", checker.WriteSkew, checker.Serializable, "3 transactions depend on each other in a circle, so that no serial order explains what they saw: T2 overwrote lists_2 209, of which T1 had read the version before, T3 overwrote lists_1 205, of which T2 had read the version before, and T1 read lists_1 214 as T3 had written it."},
		{"postgres-serializable-read-only.jsonl", checker.WriteSkew, checker.Serializable, "3 transactions depend on each other in a circle, so that no serial order explains what they saw: T2 overwrote lists_1 1, of which T1 had read the version before, T3 overwrote lists_3 3, of which T2 had read the version before, and T1 read lists_3 3 as T3 had written it."},
	} {
		t.Run(tt.file, func(t *testing.T) {
			path := filepath.Join("testdata", "found", tt.file)
			for _, opts := range []checker.Options{{Expect: tt.promise}, {Expect: tt.promise, Forbid: []checker.AnomalyID{tt.anomaly}}} {
				f, err := checker.Check(context.Background(), history.Files(path), opts)
				if err != nil {
					t.Fatal(err)
				}
				at := slices.IndexFunc(f.Anomalies, func(a checker.Anomaly) bool { return a.ID == tt.anomaly })
				if at < 0 || f.Anomalies[at].Count != 1 || len(f.Anomalies[at].Witnesses) != 1 {
					t.Fatalf("%s is not there once: %+v", tt.anomaly, f.Anomalies)
				}
				a := f.Anomalies[at]
				if got := a.Witnesses[0].Sentence; got != tt.sentence {
					t.Errorf("it is told as: %s", got)
				}
				want := 0
				if tt.promise != "" || len(opts.Forbid) > 0 {
					want = 1
				}
				if a.Violations != want {
					t.Errorf("with %v expected and %v forbidden there are %d violations, want %d", opts.Expect, opts.Forbid, a.Violations, want)
				}
			}
		})
	}
}
