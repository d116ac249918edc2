package checker_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// soak makes the property tests run as often as they do before a release, and on histories drawn anew:
// ISOCHECK_SOAK=1. Otherwise they are the same ones each time, so that what makes a test fail is a change, and not chance.
func soak(t *testing.T, quick, thorough string) {
	t.Helper()
	if os.Getenv("ISOCHECK_SOAK") != "" {
		setFlag(t, "rapid.checks", thorough)
		return
	}
	setFlag(t, "rapid.checks", quick)
	setFlag(t, "rapid.seed", "1")
}

// setFlag sets a flag for the test, unless somebody has asked for another value.
func setFlag(t *testing.T, name, value string) {
	t.Helper()
	f := flag.Lookup(name)
	before := f.Value.String()
	if f.DefValue != before {
		return
	}
	if err := f.Value.Set(value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(before) })
}

// On any small history the checker says what the reference says.
func TestReference(t *testing.T) {
	soak(t, "3000", "100000")
	rapid.Check(t, func(t *rapid.T) { compareWithReference(t, drawHistory(t)) })
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func compareWithReference(t fataler, h *history.History) (readings int) {
	return newWorld(h).compare(t)
}

// compare fails where the checker says of a world's history what the reference does not, or misses what it does. It returns how many
// readings there are, 0 where there is nothing to compare.
func (w *world) compare(t fataler) (readings int) {
	h := w.h
	f, err := checker.Check(context.Background(), h, checker.Options{Witnesses: 50})
	if err != nil {
		t.Fatalf("%v", err)
	}
	if w.contradictory() {
		return 0 // no version order: see TestContradictions
	}
	if err := verifyFindings(w, f); err != nil {
		t.Fatalf("a witness is wrong: %v\n%s", err, formatHistory(h))
	}
	var models []checker.Model
	for _, m := range f.Models {
		models = append(models, m.Model)
	}
	c := w.judge(models)
	if c == nil {
		return 0
	}
	// Without times, and where statements failed half-way, the checker knows less; and it says where it has gaps.
	exact := h.Header.Parts < 2 && f.Counts.Gaps == 0 && !failedWrites(h) && !w.appendsInDoubt()
	for _, m := range f.Models {
		switch {
		case !m.Holds && !c.fails[m.Model]:
			t.Fatalf("false alarm: the checker says that %s fails, by %s\n%s\n%s", m.Model, m.RuledOutBy, formatHistory(h), formatFindings(f))
		case m.Holds && c.shown[m.Model] && exact:
			t.Fatalf("miss: the checker says that %s holds\n%s\nwhat all readings have in common:\n%s\n%s", m.Model, formatHistory(h), c.common, formatFindings(f))
		}
	}
	return c.readings
}

func failedWrites(h *history.History) bool {
	return slices.ContainsFunc(h.Txns, func(t history.Transaction) bool {
		return slices.ContainsFunc(t.Ops, func(op history.Op) bool { return op.Error != nil && op.Kind.Writes() })
	})
}

// formatHistory draws a history as text, for the messages of failing tests.
func formatHistory(h *history.History) string {
	var b strings.Builder
	fmt.Fprintf(&b, "parts %d\n", h.Header.Parts)
	name := func(v history.Version) string { return v.String() }
	for i := range h.Txns {
		t := &h.Txns[i]
		fmt.Fprintf(&b, "%s %s from %d to %d\n", t.ID(), t.Outcome, t.Start, t.End)
		for j := range t.Ops {
			op := &t.Ops[j]
			fmt.Fprintf(&b, "   %d-%d %s %s key %d where %v set %v %v limit %d:", op.Start, op.End, op.Kind, op.Lock, op.Key, op.Where, op.Set, op.Update, op.Limit)
			if op.Kind == history.Append && len(op.Rows) == 0 {
				fmt.Fprintf(&b, "  %v", op.Set[0].Value)
			}
			for _, r := range op.Rows {
				if op.Kind.Writes() {
					fmt.Fprintf(&b, "  %d: %s replaces %s", r.Key, name(r.Version), name(r.Previous))
				} else {
					fmt.Fprintf(&b, "  %d: %s %v", r.Key, name(r.Version), r.Values)
				}
			}
			fmt.Fprintln(&b)
		}
	}
	return b.String()
}

// How much of what is generated says something: a reference that skips most histories, or a generator that
// draws only valid ones, would prove nothing.
func TestReferenceCoverage(t *testing.T) {
	judged, exact := 0, 0
	fails := map[checker.Model]int{}
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t)
		switch n := compareWithReference(t, h); {
		case n == 1:
			exact++
			fallthrough
		case n > 1:
			judged++
			f, _ := checker.Check(context.Background(), h, checker.Options{})
			for _, m := range f.Models {
				if !m.Holds {
					fails[m.Model]++
				}
			}
		}
	})
	t.Logf("%d judged, %d of them exactly; failing models: %v", judged, exact, fails)
	if judged < 70 || exact < 30 {
		t.Errorf("only %d of 100 histories are judged, %d exactly", judged, exact)
	}
	for _, m := range checker.BaseModels() {
		if !slices.Contains([]checker.Model{checker.CursorStability}, m) && fails[m] == 0 {
			t.Errorf("%s never fails", m)
		}
		if fails[m] == judged {
			t.Errorf("%s always fails", m)
		}
	}
}
