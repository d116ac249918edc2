package reports

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

var fixedColor = regexp.MustCompile(`#[0-9A-Fa-f]{6}|font-family|<\?xml|width="\d+pt"`)

// A chart takes its colours and its font from the page, so that dark and light both work.
func TestChartsTakeThePagesLook(t *testing.T) {
	for _, c := range charts(forkRun()) {
		svg, err := c.svg()
		if err != nil {
			t.Fatal(err)
		}
		if bad := fixedColor.FindString(string(svg)); bad != "" {
			t.Errorf("the chart %q has %q of its own", c.Title, bad)
		}
		for _, want := range []string{"var(--series-", "var(--line)", "</svg>"} {
			if !strings.Contains(string(svg), want) {
				t.Errorf("the chart %q lacks %s", c.Title, want)
			}
		}
	}
}

func TestChartsOfARun(t *testing.T) {
	titles := func(run Run) string {
		var names []string
		for _, c := range charts(run) {
			names = append(names, c.Title)
		}
		return strings.Join(names, ", ")
	}
	if got, want := titles(violatedRun()), "Throughput, Latency, Aborts, Anomalies, Acknowledged increments"; got != want {
		t.Errorf("charts of a run: %s, want %s", got, want)
	}
	if got, want := titles(cleanRun()), "Throughput, Latency, Aborts, Acknowledged increments"; got != want {
		t.Errorf("charts of a run without anomalies: %s, want %s", got, want)
	}
	if got := titles(shortRun()); got != "" {
		t.Errorf("charts of a run without numbers: %s", got)
	}
}

// Degenerate runs draw too: no time, one point, all values equal, huge values.
func TestChartsOfLittle(t *testing.T) {
	cases := map[string]chart{
		"nothing":     {},
		"empty lines": {Series: []series{{Name: "a"}}},
		"one point":   {Series: []series{{Points: plotter.XYs{{X: 0, Y: 5}}}}},
		"zero":        {Seconds: 1, Series: []series{{Points: plotter.XYs{{X: 0}, {X: 1}}}}},
		"flat":        {Seconds: 1, Free: true, Series: []series{{Points: plotter.XYs{{X: 0, Y: 800}, {X: 1, Y: 800}}}}},
		"only gaps":   {Seconds: 1, Log: true, Series: []series{{Points: plotter.XYs{{X: 0, Y: math.NaN()}, {X: 1, Y: math.NaN()}}}}},
		"negative":    {Seconds: 1, Free: true, Series: []series{{Points: plotter.XYs{{X: 0, Y: -8}, {X: 1, Y: -3}}}}},
		"huge":        {Seconds: 1e6, Series: []series{{Points: plotter.XYs{{X: 0, Y: 1e18}, {X: 1e6, Y: math.MaxInt64 / 2}}}}},
		"no time":     {Bars: true, Series: []series{{Points: binned([]int64{0, 0}, 0)}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := c.svg(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBinnedCountsEach(t *testing.T) {
	times := []int64{0, 5e8, 999999999, 1e9, 2e9, -1}
	sum := 0.0
	for _, p := range binned(times, 1) {
		sum += p.Y
	}
	if int(sum) != len(times) {
		t.Errorf("%d moments became %v in the bins", len(times), sum)
	}
}

// Nine kinds of anomalies share eight colours: the last of them counts the rest.
func TestAnomalyChartCountsAll(t *testing.T) {
	run := cleanRun()
	want := 0
	for i := range run.Findings.Anomalies {
		find(run.Findings, run.Findings.Anomalies[i].ID, 10, false)
		want += 10
	}
	c := anomalyChart(run, 10)
	got := 0.0
	for _, s := range c.Series {
		for _, p := range s.Points {
			got += p.Y
		}
	}
	if len(c.Series) != seriesColors || int(got) != want {
		t.Errorf("%d series count %v anomalies, want %d and %d", len(c.Series), got, seriesColors, want)
	}
}

func TestThroughputIsARate(t *testing.T) {
	run := Run{Findings: &checker.Findings{}, Summary: history.Summary{Duration: 2e9, BinWidth: 1e9, Counts: history.Counts{Committed: 300}}}
	run.Summary.Bins = []history.Bin{{Counts: history.Counts{Committed: 100}}, {Start: 1e9, Counts: history.Counts{Committed: 200}}}
	run.Summary.Duration = 15e8 // the second bin is half covered
	points := throughputChart(run).Series[0].Points
	if len(points) != 2 || points[0].Y != 100 || points[1].Y != 400 {
		t.Errorf("the points are %v, want 100 and 400 a second", points)
	}
}

// While nothing commits, as in an outage, there is no latency: the lines have a gap there, and a value between
// two gaps is a dash.
func TestLatencyHasGaps(t *testing.T) {
	run := Run{Findings: &checker.Findings{}, Summary: history.Summary{Duration: 7e9, BinWidth: 1e9}}
	for i, committed := range []int{100, 100, 0, 0, 7, 0, 100} {
		counts := history.Counts{Committed: committed}
		if committed > 0 {
			counts.Latency = history.Latency{P50: 1e6, P95: 2e6, P99: 3e6, Max: 4e6}
		}
		run.Summary.Committed += committed
		run.Summary.Bins = append(run.Summary.Bins, history.Bin{Start: int64(i) * 1e9, Counts: counts})
	}
	c := latencyChart(run)
	c.Seconds = 7
	for _, s := range c.Series {
		var drawn [][2]float64
		for _, piece := range c.pieces(s.Points) {
			drawn = append(drawn, [2]float64{piece[0].X, piece[len(piece)-1].X})
		}
		if want := [][2]float64{{0.5, 1.5}, {4.08, 4.92}, {6.08, 6.92}}; !slices.EqualFunc(drawn, want, func(a, b [2]float64) bool { return math.Abs(a[0]-b[0])+math.Abs(a[1]-b[1]) < 1e-9 }) {
			t.Errorf("%s is drawn over %v, want %v", s.Name, drawn, want)
		}
	}
	if _, err := c.svg(); err != nil {
		t.Error(err)
	}
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		least, most float64
		want        string
	}{{0, 10, "0 2 4 6 8 10"}, {-7, 13, "-5 0 5 10"}, {0, 41203, "0 10,000 20,000 30,000 40,000"}} {
		var got []string
		for _, mark := range (ticks{format: func(v float64) string { return number(int64(v)) }, most: 5, whole: true}).Ticks(c.least, c.most) {
			got = append(got, mark.Label)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("from %v to %v: %v, want %s", c.least, c.most, got, c.want)
		}
	}
}
