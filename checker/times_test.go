package checker_test

import (
	"context"
	"testing"

	"github.com/isocheck/isocheck/checker"
)

// What counts as contended are dependencies of transactions that ran at the same time, whichever began first.
func TestContended(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       int
	}{
		{"one after the other", "setup x n=0\nT1 update x n=1 replaces x0\nT1 commit\nT2 read x -> x1\nT2 commit", 0},
		{"an anti-dependency on a later one", "setup x n=0\nT1 read x -> x0\nT1 commit\nT2 update x n=1 replaces x0\nT2 commit", 0},
		{"the reader began before the writer had ended", "setup x n=0\nT2 begin\nT1 update x n=1 replaces x0\nT1 commit\nT2 read x -> x1\nT2 commit", 1},
		{"the set-up does not count", "setup x n=0\nT1 read x -> x0\nT1 commit", 0},
		{"nor where it ended late", "setup x n=0\nT1 begin\nsetup y n=0\nT1 read x -> x0\nT1 commit", 0},
		{"nor where it overwrote what was read", "T1 read x -> none\nsetup y n=0\nsetup x n=0\nT1 commit", 0},
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
			if f.Counts.Contended != tt.want {
				t.Errorf("%d dependencies are contended, want %d", f.Counts.Contended, tt.want)
			}
		})
	}
}

// Real-time order is between a transaction that had ended and one that began after that, not at the same moment.
func TestRealTimeNeedsTimeBetween(t *testing.T) {
	for gap, want := range map[int64]string{0: "none", 1: "read-skew-real-time"} {
		s, err := parseScenario("setup x n=0\nT1 update x n=1 replaces x0\nT1 commit\nT2 read x -> x0\nT2 commit")
		if err != nil {
			t.Fatal(err)
		}
		s.history.Txns[2].Start = s.history.Txns[1].End + gap
		f, err := checker.Check(context.Background(), s.history, checker.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := found(f); len(got) != 1 || got[0] != want {
			t.Errorf("%d ns after the end: found %v, want %s", gap, got, want)
		}
	}
}
