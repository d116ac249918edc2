package checker_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// cutOutAll cuts out every witness that is found, checks each alone, and returns how many there were.
func cutOutAll(t *testing.T, src checker.Source, opts checker.Options) int {
	t.Helper()
	f, err := checker.Check(context.Background(), src, opts)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = checker.CutOutAll(context.Background(), src, f, func(a *checker.Anomaly, i int, h *history.History) error {
		n++
		if w := &a.Witnesses[i]; len(h.Txns) > len(w.Transactions)+12 {
			t.Errorf("%s: %d transactions for a witness of %d", a.ID, len(h.Txns), len(w.Transactions))
		}
		return checkCutOut(f, a, &a.Witnesses[i], h)
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// checkCutOut reports whether what was cut out of a history is valid, shows the witness's anomaly when it is checked alone,
// and shows no kind of anomaly that the history does not. Of cycles that may be another variant: whether session or real-time order
// closes a cycle depends on what else is there.
func checkCutOut(all *checker.Findings, a *checker.Anomaly, w *checker.Witness, h *history.History) error {
	if err := h.Header.Validate(); err != nil {
		return err
	}
	for i := range h.Txns {
		if err := h.Txns[i].Validate(&h.Header); err != nil {
			return err
		}
	}
	alone, err := checker.Check(context.Background(), h, checker.Options{Witnesses: 100})
	if err != nil {
		return err
	}
	for i := range alone.Anomalies {
		b := &alone.Anomalies[i]
		if b.Count > 0 && !slices.ContainsFunc(all.Anomalies, func(o checker.Anomaly) bool { return o.Count > 0 && kindOf(o.ID) == kindOf(b.ID) }) {
			return fmt.Errorf("%s: what was cut out shows a %s, which the history does not", a.ID, b.ID)
		}
	}
	for i := range alone.Anomalies {
		if b := &alone.Anomalies[i]; b.ID == a.ID {
			for j := range b.Witnesses {
				if slices.Equal(transactionIDs(&b.Witnesses[j]), transactionIDs(w)) {
					return nil
				}
			}
		}
	}
	return fmt.Errorf("%s: what was cut out shows %v in %d transactions", a.ID, found(alone), len(h.Txns))
}

// kindOf returns an anomaly without its variant.
func kindOf(id checker.AnomalyID) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(id), "-session"), "-real-time")
}

func transactionIDs(w *checker.Witness) []history.TxnID {
	var ids []history.TxnID
	for i := range w.Transactions {
		ids = append(ids, w.Transactions[i].ID())
	}
	slices.Sort(ids)
	return ids
}

// Every anomaly of every scenario shows in what is cut out, checked alone.
func TestCutOutScenarios(t *testing.T) {
	paths, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			s := readScenario(t, path)
			cutOutAll(t, s.history, s.options())
		})
	}
}

// Every planted anomaly can be cut out of histories of every kind, with few transactions besides the witness's.
func TestCutOutPlants(t *testing.T) {
	for _, kind := range memory.Kinds() {
		for _, a := range memory.Anomalies() {
			if kind.CanHave(a) != nil {
				continue
			}
			t.Run(fmt.Sprintf("%s in %s", a, kind), func(t *testing.T) {
				t.Parallel()
				c := memory.Config{Kind: kind, Txns: 300, Sessions: 6, Keys: 12, Seed: 2, Plant: []memory.Plant{{Anomaly: a, Count: 2}}}
				if n := cutOutAll(t, c, checker.Options{}); n == 0 {
					t.Error("there is nothing to cut out")
				}
			})
		}
	}
}

// Witnesses among rows that everybody writes can be cut out too, and what is cut out is small.
func TestCutOutOfContention(t *testing.T) {
	for _, kind := range memory.Kinds() {
		for _, m := range []memory.Model{memory.ReadUncommitted, memory.ReadCommitted, memory.SnapshotIsolation, memory.Serializable} {
			t.Run(fmt.Sprintf("%s %s", m, kind), func(t *testing.T) {
				t.Parallel()
				c := memory.Config{Model: m, Kind: kind, Txns: 400, Keys: 6, Sessions: 8, AbortShare: 0.1, LostShare: 0.05, Seed: 4}
				if kind == memory.Traced {
					c.Mix, c.Values = memory.MixOfAll(), 3
				}
				f, err := checker.Check(context.Background(), c, checker.Options{Witnesses: 2})
				if err != nil {
					t.Fatal(err)
				}
				err = checker.CutOutAll(context.Background(), c, f, func(a *checker.Anomaly, i int, h *history.History) error {
					w := &a.Witnesses[i]
					if len(h.Txns) > 60 {
						t.Errorf("%s: %d transactions for a witness of %d", a.ID, len(h.Txns), len(w.Transactions))
					}
					return checkCutOut(f, a, w, h)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// A cut-out whose set-up makes again what it has already numbers every version once: whole parts of a history among rows that
// everybody deletes and makes again can be cut out.
func TestCutOutOfRowsMadeAgain(t *testing.T) {
	c := memory.Config{
		Model: memory.ReadUncommitted, Kind: memory.Traced, Txns: 400, Keys: 6, Sessions: 8, AbortShare: 0.1, LostShare: 0.05, Seed: 17,
		Mix: memory.MixOfAll(), Values: 3,
	}
	f, err := checker.Check(context.Background(), c, checker.Options{Witnesses: 3})
	if err != nil {
		t.Fatal(err)
	}
	err = checker.CutOutAll(context.Background(), c, f, func(a *checker.Anomaly, i int, h *history.History) error {
		return checkCutOut(f, a, &a.Witnesses[i], h)
	})
	if err != nil {
		t.Error(err)
	}
}
