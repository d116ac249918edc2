package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// mostBytes is how big a page may be.
const mostBytes = 3_000_000

// million is a run of a million operations with every kind of anomaly that read committed allows.
func million(t *testing.T) Run {
	t.Helper()
	config := memory.Config{Model: memory.ReadCommitted, Txns: 250_100, Seed: 7, Plant: []memory.Plant{{Anomaly: "dirty-read", Count: 40}}}
	f, err := checker.Check(t.Context(), config, checker.Options{Expect: checker.Serializable})
	if err != nil {
		t.Fatal(err)
	}
	stats := history.NewStats(&f.Header)
	if err := memory.Generate(config, func(txn *history.Transaction) error { stats.Add(txn); return nil }); err != nil {
		t.Fatal(err)
	}
	run := Run{Findings: f, Summary: stats.Summary(), History: "history.jsonl.zst"}
	f.Header.Database, f.Header.Level = "postgres", history.ReadCommitted
	for at := range int64(300) {
		run.Events = append(run.Events, history.Event{At: at * 1e5, Kind: "pause"}, history.Event{At: at*1e5 + 4e4, Kind: "pause" + over})
	}
	var points []checker.InvariantPoint
	for at := range int64(200_000) {
		points = append(points, checker.InvariantPoint{At: at * 150, Value: at * 7 / 8, Want: at})
	}
	f.Invariants = []checker.InvariantResult{{Name: "counted increments", Checked: len(points), Broken: len(points) - 1, Points: points}}
	return run
}

// A run of a million operations makes no big page, and neither do many such runs:
// plots are binned, witnesses are capped, and the true counts are said.
func TestHTMLOfAMillionOperations(t *testing.T) {
	one := million(t)
	if one.Findings.Counts.Operations < 1_000_000 {
		t.Fatalf("the run has %d operations", one.Findings.Counts.Operations)
	}
	many := []Run{}
	for n := range 40 {
		run, f := one, *one.Findings
		f.Header.Workload, f.Header.Level = fmt.Sprint("workload ", n/4), history.Levels()[n%4]
		run.Findings = &f
		many = append(many, run)
	}
	for name, r := range map[string]*Report{"one run": report(one), "forty runs": report(many...)} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := HTML(&out, r); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes", out.Len())
			if out.Len() > mostBytes {
				t.Errorf("the page has %d bytes, and %d are the most", out.Len(), mostBytes)
			}
			for _, a := range one.Findings.Anomalies {
				if a.Count > 0 && !strings.Contains(out.String(), "×"+number(a.Count)) && len(r.Runs) == 1 {
					t.Errorf("the page does not say that %s was found %d times", a.Name, a.Count)
				}
			}
		})
	}
}

// More witnesses than are shown are counted, and so are points, bins and events.
func TestHTMLSaysWhatItLeavesOut(t *testing.T) {
	run := violatedRun()
	a := &run.Findings.Anomalies[5]
	a.Count, a.Violations = 1_000_000, 1_000_000
	for range 500 {
		a.Witnesses = append(a.Witnesses, lostUpdate())
	}
	var out bytes.Buffer
	if err := HTML(&out, report(run)); err != nil {
		t.Fatal(err)
	}
	if want := number(a.Count-maxWitnesses) + " more were found"; !strings.Contains(out.String(), want) {
		t.Errorf("the page does not say %q", want)
	}
	if n := strings.Count(out.String(), `<details class="witness"`); n != maxWitnesses {
		t.Errorf("the page shows %d witnesses", n)
	}
}

// However many runs there are, each anomaly of each level has a witness, violations first.
func TestWitnessesAreSharedOut(t *testing.T) {
	var runs []Run
	for range 60 {
		runs = append(runs, violatedRun(), skewRun())
	}
	marks := newAnchors(runs)
	if len(marks) > pageWitnesses {
		t.Errorf("%d witnesses are shown", len(marks))
	}
	shown := 0
	for n, run := range runs {
		for i, a := range run.Findings.Anomalies {
			if len(a.Witnesses) == 0 {
				continue
			}
			if marks.first(n, i) == "" && marks.elsewhere(runs, n, a.ID) == "" {
				t.Errorf("of %s in run %d no witness can be found", a.ID, n)
			}
			if a.Violation && marks.first(n, i) != "" {
				shown++
			}
		}
	}
	if shown != 60 {
		t.Errorf("%d of 60 violations have their own witness", shown)
	}
}
