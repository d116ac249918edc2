package checker_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// A history without violations is a pass only if it is all there.
func TestDoubts(t *testing.T) {
	all, err := history.ReadAll(memory.Config{Model: memory.Serializable, Seed: 1, Txns: 500, Sessions: 8, Keys: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(*history.History)
		want   checker.Verdict
		reason string
	}{
		{"as it is", func(*history.History) {}, checker.Kept, "nothing that serializable rules out"},
		{"cut off", func(h *history.History) { h.Closed = false }, checker.Inconclusive, "cut off before its end"},
		{"a shard is missing", func(h *history.History) { h.Header.Shards, h.Header.Parts = 3, 2 }, checker.Inconclusive, "the files of 1 of 3 shards are not here"},
		{"all shards are here", func(h *history.History) { h.Header.Shards, h.Header.Parts = 2, 2 }, checker.Kept, "nothing that serializable rules out"},
		{"a client is missing", func(h *history.History) {
			h.Txns = slices.DeleteFunc(slices.Clone(h.Txns), func(t history.Transaction) bool { return t.Client == 3 })
		}, checker.Inconclusive, "are there other files of the same run?"},
		{"the run was stopped", func(h *history.History) { h.Events = []history.Event{{Kind: history.EventStopped}} }, checker.Inconclusive, "ended before its time"},
		{"few transactions", func(h *history.History) { h.Txns = h.Txns[:50] }, checker.Inconclusive, "say little"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := *all
			tt.change(&h)
			f, err := checker.Check(context.Background(), &h, checker.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if f.Verdict != tt.want || !strings.Contains(strings.Join(f.Reasons, "\n"), tt.reason) {
				t.Errorf("%s: %q, want %s: …%s", f.Verdict, f.Reasons, tt.want, tt.reason)
			}
		})
	}
}

// If only some instances of an anomaly are violations, they are shown before the others.
func TestViolationsAreShownFirst(t *testing.T) {
	const allowed = `
T1 read x for update -> x0
T2 update x n=1 replaces x0
T2 update y n=1 replaces y0
T2 commit
T1 read y -> y2
T1 commit`
	const violation = `
T3 read v -> v0
T4 update v n=1 replaces v0
T4 update w n=1 replaces w0
T4 commit
T3 read w -> w4
T3 commit`
	const setup = "setup x n=0\nsetup y n=0\nsetup v n=0\nsetup w n=0"
	for name, text := range map[string]string{"first": setup + violation + allowed, "last": setup + allowed + violation} {
		s, err := parseScenario(text)
		if err != nil {
			t.Fatal(err)
		}
		f, err := checker.Check(context.Background(), s.history, checker.Options{Expect: checker.InnoDBRepeatableRead, Witnesses: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range f.Anomalies {
			if a.ID != checker.ReadSkew {
				continue
			}
			if a.Count != 2 || a.Violations != 1 || len(a.Witnesses) != 1 || !a.Witnesses[0].Violation {
				t.Errorf("the violation %s: found %d, %d of them violations, and shown is %+v", name, a.Count, a.Violations, a.Witnesses)
			}
		}
	}
}

// Not seen is something else than could not have been seen.
func TestExercised(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		id         checker.AnomalyID
		want       bool
	}{
		{"it wrote what it had read", "setup x n=0\nT1 read x -> x0\nT1 update x n=1 replaces x0\nT1 commit", checker.LostUpdate, true},
		{"it read what it had written", "setup x n=0\nT1 update x n=1 replaces x0\nT1 read x -> x1\nT1 commit", checker.LostUpdate, false},
		{"it wrote what it had locked", "setup x n=0\nT1 read x for update -> x0\nT1 update x n=1 replaces x0\nT1 commit", checker.CursorLostUpdate, true},
		{"it locked another row", "setup x n=0\nsetup y n=0\nT1 read y for update -> y0\nT1 read x -> x0\nT1 update x n=1 replaces x0\nT1 commit", checker.CursorLostUpdate, false},
		{"it read a row twice", "setup x n=0\nT1 read x -> x0\nT1 read x -> x0\nT1 commit", checker.NonRepeatableRead, true},
		{"it read two rows", "setup x n=0\nsetup y n=0\nT1 read x -> x0\nT1 read y -> y0\nT1 commit", checker.NonRepeatableRead, false},
		{"it evaluated a predicate twice", "setup x grp=7\nT1 scan grp=7 -> x0\nT1 scan grp=7 -> x0\nT1 commit", checker.Phantom, true},
		{"it evaluated a predicate once", "setup x grp=7\nT1 scan grp=7 -> x0\nT1 commit", checker.Phantom, false},
		{"it wrote and aborted", "setup x n=0\nT1 update x n=1 replaces x0\nT1 abort\nT2 read x -> x0\nT2 commit", checker.DirtyRead, true},
		{"it read and aborted", "setup x n=0\nT1 read x -> x0\nT1 abort\nT2 update x n=1 replaces x0\nT2 read x -> x2\nT2 commit", checker.DirtyRead, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := parseScenario(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			f, err := checker.Check(context.Background(), s.history, checker.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range f.Anomalies {
				if a.ID == tt.id && a.Exercised != tt.want {
					t.Errorf("%s: exercised %v, want %v", tt.id, a.Exercised, tt.want)
				}
			}
		})
	}
}
