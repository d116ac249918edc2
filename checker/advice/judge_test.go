package advice

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

const (
	uncommitted  = history.ReadUncommitted
	committed    = history.ReadCommitted
	repeatable   = history.RepeatableRead
	serializable = history.Serializable
)

// good is a sample in which nothing happened.
func good(rate float64) Sample {
	return Sample{Rate: rate, P50: 1e6, P99: 9e6, Committed: 500, Contended: 50, Invariants: []string{"sum"}}
}

// with returns the sample, changed.
func (s Sample) with(change func(*Sample)) Sample {
	change(&s)
	return s
}

// around are five samples about a rate.
func around(rate float64, change ...func(*Sample)) []Sample {
	var all []Sample
	for n := range 5 {
		s := good(rate * (1 + 0.01*float64(n-2)))
		for _, c := range change {
			c(&s)
		}
		all = append(all, s)
	}
	return all
}

func anomaly(id checker.AnomalyID, count int) func(*Sample) {
	return func(s *Sample) {
		s.Anomalies = append(s.Anomalies, Problem{Anomaly: id, Name: string(id), Count: count, Repeats: 1})
	}
}

func breach(by ...checker.AnomalyID) func(*Sample) {
	return func(s *Sample) {
		s.Broken = append(s.Broken, Problem{Name: "sum", Count: 3, Repeats: 1, Text: "the sum is 7, not 8"})
		s.Explain = by
	}
}

func noInvariants(s *Sample) { s.Invariants = nil }

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples []Sample
		want    Verdict
		// problems and bearable are the names expected, in order; doubt is part of one.
		problems, bearable string
		doubt              string
	}{
		{"nothing happened", around(100), Safe, "", "", ""},
		{"an invariant broke", around(100, breach()), Unsafe, "sum", "", ""},
		{"it is explained by write skew", around(100, anomaly(checker.WriteSkew, 2), breach(checker.WriteSkew)), Unsafe, "write-skew,sum", "", ""},
		{"write skew that broke nothing", around(100, anomaly(checker.WriteSkew, 2)), Safe, "", "write-skew", ""},
		{"a lost update that broke nothing", around(100, anomaly(checker.LostUpdate, 1)), Safe, "", "lost-update", ""},
		{"a commit that is gone and broke nothing by chance", around(100, anomaly(checker.LostCommit, 1)), Unsafe, "lost-commit", "", ""},
		{"other anomalies beside a breach", around(100, anomaly(checker.LostUpdate, 1), anomaly(checker.LongFork, 9), breach(checker.LostUpdate)), Unsafe, "lost-update,sum", "long-fork", ""},
		{"broken in one repeat only", append(around(100, anomaly(checker.WriteSkew, 1)), good(100).with(anomaly(checker.WriteSkew, 1)).with(breach(checker.WriteSkew))), Unsafe, "write-skew,sum", "", ""},
		{"no invariant and an anomaly", around(100, noInvariants, anomaly(checker.ReadSkew, 1)), Unsafe, "read-skew", "", ""},
		{"no invariant and no anomaly", around(100, noInvariants), Safe, "", "", ""},
		{"too few transactions", around(100, func(s *Sample) { s.Committed = 3 }), Inconclusive, "", "", "only 15 transactions committed"},
		{"no contention", around(100, func(s *Sample) { s.Contended = 1 }), Inconclusive, "", "", "there are 5, and fewer than 10"},
		{"enough in all repeats together", around(100, func(s *Sample) { s.Committed, s.Contended = 20, 2 }), Safe, "", "", ""},
		{"too few, and it broke", around(100, breach(), func(s *Sample) { s.Committed = 3 }), Unsafe, "sum", "", ""},
		{"a doubt", append(around(100), good(100).with(func(s *Sample) { s.Doubts = []string{"a run was cut off before its end"} })), Inconclusive, "", "", "cut off"},
		{"a run that could not be made", append(around(100), Sample{Err: errors.New("no connection")}), Inconclusive, "", "", "no connection"},
		{"never run", nil, Inconclusive, "", "", "it was not run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := Workload{Name: "bank", Strategies: []Strategy{{Name: "plain"}}, Levels: []history.Level{committed}}
			table := Judge(w, map[Key][]Sample{{"bank", "plain", committed}: c.samples})
			got := table.Cells[0]
			if got.Verdict != c.want || names(got.Problems) != c.problems || names(got.Bearable) != c.bearable {
				t.Errorf("%s with problems %q, bearable %q; want %s with %q, %q", got.Verdict, names(got.Problems), names(got.Bearable), c.want, c.problems, c.bearable)
			}
			if !strings.Contains(strings.Join(got.Doubts, "; "), c.doubt) || (c.doubt == "") != (len(got.Doubts) == 0) {
				t.Errorf("doubts %q, want %q", got.Doubts, c.doubt)
			}
		})
	}
}

func names(problems []Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Name)
	}
	return strings.Join(all, ",")
}

// What was found in several repeats is added up.
func TestProblemsAddUp(t *testing.T) {
	w := Workload{Name: "bank", Strategies: []Strategy{{Name: "plain"}}, Levels: []history.Level{committed}}
	samples := append(around(100, anomaly(checker.LostUpdate, 7), breach(checker.LostUpdate)), good(100))
	c := Judge(w, map[Key][]Sample{{"bank", "plain", committed}: samples}).Cells[0]
	if p := c.Problems[0]; p.Count != 35 || p.Repeats != 5 {
		t.Errorf("lost updates: %+v, want 35 in 5 repeats", p)
	}
	if p := c.Problems[1]; p.Count != 15 || p.Repeats != 5 || p.Anomaly != "" {
		t.Errorf("breaches: %+v, want 15 in 5 repeats", p)
	}
	if c.Repeats != 6 || c.Transactions != 3000 || len(c.Throughput.Samples) != 6 {
		t.Errorf("%d repeats, %d transactions, throughput %+v", c.Repeats, c.Transactions, c.Throughput)
	}
}

// A rate per committed transaction is one of all repeats together.
func TestCosts(t *testing.T) {
	w := Workload{Name: "bank", Strategies: []Strategy{{Name: "plain"}}, Levels: []history.Level{committed}}
	c := Judge(w, map[Key][]Sample{{"bank", "plain", committed}: {
		good(100).with(func(s *Sample) { s.Committed, s.Retries, s.Deadlocks, s.Failed = 100, 50, 10, 5 }),
		good(100).with(func(s *Sample) { s.Committed, s.Retries, s.Deadlocks, s.Failed = 300, 50, 0, 5 }),
	}}).Cells[0]
	if c.Retries != 0.25 || c.Deadlocks != 0.025 || c.Failed != 0.025 {
		t.Errorf("retries %v, deadlocks %v, failed %v a commit; want 0.25, 0.025, 0.025", c.Retries, c.Deadlocks, c.Failed)
	}
}

// A strategy that does not exist, or has a level of its own, is said to be so.
func TestCellsThatAreNotRun(t *testing.T) {
	w := Workload{
		Name: "bank", Levels: []history.Level{committed, serializable}, OwnOnly: []history.Level{serializable},
		Strategies: []Strategy{{Name: "plain"}, {Name: "serializable-retry", Level: serializable}, {Name: "deferrable", Level: serializable, Missing: []string{"deferrable"}}},
	}
	table := Judge(w, map[Key][]Sample{{"bank", "plain", committed}: around(100), {"bank", "serializable-retry", serializable}: around(50)})
	var got []Verdict
	for _, c := range table.Cells {
		got = append(got, c.Verdict)
	}
	if want := []Verdict{Safe, Elsewhere, Elsewhere, Safe, Missing, Missing}; !slices.Equal(got, want) {
		t.Errorf("verdicts %v, want %v", got, want)
	}
}

// A sample takes from findings what is no variant with an order that no level promises.
func TestNewSample(t *testing.T) {
	f := &checker.Findings{
		Counts: checker.Counts{Committed: 9, Contended: 4}, Closed: true, Verdict: checker.Violated, Reasons: []string{"lost"},
		Anomalies: []checker.Anomaly{
			{ID: checker.LostUpdate, Name: "lost update", Count: 2, Witnesses: []checker.Witness{{Sentence: "T1 and T2"}}},
			{ID: checker.WriteSkew + "-real-time", Name: "write skew against real time", Count: 5},
			{ID: checker.Phantom, Name: "phantom"},
		},
		Invariants: []checker.InvariantResult{
			{Name: "sum", Broken: 2, Checked: 7, Text: "it is 7", ExplainedBy: []checker.AnomalyID{checker.LostUpdate}},
			{Name: "end", Unknown: true, Text: "not read"},
			{Name: "unique", Held: true},
		},
	}
	s := NewSample(f)
	if len(s.Anomalies) != 1 || s.Anomalies[0].Count != 2 || s.Anomalies[0].Text != "T1 and T2" {
		t.Errorf("anomalies %+v", s.Anomalies)
	}
	if len(s.Broken) != 1 || s.Broken[0].Count != 2 || !slices.Equal(s.Invariants, []string{"sum", "end", "unique"}) || len(s.Doubts) != 1 {
		t.Errorf("broken %+v, invariants %v, doubts %v", s.Broken, s.Invariants, s.Doubts)
	}
	if !s.Unsafe() || !slices.Equal(s.Violations, []string{"lost"}) {
		t.Errorf("unsafe %v, violations %v", s.Unsafe(), s.Violations)
	}
}
