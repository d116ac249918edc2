package reports

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// What several processes recorded has no real-time order, and what ran on a replica may be stale:
// every form of report says so, and none does where it is not so.
func TestRemarks(t *testing.T) {
	plain, shards, replica, both := cleanRun(), cleanRun(), cleanRun(), cleanRun()
	shards.Findings.Header.Parts = 3
	replica.Summary.Replica = 1607
	both.Findings.Header.Parts = 2
	both.Summary.Replica = 1
	const clocks, order = "processes, whose clocks differ: real-time order is left out.", "Where it was late, that shows as anomalies against session order"
	for name, tt := range map[string]struct {
		runs []Run
		want []string
	}{
		"plain":             {[]Run{plain}, nil},
		"shards":            {[]Run{shards}, []string{"3 " + clocks}},
		"replica":           {[]Run{replica}, []string{"1,607 of the 29,644 committed transactions ran on the replica. " + order + " or real-time order,"}},
		"both":              {[]Run{both}, []string{"2 " + clocks, order + ", which"}},
		"one of several":    {[]Run{plain, replica}, []string{"1,607 of the 29,644 committed transactions ran on the replica."}},
		"several of shards": {[]Run{shards, shards}, []string{"3 " + clocks}},
	} {
		t.Run(name, func(t *testing.T) {
			r := report(tt.runs...)
			got := strings.Join(remarks(tt.runs), " ")
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q does not say %q", got, want)
				}
			}
			if len(tt.want) == 0 && got != "" {
				t.Errorf("said %q", got)
			}
			for form, text := range rendered(t, r) {
				for _, remark := range remarks(tt.runs) {
					if strings.Count(text, remark) != 1 {
						t.Errorf("%s has %q %d times", form, remark, strings.Count(text, remark))
					}
				}
				if strings.Contains(text, "whose clocks differ") != strings.Contains(got, "whose clocks differ") {
					t.Errorf("%s and the remarks do not agree on clocks", form)
				}
			}
		})
	}
}

// rendered is a report in each form for people, and as findings.json.
func rendered(t *testing.T, r *Report) map[string]string {
	t.Helper()
	var terminal, page, markdown, document bytes.Buffer
	for _, err := range []error{
		Terminal(&terminal, r, TerminalOptions{Width: 200}), HTML(&page, r), Markdown(&markdown, r), JSON(&document, r),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{"terminal": terminal.String(), "page": page.String(), "Markdown": markdown.String(), "findings.json": document.String()}
}

// Where several processes recorded a witness, it says that the order of its steps is as good as their clocks,
// and nothing claims that a statement waited for a transaction that another clock timed.
func TestWitnessOfSeveralClocks(t *testing.T) {
	const order, waited = "steps of different clients may have come in another order.", "in which T2 committed"
	one, several := violatedRun(), violatedRun()
	several.Findings.Header.Parts = 2
	for name, tt := range map[string]struct {
		run  Run
		said bool
	}{"one clock": {one, false}, "several": {several, true}} {
		f := tt.run.Findings
		w := &f.Anomalies[5].Witnesses[0]
		for form, text := range map[string]string{"page": rendered(t, report(tt.run))["page"], "text": witnessText(f, w)} {
			if strings.Contains(text, order) != tt.said {
				t.Errorf("%s: the %s says %q: %v", name, form, order, !tt.said)
			}
			if strings.Contains(text, waited) == tt.said {
				t.Errorf("%s: the %s says %q: %v", name, form, waited, tt.said)
			}
		}
		for _, l := range newLanes(f, w).Lanes {
			for _, b := range l.Bars {
				if b.Wait > 0 && tt.said {
					t.Errorf("%s: bar %d is drawn as waiting", name, b.Number)
				}
			}
		}
	}
	alone := &checker.Witness{Transactions: []history.Transaction{{Client: 1, Start: 1}, {Client: 1, Start: 2}}}
	if got := clocksRemark(&several.Findings.Header, alone); got != "" {
		t.Errorf("of one client it says %q", got)
	}
}

// What shards recorded is held against session order only, and no form of report speaks of real time then.
func TestVariantsOfShards(t *testing.T) {
	for name, want := range map[string]string{"real-time": "session order and real time", "none": "session order"} {
		runs := variantRuns()
		if name == "none" {
			for _, run := range runs {
				run.Findings.Header.Parts = 2
				run.Findings.Anomalies = slices.DeleteFunc(run.Findings.Anomalies, func(a checker.Anomaly) bool { return strings.HasSuffix(string(a.ID), realTimeSuffix) })
			}
		}
		texts := rendered(t, report(runs...))
		for form, sentence := range map[string]string{"terminal": "Against " + want + ": see the report", "page": "The same against " + want + ", which none"} {
			if !strings.Contains(texts[form], sentence) {
				t.Errorf("%s: the %s does not say %q", name, form, sentence)
			}
		}
	}
}

// Each file of a history is a link of its own, whatever is in its name; what came through a pipe is named only.
func TestLinksToHistories(t *testing.T) {
	run := cleanRun()
	run.History, run.Files = "../part-0/a b#1.jsonl + ../part-1/c:d%41.jsonl", []string{"../part-0/a b#1.jsonl", "c:d%41.jsonl"}
	piped := cleanRun()
	piped.History = "standard input"
	r := report()
	r.Runs = []Run{run, piped}
	page := rendered(t, r)["page"]
	for _, want := range []string{
		"Recorded by 2 processes, as one history: ", `<a href="../part-0/a%20b%231.jsonl" download>../part-0/a b#1.jsonl</a>, `,
		`<a href="./c:d%2541.jsonl" download>c:d%41.jsonl</a></p>`, "Recorded history: standard input</p>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
