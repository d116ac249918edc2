package reports

import (
	"slices"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// ran is a report of runs, each of a workload at a level: "counter", "read-committed", … In those that lost
// updates the counter did.
func ran(lost int, workloadsAndLevels ...string) *Report {
	var runs []Run
	for i := 0; i+1 < len(workloadsAndLevels); i += 2 {
		f := findings("mysql", "9.7.4", history.Level(workloadsAndLevels[i+1]), workloadsAndLevels[i], checker.InnoDBRepeatableRead, 5000)
		if lost > 0 && workloadsAndLevels[i] == "counter" {
			find(f, checker.LostUpdate, lost, false, lostUpdate())
		}
		runs = append(runs, Run{Findings: f})
	}
	return report(runs...)
}

// inStrategy gives all runs of a report another strategy.
func inStrategy(r *Report, strategy string) *Report {
	for _, run := range r.Runs {
		run.Findings.Header.Strategy = strategy
	}
	return r
}

// A comparison says that two are alike only of what was run on both.
func TestComparisonRestsOnWhatIsInCommon(t *testing.T) {
	const rc, rr = "read-committed", "repeatable-read"
	probed := func(r *Report) *Report { return withProbe(r, "MySQL 9.7.4", ProbeAllowed, "") }
	for _, c := range []struct {
		name       string
		reports    []*Report
		want       string
		uncompared []int
	}{
		{"all in common", []*Report{ran(0, "counter", rc), ran(0, "counter", rc)}, "A and B showed the same kinds of anomalies at every level.", nil},
		{
			"other levels",
			[]*Report{ran(9, "counter", rc), ran(0, "counter", rr)},
			"Nothing in common was run, so nothing was compared: A ran counter at read committed; B ran counter at repeatable read.",
			[]int{0, 1},
		},
		{
			"other workloads",
			[]*Report{ran(9, "counter", rc), ran(0, "bank", rc)},
			"Nothing in common was run, so nothing was compared: A ran counter at read committed; B ran bank at read committed.",
			[]int{0, 1},
		},
		{
			"one could not be had",
			[]*Report{ran(9, "counter", rc, "bank", rc), {}},
			"Nothing in common was run, so nothing was compared: A ran counter and bank at read committed; B ran nothing.",
			[]int{0, 1},
		},
		{
			"a part in common",
			[]*Report{ran(0, "bank", rc, "counter", rc, "counter", rr), ran(0, "bank", rc, "counter", rr, "on-call", rr)},
			"A and B showed the same kinds of anomalies in what was run on both: bank at read committed; counter at repeatable read.",
			nil,
		},
		{
			"an anomaly of a workload that one did not run", // is no difference between the two
			[]*Report{ran(9, "bank", rc, "counter", rc), ran(0, "bank", rc)},
			"A and B showed the same kinds of anomalies in what was run on both: bank at read committed.",
			nil,
		},
		{
			"a difference in a part",
			[]*Report{ran(9, "counter", rc, "counter", rr), ran(0, "counter", rc)},
			"A and B differ in 1 point. Compared is only what was run on both: counter at read committed.",
			nil,
		},
		{
			"the third has nothing in common",
			[]*Report{ran(0, "counter", rc), ran(0, "counter", rc), ran(0, "counter", rr)},
			"A and B showed the same kinds of anomalies at every level. Nothing in common with another was run on C: not compared.",
			[]int{2},
		},
		{
			"each of three in part",
			[]*Report{ran(0, "counter", rc, "bank", rc), ran(0, "counter", rc), ran(0, "counter", rc, "counter", rr)},
			"A, B and C showed the same kinds of anomalies in what was run on each of them: counter at read committed.",
			nil,
		},
		{
			"pairs",
			[]*Report{ran(0, "counter", rc), ran(0, "counter", rc, "counter", rr), ran(0, "counter", rr)},
			"A, B and C showed the same kinds of anomalies in what was run on two of them at least: counter at read committed; counter at repeatable read.",
			nil,
		},
		{
			"other strategies",
			[]*Report{ran(0, "counter", rc), inStrategy(ran(0, "counter", rc), "atomic")},
			"A and B showed the same kinds of anomalies in what was run on both: counter (in different strategies) at read committed.",
			nil,
		},
		{
			"probes only in common",
			[]*Report{probed(ran(0, "counter", rc)), probed(ran(0, "bank", rc))},
			"A and B showed the same kinds of anomalies in what was run on both: 1 probe at repeatable read.",
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var subjects []Subject
			for _, r := range c.reports {
				subjects = append(subjects, Subject{Report: r})
			}
			d := (&Comparison{Subjects: subjects}).Document()
			for i := range d.Subjects {
				d.Subjects[i].Label = string(rune('A' + i))
			}
			if got := d.Sentence(); got != c.want {
				t.Errorf("it says\n%s\nwant\n%s", got, c.want)
			}
			if got := d.Uncompared(); !slices.Equal(got, c.uncompared) {
				t.Errorf("not compared are %v, want %v", got, c.uncompared)
			}
		})
	}
}

// What a workload shows that the baseline did not have is not new; that it was not compared is said.
func TestNewKindsOfAnotherWorkload(t *testing.T) {
	before, after := ran(0, "bank", "read-committed"), ran(9, "bank", "read-committed", "counter", "read-committed")
	d := (&Comparison{Subjects: []Subject{{Report: before}, {Report: after}}}).Document()
	if got := d.NewKinds(); len(got) != 0 {
		t.Errorf("new kinds are %q", got)
	}
	if got, want := d.OnlyInOne(), "counter at read committed"; got != want {
		t.Errorf("only in one is %q, want %q", got, want)
	}
}
