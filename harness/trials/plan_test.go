package trials

import (
	"slices"
	"testing"
	"time"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// Every cell is run as often as all others, each round runs all of them, and rounds begin with different ones.
func TestTrials(t *testing.T) {
	p := &Plan{Product: "postgres", Workloads: []workloads.Workload{workloads.Counter(), workloads.Bank()}, Levels: history.Levels(), Repeats: 3}
	all := p.Trials()
	count := map[any]int{}
	var firsts []any
	round := len(all) / 3
	for i, trial := range all {
		count[trial.Key()]++
		if trial.Number != i+1 || trial.Repeat != i/round+1 {
			t.Fatalf("trial %d of %d is number %d, repeat %d", i+1, len(all), trial.Number, trial.Repeat)
		}
		if i%round == 0 {
			firsts = append(firsts, trial.Key())
		}
	}
	for key, n := range count {
		if n != 3 {
			t.Errorf("%v is run %d times", key, n)
		}
	}
	if firsts[0] == firsts[1] || firsts[1] == firsts[2] {
		t.Errorf("the rounds begin with %v", firsts)
	}
}

// What has a level of its own is run there only, and what the product lacks is not.
func TestTrialsLeftOut(t *testing.T) {
	for _, c := range []struct {
		product string
		levels  []history.Level
		want    []string
	}{
		{"postgres", []history.Level{history.ReadCommitted}, []string{"deferrable at serializable", "serializable-retry at serializable"}},
		{"mysql", []history.Level{history.ReadCommitted}, []string{"serializable-retry at serializable"}},
		{"mysql", []history.Level{history.Serializable}, []string{"serializable-retry at serializable"}},
	} {
		p := &Plan{Product: c.product, Workloads: []workloads.Workload{workloads.Bank()}, Levels: c.levels}
		var got []string
		for _, trial := range p.Trials() {
			if trial.Level != c.levels[0] || trial.Strategy == "serializable-retry" || trial.Strategy == "deferrable" {
				got = append(got, trial.Strategy+" at "+string(trial.Level))
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s at %v: %v, want %v", c.product, c.levels, got, c.want)
		}
		judged := p.judged(workloads.Bank())
		if only := len(judged.OwnOnly) > 0; only != (c.levels[0] != history.Serializable) {
			t.Errorf("%s at %v: only for strategies of their own level: %v", c.product, c.levels, judged.OwnOnly)
		}
	}
}

func TestEstimate(t *testing.T) {
	p := &Plan{Product: "postgres", Workloads: []workloads.Workload{workloads.Counter()}, Levels: []history.Level{history.ReadCommitted}, Repeats: 3}
	if got, least := p.Estimate(2*time.Second), time.Duration(len(p.Trials()))*2*time.Second; got <= least || got > 2*least {
		t.Errorf("%d trials of 2s take about %v", len(p.Trials()), got)
	}
}

// Latency is that of the whole attempt, and of what committed.
func TestAttempts(t *testing.T) {
	at := attempts{}
	for _, c := range []struct {
		name            string
		client, attempt int
		start, end      int64
		outcome         history.Outcome
		took            int64
		done            bool
	}{
		{"the first try fails", 1, 0, 100, 110, history.Aborted, 10, false},
		{"another client commits", 2, 0, 105, 108, history.Committed, 3, true},
		{"a retry fails", 1, 1, 120, 130, history.Aborted, 30, false},
		{"another retry commits", 1, 2, 150, 160, history.Committed, 60, true},
		{"something new", 1, 0, 200, 203, history.Committed, 3, true},
		{"a retry whose first try is not known", 3, 4, 300, 301, history.Committed, 1, true},
		{"a retry of what was given up, cut out", 1, 2, 400, 404, history.Committed, 4, true},
		{"setting up", 0, 0, 1, 90, history.Committed, 0, false},
	} {
		took, done := at.add(&history.Transaction{Client: c.client, Attempt: c.attempt, Start: c.start, End: c.end, Outcome: c.outcome})
		if took != c.took || done != c.done {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, took, done, c.took, c.done)
		}
	}
}

func TestPercentile(t *testing.T) {
	hundred := make([]int64, 100)
	for i := range hundred {
		hundred[i] = int64(i + 1)
	}
	for _, c := range []struct {
		sorted  []int64
		percent int
		want    int64
	}{{nil, 50, 0}, {[]int64{7}, 50, 7}, {[]int64{7}, 99, 7}, {[]int64{1, 2, 3}, 50, 2}, {hundred, 50, 50}, {hundred, 99, 99}} {
		if got := percentile(c.sorted, c.percent); got != c.want {
			t.Errorf("the %dth percentile of %v is %d, want %d", c.percent, c.sorted, got, c.want)
		}
	}
}
