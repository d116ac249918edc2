package reports

import (
	"slices"

	"github.com/isocheck/isocheck/checker"
)

// Excerpt returns the report with as few runs as show all that it has to show:
// of the rounds of a workload at a level the first, and every other that found
// a kind of anomaly, or came to a verdict, that those before did not. A page of
// dozens of rounds would be long, and would say the same again and again. A
// report without rounds is returned as it is.
func Excerpt(r *Report) *Report {
	type group struct{ server, level, workload string }
	type seen struct {
		kinds    []string
		verdicts []checker.Verdict
	}
	groups := map[group]*seen{}
	short := *r
	short.Runs = nil
	for _, run := range r.Runs {
		if run.Findings == nil {
			short.Runs = append(short.Runs, run)
			continue
		}
		h := &run.Findings.Header
		key := group{serverName(h), string(h.Level), workloadName(h)}
		g, news := groups[key], false
		if g == nil {
			g, news = &seen{}, true
			groups[key] = g
		}
		if !slices.Contains(g.verdicts, run.Findings.Verdict) {
			g.verdicts, news = append(g.verdicts, run.Findings.Verdict), true
		}
		for _, a := range run.Findings.Anomalies {
			kind := string(a.ID) + string(stateOf(a))
			if a.Count > 0 && !slices.Contains(g.kinds, kind) {
				g.kinds, news = append(g.kinds, kind), true
			}
		}
		if news {
			short.Runs = append(short.Runs, run)
		}
	}
	return &short
}
