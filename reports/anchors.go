package reports

import (
	"strconv"

	"github.com/isocheck/isocheck/checker"
)

// maxWitnesses is how many witnesses of one anomaly of one run a page shows at most.
const maxWitnesses = 3

// witnessesShown returns how many witnesses of one anomaly of one run a report
// of so many runs shows: fewer where there are many runs, so that the page stays small.
func witnessesShown(runs int) int { return min(max(24/max(runs, 1), 1), maxWitnesses) }

// anchors gives every witness that is shown its name in the page: lost-update-1
// is the first lost update of the report, whatever run it is in.
type anchors map[place]string

// place is where a witness stands: run, anomaly and witness by index.
type place struct{ run, anomaly, witness int }

// newAnchors names the witnesses of the runs, which must have findings.
func newAnchors(runs []Run) anchors {
	marks := anchors{}
	counts := map[checker.AnomalyID]int{}
	for r, run := range runs {
		for n, a := range run.Findings.Anomalies {
			for w := range a.Witnesses[:min(len(a.Witnesses), witnessesShown(len(runs)))] {
				counts[a.ID]++
				marks[place{r, n, w}] = string(a.ID) + "-" + strconv.Itoa(counts[a.ID])
			}
		}
	}
	return marks
}

// first returns the name of the first witness of an anomaly of a run, "" if none is shown.
func (a anchors) first(run, anomaly int) string { return a[place{run, anomaly, 0}] }
