package reports

import (
	"fmt"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/history"
)

func TestFaults(t *testing.T) {
	at := func(seconds float64, kind string) history.Event {
		return history.Event{At: int64(seconds * 1e9), Kind: kind}
	}
	cases := map[string]struct {
		events []history.Event
		want   string
	}{
		"none":                {nil, ""},
		"a moment":            {[]history.Event{at(2, "kill")}, "at 2"},
		"a stretch":           {[]history.Event{at(2, "pause"), at(3, "pause-over")}, "pause 2-3"},
		"two stretches":       {[]history.Event{at(2, "pause"), at(3, "pause-over"), at(6, "pause"), at(7, "pause-over")}, "pause 2-3, pause 6-7"},
		"one in another":      {[]history.Event{at(2, "pause"), at(3, "latency"), at(4, "pause-over"), at(5, "latency-over")}, "pause 2-4, latency 3-5"},
		"said twice":          {[]history.Event{at(2, "start-partition"), at(2.5, "start-partition"), at(4, "stop-partition")}, "start-partition 2-4"},
		"never over":          {[]history.Event{at(2, "start")}, "start 2-10"},
		"the server was lost": {[]history.Event{at(6, history.EventServerLost)}, "server-lost 6-10"},
		"a client goes on":    {[]history.Event{at(2, "kill"), at(4, reconnected)}, "at 2"},
		"stopped":             {[]history.Event{at(9, history.EventStopped)}, "at 9"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			spans, moments := faults(c.events, 10)
			var got []string
			for _, s := range spans {
				got = append(got, fmt.Sprintf("%s %v-%v", s.Name, s.From, s.To))
			}
			for _, m := range moments {
				got = append(got, fmt.Sprint("at ", m.From))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%s, want %s", strings.Join(got, ", "), c.want)
			}
		})
	}
}

// Many faults are drawn as so many stretches as a plot can tell apart, and the page names them.
func TestFaultsAreShaded(t *testing.T) {
	run := violatedRun()
	for n := range int64(5000) {
		run.Events = append(run.Events, history.Event{At: n * 2 * ms, Kind: "pause"}, history.Event{At: n*2*ms + ms, Kind: "pause" + over})
	}
	for _, c := range charts(run) {
		if len(c.Faults) == 0 || len(c.Faults) > mostMarks {
			t.Errorf("%s: %d stretches", c.Title, len(c.Faults))
		}
		svg, err := c.svg()
		if err != nil || !strings.Contains(string(svg), "var(--fault)") {
			t.Errorf("%s: %v, and the stretches are not shaded", c.Title, err)
		}
	}
	if got := faultNames([]span{{Name: "start-partition"}, {Name: "pause"}, {Name: "pause"}}); got != "partition and pause" {
		t.Errorf("the page names %q", got)
	}
}
