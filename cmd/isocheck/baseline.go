package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/reports"
)

// baselineFlags say what a run is compared with.
type baselineFlags struct {
	dir      string
	slowdown float64
}

func (b *baselineFlags) register(set *pflag.FlagSet) {
	inGroup(set, "What to compare with", func(set *pflag.FlagSet) {
		set.StringVar(&b.dir, "baseline", "", "`DIR` of saved results: fail on a kind of anomaly that they do not have")
		set.Float64Var(&b.slowdown, "fail-on-slowdown", 0, "fail as well where throughput or median latency is worse than the baseline's by more than `PERCENT`, outside the noise")
	})
}

// baseline is what a run is compared with.
type baseline struct {
	name    string
	subject reports.Subject
	// slowdown is how much slower, as a part, is borne; negative where speed does not matter.
	slowdown float64
}

// leastRounds are the fewest of which two samples can differ outside the noise.
const leastRounds = 4

// setBaseline reads the baseline, so that a wrong one is found before anything is started.
func (p *plan) setBaseline(f *flags) error {
	switch {
	case p.rounds < 1 || p.rounds > mostRounds:
		return usagef("--rounds: %d is not from 1 to %d", p.rounds, mostRounds)
	case f.baseline.slowdown < 0:
		return usagef("--fail-on-slowdown: %v is negative; write for example 10, for ten percent", f.baseline.slowdown)
	case f.baseline.dir == "" && f.baseline.slowdown > 0:
		return usagef("--fail-on-slowdown: slower than what? Say --baseline DIR")
	case f.baseline.dir == "":
		return nil
	}
	s, err := savedSubject(f.baseline.dir)
	if err != nil {
		return usagef("--baseline: %v", err)
	}
	p.baseline = &baseline{name: f.baseline.dir, subject: s, slowdown: -1}
	if f.baseline.slowdown == 0 {
		return nil
	}
	p.baseline.slowdown = f.baseline.slowdown / 100
	if p.rounds < leastRounds {
		return usagef("--fail-on-slowdown: a difference is told from noise by at least %d rounds; say --rounds 6", leastRounds)
	}
	if n := roundsOf(s.Report); n < leastRounds {
		return usagef("--fail-on-slowdown: rounds of each workload in the baseline: %d, and a difference is told from noise by at least %d; record it with --rounds 6", n, leastRounds)
	}
	return nil
}

// roundsOf is how often the report's workloads were run at least.
func roundsOf(r *reports.Report) int {
	count := map[string]int{}
	for _, run := range r.Runs {
		if run.Findings != nil {
			h := &run.Findings.Header
			count[fmt.Sprint(h.Database, h.ServerVersion, h.Level, h.Workload, h.Strategy)]++
		}
	}
	least := 0
	for _, n := range count {
		if least == 0 || n < least {
			least = n
		}
	}
	return least
}

// holdAgainst compares a report with the baseline of its plan, if it has one. A new
// kind of anomaly, and, where it was asked for, a slowdown, is a violation.
func (a *app) holdAgainst(p *plan, r *reports.Report, out *folder) error {
	if p.baseline == nil || len(r.Runs) == 0 {
		return nil
	}
	before := p.baseline.subject
	before.Link = linkTo(out.path, before.Link)
	d := (&reports.Comparison{
		Title: r.Title + ", compared with " + p.baseline.name, Command: r.Command, Isocheck: r.Isocheck, Started: r.Started, Took: r.Took,
		Subjects: []reports.Subject{before, {Name: "this run", Report: r, Link: reportFile}},
	}).Document()
	err := errors.Join(out.write(compareFile, 0o644, d.HTML), out.write(compareData, 0o644, d.JSON))
	var lines []string
	for _, kind := range d.NewKinds() {
		lines = append(lines, "NEW: "+kind)
	}
	if p.baseline.slowdown >= 0 {
		slower, few := d.Slowdowns(p.baseline.slowdown)
		for _, s := range slower {
			lines = append(lines, "SLOWER: "+s)
		}
		if few && len(slower) == 0 {
			a.status = a.status.worse(inconclusive)
			lines = append(lines, "Too little in common with the baseline to say whether it is slower")
		}
		if len(slower) > 0 {
			a.status = a.status.worse(violated)
		}
	}
	if len(d.NewKinds()) > 0 {
		a.status = a.status.worse(violated)
	}
	if len(d.Uncompared()) > 0 {
		a.status = a.status.worse(inconclusive)
		lines = append(lines, "Nothing in common with the baseline: it was run at other levels, or with other workloads")
	} else {
		if len(lines) == 0 {
			lines = append(lines, "No kind of anomaly that the baseline does not have")
		}
		if only := d.OnlyInOne(); only != "" {
			lines = append(lines, "Not compared, for only one of the two has it: "+only)
		}
	}
	fmt.Fprintf(a.stdout, "\nCompared with %s:\n  %s\n", p.baseline.name, strings.Join(lines, "\n  "))
	if !p.screen.quiet {
		fmt.Fprintf(a.stdout, "Comparison: %s\n", out.file(compareFile))
	}
	return errors.Join(err, a.annotateBaseline(lines))
}

// annotateBaseline shows what is worse than the baseline to GitHub Actions.
func (a *app) annotateBaseline(lines []string) error {
	if !a.outputs.gitHub {
		return nil
	}
	var worse []string
	for _, line := range lines {
		if strings.HasPrefix(line, "NEW: ") || strings.HasPrefix(line, "SLOWER: ") {
			worse = append(worse, line)
		}
	}
	if len(worse) == 0 {
		return nil
	}
	return reports.GitHubError(a.stdout, "worse than the baseline", strings.Join(worse, "\n"))
}

// linkTo returns the path of a file as a link from a folder, "" for none.
func linkTo(from, file string) string {
	if file == "" {
		return ""
	}
	from, err1 := filepath.Abs(from)
	file, err2 := filepath.Abs(file)
	link, err3 := filepath.Rel(from, file)
	if errors.Join(err1, err2, err3) != nil {
		return ""
	}
	return filepath.ToSlash(link)
}
