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
		sentence string
	}{
		{"mariadb-non-durable-read.jsonl", checker.NonDurableRead, "T2 read counters 4 as T1 had written it, whose commit was never acknowledged, and which was gone after the server was killed."},
	} {
		t.Run(tt.file, func(t *testing.T) {
			path := filepath.Join("testdata", "found", tt.file)
			for _, opts := range []checker.Options{{}, {Forbid: []checker.AnomalyID{tt.anomaly}}} {
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
				if want := len(opts.Forbid); a.Violations != want {
					t.Errorf("with %v forbidden there are %d violations, want %d", opts.Forbid, a.Violations, want)
				}
			}
		})
	}
}
