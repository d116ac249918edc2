package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

func TestNearest(t *testing.T) {
	known := []string{"read-uncommitted", "read-committed", "repeatable-read", "serializable", "all", "to", "G2-item"}
	for name, want := range map[string]string{
		"serialisable":   "serializable",
		"SERIALIZABLE":   "serializable",
		"read-comitted":  "read-committed",
		"read-commited":  "read-committed",
		"serial":         "serializable",
		"al":             "all",
		"lal":            "all",
		"chaos":          "",
		"foo":            "",
		"out":            "",
		"g2item":         "G2-item",
		"":               "",
		"repeatableread": "repeatable-read",
	} {
		if got := nearest(name, known); got != want {
			t.Errorf("nearest to %q is %q, want %q", name, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	for noun, want := range map[string]string{"level": "levels", "strategy": "strategies", "anomaly": "anomalies", "way": "ways", "key": "keys", "retry": "retries", "rule of serializable": "rules of serializable"} {
		if got := plural(noun); got != want {
			t.Errorf("%s: %s, want %s", noun, got, want)
		}
	}
}

// TestWorse holds the order of exit statuses: violated, usage, not done, inconclusive, as expected.
func TestWorse(t *testing.T) {
	order := []status{asExpected, inconclusive, notDone, wrongUsage, violated}
	for i, a := range order {
		for j, b := range order {
			if got, want := a.worse(b), order[max(i, j)]; got != want {
				t.Errorf("the worse of %d and %d is %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestLiveLine(t *testing.T) {
	counter, err := workloads.Find("counter")
	if err != nil {
		t.Fatal(err)
	}
	task := task{guarded: guarded{workload: counter}, level: history.ReadCommitted, number: 2, total: 4}
	p := harness.Progress{
		Phase: harness.Running, Left: 2500 * time.Millisecond, PerSecond: 1234.4,
		Totals: harness.Totals{Aborted: map[history.ErrorClass]int64{history.Deadlock: 3, "": 12, history.LockTimeout: 3}},
	}
	want := "[2/4] counter at read-committed  2.5 s left  1234 tx/s  aborted: 12 on purpose, 3 deadlock, 3 lock-timeout  seen so far: lost update"
	if got := liveLine(task, p, []string{"lost update"}); got != want {
		t.Errorf("live line\n%q, want\n%q", got, want)
	}
	task.total = 1
	if got, want := liveLine(task, harness.Progress{Phase: harness.Connecting}, nil), "counter at read-committed: connecting"; got != want {
		t.Errorf("live line %q, want %q", got, want)
	}
}

// TestScreen writes to a terminal of 20 columns: no live line is wider, and none stays.
func TestScreen(t *testing.T) {
	var b strings.Builder
	s := &screen{w: &b, conceal: strings.ToUpper, width: func() int { return 20 }}
	s.live("counter at read-committed: connecting")
	s.live("short")
	s.say("done with %s", "counter")
	s.clear()
	want := "counter at read-co…" + "\r\x1b[K" + "short" + "\r\x1b[K" + "DONE WITH COUNTER\n"
	if got := b.String(); got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

func TestCut(t *testing.T) {
	for columns := range 12 {
		got := cut("größer – und", columns)
		if n := utf8.RuneCountInString(got); n > columns {
			t.Errorf("cut to %d columns it has %d: %q", columns, n, got)
		}
	}
	if got := cut("größer", 6); got != "größer" {
		t.Errorf("a text that fits became %q", got)
	}
}

// TestScreenWithoutTerminal has no live line, and quiet leaves out all but what must be said.
func TestScreenWithoutTerminal(t *testing.T) {
	var b strings.Builder
	s := &screen{w: &b, conceal: func(s string) string { return s }, width: func() int { return 0 }, quiet: true}
	s.live("live")
	s.say("said")
	s.detail("detail")
	s.line("line")
	if got := b.String(); got != "line\n" {
		t.Errorf("wrote %q", got)
	}
}

// Lines break between words, and a word that is too long stays whole.
func TestFolded(t *testing.T) {
	cases := map[string]struct {
		text    string
		columns int
		want    string
	}{
		"fits":            {"bank at serializable: started", 40, "bank at serializable: started"},
		"too long":        {"bank at serializable: as expected, 420 committed", 24, "bank at serializable: as\n  expected, 420\n  committed"},
		"a long word":     {"see /a/very/long/path/to/a/file now", 16, "see\n  /a/very/long/path/to/a/file\n  now"},
		"several lines":   {"one two three\nfour", 8, "one two\n  three\nfour"},
		"not a terminal":  {"one two three", 0, "one two three"},
		"keeps its shape": {"  indented by two", 40, "  indented by two"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := folded(c.text, c.columns); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// The summary is as wide as everywhere fits, or as COLUMNS says, where it goes to no terminal.
func TestSummaryWidth(t *testing.T) {
	for columns, want := range map[string]int{"": 80, "60": 60, "132": 132, "0": 80, "-5": 80, "wide": 80} {
		a := &app{stdout: &strings.Builder{}, env: []string{"COLUMNS=" + columns}}
		if got := a.summaryWidth(); got != want {
			t.Errorf("with COLUMNS=%s it is %d columns wide, not %d", columns, got, want)
		}
	}
}
