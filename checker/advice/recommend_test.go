package advice

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

func undone(s *Sample) { s.Failed = 100 }

func unguarded(s *Sample) { s.Invariants = []string{"another"} }

func TestRecommendation(t *testing.T) {
	type cells map[string][]Sample // by strategy and level
	for _, c := range []struct {
		name  string
		cells cells
		want  string // "" for none
		// fastest, where it is another, and how many are equal.
		fastest string
		equal   int
	}{
		{"the fastest of the safe ones", cells{
			"plain at read-committed": around(900, breach()), "atomic at read-committed": around(500), "atomic at serializable": around(300),
		}, "atomic at read-committed", "", 0},
		{"a stronger level that is faster", cells{
			"atomic at read-committed": around(300), "atomic at serializable": around(500),
		}, "atomic at serializable", "", 0},
		{"equal within the noise: the weaker level", cells{
			"atomic at read-committed": around(498), "atomic at repeatable-read": around(500), "locked at repeatable-read": around(300),
		}, "atomic at read-committed", "atomic at repeatable-read", 1},
		{"equal within the noise: the earlier strategy", cells{
			"atomic at read-committed": around(498), "locked at read-committed": around(500),
		}, "atomic at read-committed", "locked at read-committed", 1},
		{"the weaker level comes before the earlier strategy", cells{
			"atomic at serializable": around(500), "locked at read-committed": around(498),
		}, "locked at read-committed", "atomic at serializable", 1},
		{"read uncommitted is for those who have nothing else", cells{
			"atomic at read-uncommitted": around(900), "atomic at read-committed": around(500),
		}, "atomic at read-committed", "", 0},
		{"and then it is", cells{
			"atomic at read-uncommitted": around(900), "atomic at read-committed": around(500, breach()),
		}, "atomic at read-uncommitted", "", 0},
		{"what leaves work undone is left out", cells{
			"plain at serializable": around(900, undone), "atomic at serializable": around(500),
		}, "atomic at serializable", "", 0},
		{"but better than nothing", cells{"plain at serializable": around(900, undone)}, "plain at serializable", "", 0},
		{"what does not guard an invariant is left out", cells{
			"plain at read-committed": around(100), "atomic at read-committed": around(900, unguarded),
		}, "plain at read-committed", "", 0},
		{"what loses updates that break nothing is left out", cells{
			"plain at serializable": around(900, anomaly(checker.LostUpdate, 1)), "atomic at serializable": around(500),
		}, "atomic at serializable", "", 0},
		{"nothing is safe", cells{"plain at read-committed": around(900, breach())}, "", "", 0},
		{"too little was tried", cells{"plain at read-committed": around(900, func(s *Sample) { s.Committed = 1 })}, "", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			samples := map[Key][]Sample{}
			w := Workload{Name: "bank", Strategies: []Strategy{{Name: "plain"}, {Name: "atomic"}, {Name: "locked"}}, Levels: history.Levels()}
			for _, s := range w.Strategies {
				for _, l := range w.Levels {
					if own := c.cells[s.Name+" at "+string(l)]; own != nil {
						samples[Key{"bank", s.Name, l}] = own
					}
				}
			}
			r := Judge(w, samples).Recommended
			if r == nil {
				if c.want != "" {
					t.Errorf("nothing is recommended, want %s", c.want)
				}
				return
			}
			if got := text(r.Choice); got != c.want || len(r.Equal) != c.equal {
				t.Errorf("%s is recommended, %d equal; want %s, %d", got, len(r.Equal), c.want, c.equal)
			}
			fastest := ""
			if r.Fastest != nil {
				fastest = text(*r.Fastest)
			}
			if fastest != c.fastest {
				t.Errorf("the fastest is %q, want %q", fastest, c.fastest)
			}
		})
	}
}

func text(c Choice) string { return c.Strategy + " at " + string(c.Level) }

// Too few repeats to tell anything from noise are said to be.
func TestTooFewRepeats(t *testing.T) {
	w := Workload{Name: "bank", Strategies: []Strategy{{Name: "plain"}, {Name: "atomic"}}, Levels: []history.Level{committed}}
	table := Judge(w, map[Key][]Sample{{"bank", "plain", committed}: around(100)[:3], {"bank", "atomic", committed}: around(900)[:3]})
	if r := table.Recommended; r == nil || !r.Few || r.Strategy != "plain" {
		t.Errorf("recommended %+v, want the simplest, with few repeats", r)
	}
}

func TestSlowCalls(t *testing.T) {
	w := Workload{Name: "bank", Strategies: []Strategy{{Name: "slow-inside"}, {Name: "slow-outside"}}, Levels: []history.Level{committed, repeatable, serializable}}
	table := Judge(w, map[Key][]Sample{
		{"bank", "slow-inside", committed}: around(400), {"bank", "slow-outside", committed}: around(1000),
		{"bank", "slow-inside", repeatable}: around(999), {"bank", "slow-outside", repeatable}: around(1000),
		{"bank", "slow-inside", serializable}: around(400),
	})
	if len(table.SlowCalls) != 2 {
		t.Fatalf("%d slow calls, want two: %+v", len(table.SlowCalls), table.SlowCalls)
	}
	if s := table.SlowCalls[0]; !s.Differs || s.Change > -0.59 || s.Change < -0.61 || s.Level != committed {
		t.Errorf("at read committed it costs %+v, want 60 %%", s)
	}
	if s := table.SlowCalls[1]; s.Differs {
		t.Errorf("at repeatable read it costs %+v, want noise", s)
	}
}

// Whatever was measured: what is recommended is safe, and nothing that came into
// question is faster by more than the noise.
func TestRecommendationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := Workload{Name: "bank", Levels: []history.Level{uncommitted, committed, serializable}}
		samples := map[Key][]Sample{}
		for n := range rapid.IntRange(1, 4).Draw(t, "strategies") {
			s := Strategy{Name: fmt.Sprint("s", n)}
			w.Strategies = append(w.Strategies, s)
			for _, l := range w.Levels {
				var changes []func(*Sample)
				if rapid.Bool().Draw(t, "unsafe") {
					changes = append(changes, breach())
				}
				samples[Key{"bank", s.Name, l}] = around(rapid.Float64Range(10, 1000).Draw(t, "rate"), changes...)
			}
		}
		table := Judge(w, samples)
		safe := 0
		for _, c := range table.Cells {
			if c.Verdict == Safe {
				safe++
			}
		}
		r := table.Recommended
		if r == nil {
			if safe > 0 {
				t.Fatalf("%d are safe, and none is recommended", safe)
			}
			return
		}
		chosen := table.Cell(r.Strategy, r.Level)
		if chosen.Verdict != Safe || r.Safe != safe {
			t.Fatalf("%s is %s; %d of %d safe", text(r.Choice), chosen.Verdict, r.Safe, safe)
		}
		for _, c := range table.Cells {
			if c.Verdict == Safe && c.Level != uncommitted && c.Throughput.Differs && *c.Throughput.Change > 0 && r.Level != uncommitted {
				v := c.Throughput
				if fastest := r.Fastest; fastest == nil || table.Cell(fastest.Strategy, fastest.Level).Throughput.Median < v.Median {
					t.Fatalf("%s at %s is faster than %s: %+v", c.Strategy, c.Level, text(r.Choice), v)
				}
			}
		}
	})
}
