package main

import (
	"fmt"
	"io"
)

// table prints the figures as they come.
type table struct {
	out   io.Writer
	taken map[string]figures
}

func newTable(out io.Writer) *table {
	fmt.Fprintf(out, "%-38s %9s %8s %9s %9s %8s %9s %9s\n", "history", "anomalies", "MB/s", "check s", "target", "wall s", "peak MB", "target")
	return &table{out: out, taken: map[string]figures{}}
}

func (t *table) row(c testCase, f figures) {
	t.taken[c.name] = f
	fmt.Fprintf(t.out, "%-38s %9d %8.0f %9.2f %9s %8.2f %9.0f %9s\n", c.name, f.Anomalies, f.Megabytes/f.Read, f.check(), atMost(c.target.seconds), f.Wall, f.Peak, atMost(c.target.megabytes))
}

// check returns the seconds of processor time that the check took without reading.
func (f figures) check() float64 { return max(0, f.Check-f.Read) }

func atMost(n float64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("<= %.0f", n)
}

// ratios prints how some figures compare.
func (t *table) ratios() {
	for _, r := range []struct {
		what, of, to string
		target       float64
	}{
		{"traced, a transaction of 10 million to one of 100 thousand", "traced 10M", "traced 100k", 1.3},
		{"append, a transaction of 10 million to one of 100 thousand", "append 10M", "append 100k", 1.3},
		{"append-untraced, a transaction of 10 million to one of 100 thousand", "append-untraced 10M", "append-untraced 100k", 1.3},
		{"traced, 1 % in cycles to none", "traced 1M, 1 % in cycles", "traced 1M", 2},
		{"traced, 80 % in cycles to none", "traced 1M, 80 % in cycles", "traced 1M", 0},
	} {
		of, ok := t.taken[r.of]
		to, ok2 := t.taken[r.to]
		if ok && ok2 {
			ratio := of.Check / float64(of.Transactions) / (to.Check / float64(to.Transactions))
			fmt.Fprintf(t.out, "%s: %.2f times the time with reading, %.2f without", r.what, ratio,
				of.check()/float64(of.Transactions)/(to.check()/float64(to.Transactions)))
			if r.target > 0 {
				fmt.Fprintf(t.out, " (target <= %g)", r.target)
			}
			fmt.Fprintln(t.out)
		}
	}
}
