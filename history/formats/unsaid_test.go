package formats_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history/formats"
)

// What is planted is found again in what was written, or a note names it, or that real-time order or predicates are lost,
// where the anomaly depends on these: nothing is lost in silence.
func TestNothingIsLostInSilence(t *testing.T) {
	for _, kind := range []memory.Kind{memory.Traced, memory.Append} {
		for _, a := range memory.Anomalies() {
			if kind.CanHave(a) != nil {
				continue
			}
			for _, format := range formats.All() {
				if format == formats.DBCopText || format == formats.DBCopBincode || format == formats.JepsenJSON {
					continue // they say what dbcop and jepsen-edn say
				}
				t.Run(fmt.Sprintf("%s in %s as %s", a, kind, format), func(t *testing.T) {
					t.Parallel()
					src := memory.Config{Kind: kind, Model: memory.StrictSerializable, Txns: 120, Sessions: 5, Keys: 12, Seed: 3, Plant: []memory.Plant{{Anomaly: a, Count: 1}}}
					path := filepath.Join(t.TempDir(), "history")
					notes, err := formats.Write(context.Background(), path, format, src, formats.Options{})
					if errors.Is(err, formats.ErrContent) {
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					back, _, err := formats.Open(path, format)
					if err != nil {
						t.Fatal(err)
					}
					f, err := checker.Check(context.Background(), back, checker.Options{Expect: "strong-serializable"})
					if err != nil {
						t.Fatal(err)
					}
					if f.Verdict != checker.Violated && !shows(f, checker.AnomalyID(a)) && !named(string(a), strings.Join(notes, "\n")) {
						t.Errorf("it is lost, and the notes do not say so:\n%s", strings.Join(notes, "\n"))
					}
				})
			}
		}
	}
}

// shows reports whether an anomaly was found that no model rules out.
func shows(f *checker.Findings, id checker.AnomalyID) bool {
	return slices.ContainsFunc(f.Anomalies, func(a checker.Anomaly) bool { return a.ID == id && a.Count > 0 })
}

// named reports whether the notes say that an anomaly may be lost.
func named(a string, notes string) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(a, "-session"), "-real-time")
	return strings.Contains(strings.ReplaceAll(notes, "-", " "), strings.ReplaceAll(base, "-", " ")) ||
		strings.HasSuffix(a, "-real-time") && strings.Contains(notes, "nothing about real-time order follows") ||
		strings.Contains(notes, "by predicate") && (strings.Contains(a, "predicate") || strings.Contains(a, "phantom"))
}
