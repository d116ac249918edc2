package reports

import (
	"slices"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// variantRuns saw write skew at three of the four levels, also against session order and real time.
func variantRuns() []Run {
	var runs []Run
	for i, level := range history.Levels() {
		f := findings("mysql", "9.7.4", level, "predicate", checker.ReadCommitted, 5000+i)
		for _, order := range []string{"session", "real-time"} {
			suffix := "-" + order
			for _, base := range []checker.AnomalyID{checker.CircularFlow, checker.PredicateWriteSkew} {
				a := f.Anomalies[slices.IndexFunc(f.Anomalies, func(a checker.Anomaly) bool { return a.ID == base })]
				a.ID, a.Name, a.Class = base+checker.AnomalyID(suffix), a.Name+" against "+order+" order", a.Class+suffix
				f.Anomalies = append(f.Anomalies, a)
			}
		}
		if level != history.Serializable {
			find(f, checker.WriteSkew, 9, false)
			find(f, checker.PredicateWriteSkew, 11, false, predicateSkew())
			find(f, checker.PredicateWriteSkew+"-session", 2, false)
			find(f, checker.PredicateWriteSkew+"-real-time", 3, false)
		}
		runs = append(runs, Run{Findings: f, Summary: summary(5000+i, nil)})
	}
	return runs
}

// Headlines name a variant only where the anomaly itself was not seen in any run.
func TestObservedNames(t *testing.T) {
	runs := variantRuns()
	skewed, variantOnly := runs[0].Findings, runs[3].Findings
	find(variantOnly, checker.PredicateWriteSkew+sessionSuffix, 4, false)
	if got := list(observedNames(variantOnly, skewed)); got != "write skew and predicate write skew" {
		t.Errorf("both runs: %s", got)
	}
	if got := list(observedNames(variantOnly)); got != "predicate write skew against session order" {
		t.Errorf("one run: %s", got)
	}
}
