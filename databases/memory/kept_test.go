package memory_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
)

// soaking says that tests are to try all that they can, and not the share that is fast.
func soaking() bool { return os.Getenv("ISOCHECK_SOAK") != "" }

// drawn returns a configuration for one of many runs: the numbers that matter are different from run to run.
func drawn(kind memory.Kind, mix memory.Mix, seed uint64) memory.Config {
	n := int(seed)
	return memory.Config{
		Kind: kind, Mix: mix, Seed: seed, Txns: 60 + n%90, Keys: 2 + n%9, Sessions: 2 + n%7, Operations: 1 + n%6, Values: 2 + n%4,
		ListLength: 3 + n%12, AbortShare: float64(n%3) * 0.08, LostShare: float64(n%5) * 0.03,
	}
}

// With no rule switched off, a history keeps its model: whatever the checker said would be a false alarm. With ISOCHECK_SOAK
// that is 10,000 histories for each model and kind.
func TestSoakModelsAreKept(t *testing.T) {
	runs := uint64(60)
	switch {
	case soaking():
		runs = 10_000
	case testing.Short():
		runs = 8
	}
	for _, m := range memory.Models() {
		for _, kind := range memory.Kinds() {
			mixes := map[string]memory.Mix{"reads and writes": {}}
			if kind == memory.Traced {
				mixes["all operations"] = memory.MixOfAll()
				mixes["locks"] = memory.MixOfLocks()
				mixes["savepoints"] = memory.MixOfSavepoints()
			}
			for name, mix := range mixes {
				t.Run(fmt.Sprintf("%s %s %s", m, kind, name), func(t *testing.T) {
					t.Parallel()
					for seed := range runs / uint64(len(mixes)) {
						c := drawn(kind, mix, seed)
						if c.Model = m; m == memory.ReadUncommitted {
							// A write that was seen is taken to have been committed if nobody knows. Where
							// dirty reads are allowed, it may have been undone after all.
							c.LostShare = 0
						}
						if f := check(t, c, checker.Model(m.Promise())); f.Verdict == checker.Violated {
							t.Fatalf("seed %d: %v\n%s", seed, f.Reasons, violations(f))
						}
					}
					t.Logf("%d histories", runs/uint64(len(mixes)))
				})
			}
		}
	}
}

// Each rule that is switched off shows, within the stated number of transactions, as the anomaly that it is there to prevent.
func TestSoakRulesMatter(t *testing.T) {
	seeds := uint64(5)
	if soaking() {
		seeds = 50
	}
	for _, e := range memory.Effects() {
		t.Run(fmt.Sprintf("%s without %s, %s", e.Model, e.Rule, e.Kind), func(t *testing.T) {
			t.Parallel()
			for seed := range seeds {
				if f := check(t, e.Config(seed), checker.Model(e.Model.Promise())); !shows(f, e) {
					t.Errorf("seed %d: no %s in %d transactions; there are %v", seed, e.Shows, e.Within, foundIn(f))
				}
			}
		})
	}
}

// shows reports whether the effect is among the findings: in registers a cycle shows as a model that fails, of those that
// the database should have kept.
func shows(f *checker.Findings, e memory.Effect) bool {
	if _, cycle := shownAs[e.Shows]; !cycle || e.Kind != memory.Register {
		return foundIn(f)[string(e.Shows)] > 0
	}
	return slices.ContainsFunc(f.Anomalies, func(a checker.Anomaly) bool { return a.Violation && strings.HasPrefix(string(a.ID), "not-") })
}

// Every rule has an effect in traced histories, which show everything.
func TestEffectsAreComplete(t *testing.T) {
	for _, r := range memory.Rules(memory.StrictSerializable) {
		if !r.Matters(memory.Traced) {
			t.Errorf("switching %s off shows nothing", r)
		}
	}
	for _, e := range memory.Effects() {
		if err := e.Kind.CanHave(e.Shows); err != nil {
			t.Errorf("%s without %s: %v", e.Model, e.Rule, err)
		}
		if c := e.Config(1); c.Check() != nil {
			t.Errorf("%s without %s: %v", e.Model, e.Rule, c.Check())
		}
	}
}
