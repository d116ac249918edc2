package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// probeReport is what isocheck probe found on a database that lacks one probe.
func probeReport() *Report {
	r := &Report{Title: "mysql at all levels", Command: "isocheck probe --db mysql"}
	add := func(name, class, title string, states ...Probe) {
		for i, p := range states {
			p.Name, p.Class, p.Title, p.About = name, class, title, "What "+title+" is about."
			p.Server, p.Level, p.Expected = "MySQL 9.7.4", history.Levels()[i], checker.MonotonicAtomicView
			p.Steps = []ProbeStep{
				{Session: 1, Statement: "update 1 set value=11", Answer: "1 row"},
				{Session: 2, Statement: "read <all>", Answer: "blocked, then 1: value=11", Blocked: true},
				{Session: 2, Statement: "commit", Answer: "left out", Skipped: true},
			}
			r.Probes = append(r.Probes, p)
		}
	}
	allowed := Probe{
		State: ProbeAllowed, How: "allowed", Anomaly: checker.LostUpdate, History: "probes/history-p4-x.jsonl.zst",
		Found: []ProbeAnomaly{{ID: checker.LostUpdate, Class: "P4", Name: "lost update", Sentence: "T1 overwrote T2."}},
	}
	blocked := Probe{State: ProbePrevented, How: "blocked", Blocked: true}
	failed := Probe{State: ProbePrevented, How: "1213", Codes: []string{"1213"}, Blocked: true}
	add("g0", "G0", "dirty write", blocked, blocked, blocked, blocked)
	add("p4", "P4", "lost update", allowed, allowed, allowed, failed)
	missing := Probe{State: ProbeMissing, How: "missing"}
	add("deferrable", "G2", "reader deferrable", missing, missing, missing, missing)
	observed := Probe{State: ProbeObserved, How: "no wait"}
	add("skip-locked", "", "SKIP LOCKED claims", observed, observed, observed, observed)
	return r
}

// withViolation makes one of the probes a violation.
func withViolation(r *Report) *Report {
	p := &r.Probes[7]
	p.State, p.How, p.Anomaly = ProbeViolation, "violation", checker.LostUpdate
	p.Found = []ProbeAnomaly{{ID: checker.LostUpdate, Class: "P4", Name: "lost update", Violation: true, Sentence: "T1 overwrote T2."}}
	return r
}

func TestProbesTerminal(t *testing.T) {
	reports := map[string]*Report{"probes": probeReport(), "probes-violated": withViolation(probeReport())}
	for name, r := range reports {
		t.Run(name, func(t *testing.T) {
			golden(t, "terminal/"+name+".txt", func(w io.Writer) error {
				return ProbesTerminal(w, r, TerminalOptions{Path: "out/report.html"})
			})
		})
	}
	t.Run("probes-verbose", func(t *testing.T) {
		golden(t, "terminal/probes-verbose.txt", func(w io.Writer) error {
			return ProbesTerminal(w, probeReport(), TerminalOptions{Verbose: true})
		})
	})
}

// The summary of a run says in a line for each level what its probes showed.
func TestTerminalProbeLines(t *testing.T) {
	r := reportCases()["levels"]
	r.Probes = probeReport().Probes
	golden(t, "terminal/probes-lines.txt", func(w io.Writer) error {
		var out bytes.Buffer
		if err := Terminal(&out, r, TerminalOptions{}); err != nil {
			return err
		}
		_, lines, found := strings.Cut(out.String(), "Probes (fixed interleavings)\n")
		if !found {
			t.Errorf("nothing about probes in\n%s", out.String())
		}
		_, err := io.WriteString(w, lines)
		return err
	})
	r.Probes, r.ProbesLeftOut = nil, "the user may not ask; let an administrator run: GRANT PROCESS"
	var out bytes.Buffer
	if err := Terminal(&out, r, TerminalOptions{}); err != nil {
		t.Fatal(err)
	}
	if want := "left out: the user may not ask"; !strings.Contains(out.String(), want) {
		t.Errorf("%q is not in\n%s", want, out.String())
	}
}

func TestProbesTerminalKeepsTheWidth(t *testing.T) {
	for _, width := range []int{0, 40, 60, 80, 120} {
		var out bytes.Buffer
		if err := ProbesTerminal(&out, withViolation(probeReport()), TerminalOptions{Width: width, Verbose: true}); err != nil {
			t.Fatal(err)
		}
		most := max(width, 40)
		if width == 0 {
			most = 80
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > most {
				t.Errorf("at %d columns a line of %d: %q", most, n, line)
			}
		}
	}
}

// A violation that a probe shows is one of the whole report, whatever its runs say.
func TestProbesJudged(t *testing.T) {
	clean := reportCases()["clean"]
	tests := []struct {
		name string
		r    *Report
		want checker.Verdict
	}{
		{"probes alone", probeReport(), checker.Kept},
		{"probes alone, one of them a violation", withViolation(probeReport()), checker.Violated},
		{"a clean run", clean, checker.Kept},
		{"a clean run, and a probe that is a violation", &Report{Runs: clean.Runs, Probes: withViolation(probeReport()).Probes}, checker.Violated},
		{"probes, of which not all could be played", &Report{Probes: probeReport().Probes, Errors: []string{"the server is gone"}}, checker.Inconclusive},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			j := Judge(test.r)
			if j.Verdict != test.want {
				t.Errorf("verdict %s, want %s", j.Verdict, test.want)
			}
			if ruledOut := strings.Contains(j.Sentence, "showed what is ruled out"); ruledOut != (test.want == checker.Violated) {
				t.Errorf("the sentence is %q", j.Sentence)
			}
		})
	}
}

// The page shows every probe, its steps and where it leads, and escapes what it quotes.
func TestProbesPage(t *testing.T) {
	var out bytes.Buffer
	if err := HTML(&out, withViolation(probeReport())); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, want := range []string{
		`id="probes"`, `href="#probe-p4"`, `id="probe-p4"`, "read &lt;all&gt;", "blocked, then 1: value=11",
		`href="probes/history-p4-x.jsonl.zst"`, "VIOLATION", "not there", "no wait",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
}

// findings.json with probes keeps its schema, and every field is described there.
func TestProbesKeepTheSchema(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, withViolation(probeReport())); err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if err := compileSchema(t, "findings.schema.json", true).Validate(doc); err != nil {
		t.Error(err)
	}
}

// A probe's row says of which anomaly it is, for titles such as "by a predicate" do not.
func TestProbeRowsNameTheirSubject(t *testing.T) {
	r := probeReport()
	for i := range r.Probes {
		r.Probes[i].Title = "by a predicate"
	}
	var page bytes.Buffer
	if err := HTML(&page, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<a href="#probe-p4">P4 by a predicate</a>`, `<summary>P4 by a predicate <small>p4</small></summary>`} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page has no %s", want)
		}
	}
}
