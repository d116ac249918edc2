package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
)

// liveLine is what the terminal shows while a run is at work. What matters most
// stands first, because a narrow terminal cuts the rest.
func liveLine(t task, p harness.Progress, seen []string) string {
	var b strings.Builder
	if t.total > 1 {
		fmt.Fprintf(&b, "[%d/%d] ", t.number, t.total)
	}
	fmt.Fprintf(&b, "%s", t)
	if p.Phase != harness.Running {
		fmt.Fprintf(&b, ": %s", p.Phase)
		return b.String()
	}
	fmt.Fprintf(&b, "  %.1f s left  %.0f tx/s", p.Left.Seconds(), p.PerSecond)
	if text := aborts(p.Aborted); text != "" {
		fmt.Fprintf(&b, "  aborted: %s", text)
	}
	if len(seen) > 0 {
		fmt.Fprintf(&b, "  seen so far: %s", joined(seen))
	}
	return b.String()
}

// aborts counts aborted transactions by why, most first.
func aborts(counts map[history.ErrorClass]int64) string {
	classes := slices.SortedFunc(maps.Keys(counts), func(a, b history.ErrorClass) int {
		if counts[a] != counts[b] {
			return int(counts[b] - counts[a])
		}
		return strings.Compare(string(a), string(b))
	})
	var parts []string
	for _, c := range classes {
		name := string(c)
		if name == "" {
			name = "on purpose"
		}
		parts = append(parts, fmt.Sprintf("%d %s", counts[c], name))
	}
	return joined(parts)
}

// outcome is the line that says how a run went.
func outcome(run reports.Run) string {
	f := run.Findings
	text := fmt.Sprintf("%s, %d committed, %d aborted", verdict(f.Verdict), f.Counts.Committed, f.Counts.Aborted)
	if f.Counts.Indeterminate > 0 {
		text += fmt.Sprintf(", %d indeterminate", f.Counts.Indeterminate)
	}
	if names := found(run.Findings.Anomalies); len(names) > 0 {
		text += "; seen: " + joined(names)
	}
	return text
}

func verdict(v checker.Verdict) string {
	switch v {
	case checker.Kept:
		return "as expected"
	case checker.Violated:
		return "VIOLATION"
	default:
		return "inconclusive"
	}
}

// defaultPause is the longest pause between two statements unless --pause says otherwise.
const defaultPause = time.Millisecond
