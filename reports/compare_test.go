package reports

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// round is a counter's run at repeatable read, at a rate, that lost so many updates.
func round(database, version string, rate float64, lost int) Run {
	expect := checker.SnapshotIsolation
	if database == "mysql" {
		expect = checker.InnoDBRepeatableRead
	}
	f := findings(database, version, history.RepeatableRead, "counter", expect, int(10*rate))
	if lost > 0 {
		find(f, checker.LostUpdate, lost, false, lostUpdate())
	}
	run := Run{Findings: f, History: "history-counter-repeatable-read.jsonl.zst"}
	run.Summary = history.Summary{Duration: int64(10 * time.Second), Rate: rate}
	run.Summary.Counts = history.Counts{Committed: int(10 * rate), Latency: history.Latency{P50: int64(8e9 / rate), P95: int64(1e10 / rate), P99: int64(2e10 / rate)}}
	return run
}

// rounds are six runs about a rate.
func rounds(database, version string, rate float64, lost int) *Report {
	var runs []Run
	for n := range 6 {
		runs = append(runs, round(database, version, rate*(1+0.01*float64(n-3)), lost))
	}
	return report(runs...)
}

func threeServers() *Comparison {
	return &Comparison{
		Command: "isocheck compare postgres:13 postgres:18 mysql --level repeatable-read", Isocheck: "0.1.0",
		Started: time.Date(2025, 3, 4, 10, 30, 0, 0, time.UTC), Took: 90 * time.Second,
		Subjects: []Subject{
			{Name: "postgres:13", Report: rounds("postgres", "13.22", 1000, 0), Link: "postgres-13/report.html"},
			{Name: "postgres:18", Report: rounds("postgres", "18.1", 1300, 0), Link: "postgres-18/report.html"},
			{Name: "mysql", Report: rounds("mysql", "9.7.4", 990, 312), Link: "mysql/report.html"},
		},
	}
}

// withProbe gives a report what became of a probe at repeatable read.
func withProbe(r *Report, server string, state ProbeState, how string) *Report {
	r.Probes = []Probe{{
		Name: "p4", Title: "lost update", Class: "P4", About: "Two sessions read a row, and both write it.", Server: server, Level: history.RepeatableRead, State: state, How: how,
		Steps:    []ProbeStep{{Session: 1, Statement: "BEGIN", Answer: "ok"}, {Session: 2, Statement: "UPDATE t SET n = 2", Blocked: true, Code: "40001", Error: "could not serialize"}},
		Found:    []ProbeAnomaly{{ID: checker.LostUpdate, Class: "P4", Name: "lost update", Violation: state == ProbeViolation, Sentence: "one was lost"}},
		Expected: checker.SnapshotIsolation,
	}}
	return r
}

// What a probe finds on one and not on another is a difference that is never chance.
func TestProbeDifferences(t *testing.T) {
	c := threeServers()
	withProbe(c.Subjects[0].Report, "PostgreSQL 13.22", ProbePrevented, "40001")
	withProbe(c.Subjects[2].Report, "MySQL 9.7.4", ProbeAllowed, "")
	d := c.Document()
	n := slices.IndexFunc(d.Differences, func(x Difference) bool { return x.Probe == "p4" })
	if n < 0 {
		t.Fatalf("no difference of the probe in %+v", d.Differences)
	}
	want := "Repeatable read, probe P4 lost update: found on MySQL 9.7.4, prevented on PostgreSQL 13.22 (40001)."
	if x := d.Differences[n]; x.Text != want || x.Chance || !slices.Equal(x.Shown, []int{2}) || !slices.Equal(x.Absent, []int{0}) {
		t.Errorf("the difference is %+v, want %q", x, want)
	}
	if state := d.Probes[0].Cells[1].State; state != "" {
		t.Errorf("where it was not played its state is %q", state)
	}
	validate(t, compileSchema(t, "compare.schema.json", true), d.JSON)
}

func TestComparisonGolden(t *testing.T) {
	c := threeServers()
	withProbe(c.Subjects[0].Report, "PostgreSQL 13.22", ProbePrevented, "40001")
	withProbe(c.Subjects[1].Report, "PostgreSQL 18.1", ProbePrevented, "blocked")
	withProbe(c.Subjects[2].Report, "MySQL 9.7.4", ProbeViolation, "")
	d := c.Document()
	golden(t, "compare/three.json", d.JSON)
	golden(t, "compare/three.md", d.Markdown)
	golden(t, "compare/three.html", d.HTML)
	golden(t, "compare/three.txt", func(w io.Writer) error { return d.Terminal(w, TerminalOptions{Path: "results/compare.html"}) })
}

func TestComparisonKeepsTheSchema(t *testing.T) {
	s := compileSchema(t, "compare.schema.json", true)
	for name, c := range map[string]*Comparison{"three": threeServers(), "none": {}} {
		t.Run(name, func(t *testing.T) { validate(t, s, c.Document().JSON) })
	}
}

// What one shows and the others do not is said, and links to its witness.
func TestDifferences(t *testing.T) {
	d := threeServers().Document()
	if len(d.Differences) != 1 {
		t.Fatalf("%d differences, want one: %+v", len(d.Differences), d.Differences)
	}
	x := d.Differences[0]
	if x.Anomaly != checker.LostUpdate || !slices.Equal(x.Shown, []int{2}) || !slices.Equal(x.Absent, []int{0, 1}) || x.Chance || x.Violation {
		t.Errorf("the difference is %+v", x)
	}
	want := "Repeatable read: MySQL 9.7.4 (1,872 in 59,103, which InnoDB's repeatable read allows) shows lost update, " +
		"PostgreSQL 13.22 (none in 59,700) and PostgreSQL 18.1 (none in 77,610) do not."
	if x.Text != want {
		t.Errorf("it is told as\n%s\nwant\n%s", x.Text, want)
	}
	row := d.Levels[0].Rows[slices.IndexFunc(d.Levels[0].Rows, func(r AnomalyRow) bool { return r.ID == checker.LostUpdate })]
	if got := row.Cells[2].Witness; got != "mysql/report.html#lost-update-1" {
		t.Errorf("its witness is at %q", got)
	}
}

// What was seen twice in many transactions may well not be seen in as many again.
func TestDifferenceByChance(t *testing.T) {
	for _, c := range []struct {
		count int
		want  bool
	}{{1, true}, {2, true}, {3, false}, {300, false}} {
		cells := []AnomalyCell{{Count: c.count, Transactions: 5000}, {Transactions: 5000}}
		if got := byChance(cells, []int{0}, []int{1}); got != c.want {
			t.Errorf("%d in 5000 against none in 5000: by chance is %v, want %v", c.count, got, c.want)
		}
	}
}

// Subjects of the same server are told apart by what they were asked for by.
func TestComparisonLabels(t *testing.T) {
	c := &Comparison{Subjects: []Subject{
		{Name: "before", Report: rounds("postgres", "15.18", 1000, 0)},
		{Name: "after", Report: rounds("postgres", "15.18", 1000, 0)},
		{Name: "mysql", Report: rounds("mysql", "9.7.4", 1000, 0)},
		{Name: "postgres:99", Report: &Report{Errors: []string{"no server"}}},
	}}
	want := []string{"PostgreSQL 15.18 (before)", "PostgreSQL 15.18 (after)", "MySQL 9.7.4", "postgres:99"}
	if got := c.labels(); !slices.Equal(got, want) {
		t.Errorf("labels %q, want %q", got, want)
	}
}

func TestPerformance(t *testing.T) {
	d := threeServers().Document()
	v := d.Performance[0].Cells
	if d.Performance[0].Measure != Throughput || v[0].Median != 995 || v[0].Low == nil || *v[0].Low != 970 || *v[0].High != 1020 {
		t.Errorf("the first subject's throughput is %+v", v[0])
	}
	if !v[1].Differs || math.Abs(*v[1].Change-0.3) > 0.01 || changeText(v[1]) != "+30 %" {
		t.Errorf("30 %% more is told as %q (%+v)", changeText(v[1]), v[1])
	}
	if v[2].Differs || changeText(v[2]) != "~" {
		t.Errorf("1 %% less, within the noise, is told as %q", changeText(v[2]))
	}
}

func TestSlowdowns(t *testing.T) {
	against := func(now *Report, most float64) ([]string, bool) {
		c := &Comparison{Subjects: []Subject{{Name: "baseline", Report: rounds("postgres", "15.18", 1000, 0)}, {Name: "now", Report: now}}}
		return c.Document().Slowdowns(most)
	}
	if slower, few := against(rounds("postgres", "15.18", 700, 0), 0.1); len(slower) != 2 || few || !strings.HasPrefix(slower[0], "counter at repeatable read: throughput -30 % (995/s to 697/s, p=0.002") {
		t.Errorf("30 %% slower: %q, few %v", slower, few)
	}
	if slower, _ := against(rounds("postgres", "15.18", 700, 0), 0.5); len(slower) != 0 {
		t.Errorf("30 %% slower, where 50 %% are borne: %q", slower)
	}
	if slower, few := against(rounds("postgres", "15.18", 995, 0), 0); len(slower) != 0 || few {
		t.Errorf("within the noise: %q, few %v", slower, few)
	}
	if slower, few := against(report(round("postgres", "15.18", 100, 0)), 0.1); len(slower) != 0 || !few {
		t.Errorf("one round, ten times slower: %q, few %v", slower, few)
	}
}

func TestNewKinds(t *testing.T) {
	before, after := rounds("mysql", "9.7.4", 1000, 0), rounds("mysql", "9.7.4", 1000, 7)
	d := (&Comparison{Subjects: []Subject{{Report: before}, {Report: after}}}).Document()
	if got := d.NewKinds(); len(got) != 1 || got[0] != "lost update at repeatable read (42 in 59,700, before none in 59,700)" {
		t.Errorf("new kinds are %q", got)
	}
	d = (&Comparison{Subjects: []Subject{{Report: after}, {Report: before}}}).Document()
	if got := d.NewKinds(); len(got) != 0 {
		t.Errorf("what went away is new: %q", got)
	}
}

// The median lies in its interval, and the interval among the measurements.
func TestSummaryProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := rapid.SliceOfN(rapid.Float64Range(1, 1e6), 1, 40).Draw(t, "samples")
		slices.Sort(samples)
		v := summarised(samples)
		if (v.Low == nil) != (len(samples) < 6) {
			t.Fatalf("an interval of %d measurements: %v", len(samples), v.Low != nil)
		}
		if v.Low != nil && (*v.Low > v.Median || *v.High < v.Median || *v.Low < samples[0] || *v.High > samples[len(samples)-1]) {
			t.Fatalf("median %v, interval %v to %v", v.Median, *v.Low, *v.High)
		}
		same := summarised(samples)
		same.compareWith(&v)
		if same.Differs {
			t.Fatalf("it differs from itself, p=%v", *same.P)
		}
	})
}

// Rounds that are too short alone are not, where another of the same command was
// long enough; but one that was cut off is, and so is one of another command.
func TestSettled(t *testing.T) {
	of := func(id string, verdict checker.Verdict, closed bool) Run {
		run := round("mysql", "9.7.4", 100, 0)
		run.Findings.Header.Run, run.Findings.Verdict, run.Findings.Closed = id, verdict, closed
		return run
	}
	const id = "20260301_101500_a1b2c3"
	for _, c := range []struct {
		name string
		runs []Run
		want checker.Verdict
	}{
		{"a short round", []Run{of(id, checker.Kept, true), of(id+"_2", checker.Inconclusive, true)}, checker.Kept},
		{"only short rounds", []Run{of(id, checker.Inconclusive, true), of(id+"_2", checker.Inconclusive, true)}, checker.Inconclusive},
		{"a round that was cut off", []Run{of(id, checker.Kept, true), of(id+"_2", checker.Inconclusive, false)}, checker.Inconclusive},
		{"another command", []Run{of(id, checker.Kept, true), of("20260301_101500_ffffff", checker.Inconclusive, true)}, checker.Inconclusive},
		{"no id", []Run{of("", checker.Kept, true), of("", checker.Inconclusive, true)}, checker.Inconclusive},
		{"a violation", []Run{of(id, checker.Violated, true), of(id+"_2", checker.Inconclusive, true)}, checker.Violated},
	} {
		if got := verdictOf(c.runs); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// An excerpt has all kinds of anomalies and all verdicts, and a run of each workload.
func TestExcerpt(t *testing.T) {
	r := rounds("mysql", "9.7.4", 1000, 0)
	r.Runs[3] = round("mysql", "9.7.4", 1000, 5)
	r.Runs[4] = round("mysql", "9.7.4", 1000, 5)
	short := Excerpt(r)
	if len(short.Runs) != 2 || short.Runs[1].Findings != r.Runs[3].Findings || len(r.Runs) != 6 {
		t.Errorf("the excerpt has %d runs", len(short.Runs))
	}
	if all := reportCases()["levels"]; len(Excerpt(all).Runs) != len(all.Runs) {
		t.Error("a report without rounds is cut")
	}
}

func TestComparisonKeepsTheWidth(t *testing.T) {
	d := threeServers().Document()
	for _, width := range []int{40, 60, 80, 120, 200} {
		var out bytes.Buffer
		if err := d.Terminal(&out, TerminalOptions{Width: width, Path: "results/compare.html"}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if n := utf8.RuneCountInString(line); n > width {
				t.Errorf("at %d columns a line has %d: %q", width, n, line)
			}
		}
	}
}

func TestComparisonEscapes(t *testing.T) {
	for _, attack := range attacks {
		c := &Comparison{Title: attack, Command: attack, Errors: []string{attack}, Subjects: []Subject{{Name: attack, Report: poisoned(attack), Link: "a/report.html"}, {Name: "b", Report: rounds("mysql", attack, 10, 3)}}}
		var out bytes.Buffer
		if err := c.Document().HTML(&out); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script>alert", "<img src=x", "<svg onload", `href="javascript:`} {
			if strings.Contains(out.String(), bad) {
				t.Errorf("%q gets through: %s", attack, bad)
			}
		}
	}
}

func TestReadJSON(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, rounds("mysql", "9.7.4", 1000, 5)); err != nil {
		t.Fatal(err)
	}
	r, err := ReadJSON(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := JSON(&again, r); err != nil || again.String() != out.String() {
		t.Errorf("read and written again it is another (%v)", err)
	}
	for _, bad := range []string{"", "{", `{"format":99}`, `[]`, `{"format":1,"runs":3}`} {
		if _, err := ReadJSON(strings.NewReader(bad)); err == nil || !strings.Contains(fmt.Sprint(err), "reading findings") {
			t.Errorf("%q is read: %v", bad, err)
		}
	}
}
