package memory_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// shownAs is how a planted anomaly shows in a history of registers where it is a cycle: as the weakest model that
// fails, once for all instances, because the order of the writes is not known.
var shownAs = map[memory.Anomaly]string{
	"circular-flow":           "read-committed",
	"fractured-read":          "monotonic-atomic-view",
	"lost-update":             "snapshot-isolation",
	"read-skew":               "read-atomic",
	"long-fork":               "snapshot-isolation",
	"write-skew":              "serializable",
	"circular-flow-session":   "strong-session-read-committed",
	"read-skew-session":       "strong-session-read-atomic",
	"long-fork-session":       "strong-session-snapshot-isolation",
	"write-skew-session":      "strong-session-serializable",
	"circular-flow-real-time": "strong-read-committed",
	"read-skew-real-time":     "strong-snapshot-isolation",
	"long-fork-real-time":     "strong-snapshot-isolation",
	"write-skew-real-time":    "strong-serializable",
}

// wantPlanted says what is to be found where an anomaly was planted n times.
func wantPlanted(kind memory.Kind, a memory.Anomaly, n int) map[string]int {
	if model, ok := shownAs[a]; ok && kind == memory.Register {
		return map[string]int{"not-" + model: 1}
	}
	return map[string]int{string(a): n}
}

func foundIn(f *checker.Findings) map[string]int {
	counts := map[string]int{}
	for _, a := range f.Anomalies {
		if a.Count > 0 {
			counts[string(a.ID)] = a.Count
		}
	}
	return counts
}

// Every anomaly that is planted is found, as often as it was planted and under its name, in every kind of history
// that can have it; and nothing else is.
func TestPlants(t *testing.T) {
	for _, kind := range memory.Kinds() {
		for _, a := range memory.Anomalies() {
			if kind.CanHave(a) != nil {
				continue
			}
			t.Run(fmt.Sprintf("%s in %s", a, kind), func(t *testing.T) {
				t.Parallel()
				c := memory.Config{Kind: kind, Txns: 400, Sessions: 6, Keys: 12, Seed: 5, Plant: []memory.Plant{{Anomaly: a, Count: 3}}}
				if kind == memory.Traced {
					c.Mix, c.Values = memory.MixOfAll(), 4
				}
				got := foundIn(check(t, c, "strong-serializable"))
				want := wantPlanted(kind, a, 3)
				if kind == memory.UntracedAppend && a == "garbage-read" {
					got["garbage-read"] = min(got["garbage-read"], 3) // a read may be wrong in two ways
				}
				if kind == memory.UntracedAppend && a == "incompatible-versions" {
					delete(got, "read-skew-real-time") // readers come after a writer that they do not see
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("found (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// All of them together, in histories of every model, are found at least as often as they were planted. Those with session or real-time
// order are so where the model keeps the order: else the history has such of its own, of which the checker counts
// examples only.
func TestPlantsTogether(t *testing.T) {
	for _, kind := range memory.Kinds() {
		for _, m := range memory.Models() {
			t.Run(fmt.Sprintf("%s %s", m, kind), func(t *testing.T) {
				t.Parallel()
				c := memory.Config{Model: m, Kind: kind, Txns: 300, Seed: 9, AbortShare: 0.1}
				for _, a := range memory.Anomalies() {
					if kind.CanHave(a) == nil {
						c.Plant = append(c.Plant, memory.Plant{Anomaly: a, Count: 2})
					}
				}
				found := foundIn(check(t, c, "strong-serializable"))
				for _, p := range c.Plant {
					if _, cycle := shownAs[p.Anomaly]; kind == memory.Register && cycle {
						continue // only the weakest model that fails is shown
					}
					if variant := strings.HasSuffix(string(p.Anomaly), "-session") || strings.HasSuffix(string(p.Anomaly), "-real-time"); variant && m != memory.StrictSerializable {
						continue
					}
					if n := found[string(p.Anomaly)]; n < p.Count {
						t.Errorf("%s: planted %d times and found %d times", p.Anomaly, p.Count, n)
					}
				}
			})
		}
	}
}

// What can be planted is what the checker knows, by the same names and classes.
func TestPlantNames(t *testing.T) {
	var names []string
	for _, a := range memory.Anomalies() {
		names = append(names, string(a))
	}
	var known []string
	for _, id := range checker.AnomalyIDs() {
		known = append(known, string(id))
	}
	slices.Sort(names)
	slices.Sort(known)
	if diff := cmp.Diff(known, names); diff != "" {
		t.Errorf("the checker's anomalies and those that can be planted (-checker +planted):\n%s", diff)
	}
	for name, want := range map[string]memory.Anomaly{"g1A": "dirty-read", "G2-item-session": "write-skew-session", "long-fork": "long-fork"} {
		if a, ok := memory.AnomalyOf(name); !ok || a != want {
			t.Errorf("%s is %q, %t", name, a, ok)
		}
	}
	if a, ok := memory.AnomalyOf(""); ok {
		t.Errorf("the empty name is %q", a)
	}
}

// Planted transactions are part of a valid history, spread over it, the same for the same seed, and their versions unique.
func TestPlantsAreSpread(t *testing.T) {
	for _, kind := range memory.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			c := memory.Config{Kind: kind, Txns: 2000, Seed: 3, Sessions: 2, Plant: []memory.Plant{{"long-fork-real-time", 8}, {"dirty-read", 2}}}
			h, err := history.ReadAll(c)
			if err != nil {
				t.Fatal(err)
			}
			again, err := history.ReadAll(c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(h, again); diff != "" {
				t.Errorf("the same seed gives two histories:\n%s", diff)
			}
			tenths, last, seen := map[int]bool{}, map[int]int{}, map[history.Version]bool{}
			var ended int64
			for i := range h.Txns {
				txn := &h.Txns[i]
				if err := txn.Validate(&h.Header); err != nil {
					t.Fatal(err)
				}
				if txn.Number != last[txn.Client]+1 || txn.Client > h.Header.Clients || txn.End < ended {
					t.Fatalf("transaction %s after number %d, and of %d clients", txn.ID(), last[txn.Client], h.Header.Clients)
				}
				last[txn.Client], ended = txn.Number, txn.End
				for j, op := range txn.Ops {
					if v := txn.ID().Version(j); op.Kind.Writes() && seen[v] {
						t.Fatalf("version %s is written twice", v)
					} else if op.Kind.Writes() {
						seen[v] = true
					}
					if op.Key >= 1_000_000_000 {
						tenths[i*10/len(h.Txns)] = true
					}
				}
			}
			if len(tenths) < 8 {
				t.Errorf("the anomalies are in these tenths of the history: %v", slices.Sorted(maps.Keys(tenths)))
			}
		})
	}
}

// One session, and no transactions but the planted ones, are enough.
func TestPlantsAlone(t *testing.T) {
	for _, c := range []memory.Config{
		{Sessions: 1, Txns: 20}, {Txns: 0}, {Sessions: 1, Kind: memory.UntracedAppend}, {Sessions: 1, Kind: memory.Register},
	} {
		c.Plant = []memory.Plant{{"long-fork-session", 2}}
		want := wantPlanted(c.Kind, "long-fork-session", 2)
		if diff := cmp.Diff(want, foundIn(check(t, c, "strong-serializable"))); diff != "" {
			t.Errorf("%+v: found (-want +got):\n%s", c, diff)
		}
	}
}

func TestPlantsRefused(t *testing.T) {
	for _, test := range []struct {
		kind    memory.Kind
		anomaly memory.Anomaly
		want    string
	}{
		{memory.Append, "phantom", "only traced histories have"},
		{memory.UntracedAppend, "cursor-lost-update", "only traced histories have"},
		{memory.Register, "dirty-write", "in what order they were written"},
		{memory.Register, "predicate-write-skew", "reads by predicates"},
		{memory.Traced, "deadlock", "unknown anomaly"},
	} {
		c := memory.Config{Kind: test.kind, Plant: []memory.Plant{{test.anomaly, 1}}}
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s in %s: %v", test.anomaly, test.kind, err)
		}
	}
}
