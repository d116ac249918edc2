package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/checker"
)

const (
	// maxWitnesses is how many witnesses of one anomaly of one run a page shows at most.
	maxWitnesses = 3
	// pageWitnesses is how many witnesses a whole page shows at most, so that it stays small.
	pageWitnesses = 80
)

// witnessesShown returns how many witnesses of one anomaly of one run a report
// of so many runs shows: fewer where there are many runs, so that the page stays small.
func witnessesShown(runs int) int { return min(max(24/max(runs, 1), 1), maxWitnesses) }

// anchors gives every witness that is shown its name in the page: lost-update-1
// is the first lost update of the report, whatever run it is in.
type anchors map[place]string

// place is where a witness stands: run, anomaly and witness by index.
type place struct{ run, anomaly, witness int }

// candidate is a witness that may be shown, and what speaks for it.
type candidate struct {
	place
	violation bool
	// again: another run at the same level of the same server shows the same anomaly.
	again bool
}

// newAnchors chooses the witnesses of the runs that are shown, and names them.
// The runs must have findings.
func newAnchors(runs []Run) anchors {
	chosen := candidates(runs)
	slices.SortStableFunc(chosen, func(a, b candidate) int {
		return cmp.Or(falseFirst(b.violation, a.violation), a.witness-b.witness, falseFirst(a.again, b.again))
	})
	chosen = chosen[:min(len(chosen), pageWitnesses)]
	slices.SortFunc(chosen, func(a, b candidate) int {
		return cmp.Or(a.run-b.run, a.anomaly-b.anomaly, a.witness-b.witness)
	})
	marks := anchors{}
	counts := map[checker.AnomalyID]int{}
	for _, c := range chosen {
		id := runs[c.run].Findings.Anomalies[c.anomaly].ID
		counts[id]++
		marks[c.place] = string(id) + "-" + strconv.Itoa(counts[id])
	}
	return marks
}

// falseFirst orders false before true.
func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func candidates(runs []Run) []candidate {
	var all []candidate
	seen := map[string]bool{}
	for r, run := range runs {
		for n, a := range run.Findings.Anomalies {
			key := strings.Join([]string{serverName(&run.Findings.Header), string(run.Findings.Header.Level), string(a.ID)}, "\x00")
			for w := range a.Witnesses[:min(len(a.Witnesses), witnessesShown(len(runs)))] {
				all = append(all, candidate{place: place{r, n, w}, violation: a.Violation, again: seen[key]})
			}
			seen[key] = seen[key] || len(a.Witnesses) > 0
		}
	}
	return all
}

// first returns the name of the first witness of an anomaly of a run, "" if none is shown.
func (a anchors) first(run, anomaly int) string { return a[place{run, anomaly, 0}] }

// elsewhere returns the name of a witness of the same anomaly in another run at
// the same level of the same server, "" if none is shown.
func (a anchors) elsewhere(runs []Run, run int, id checker.AnomalyID) string {
	h := &runs[run].Findings.Header
	for r, other := range runs {
		own := &other.Findings.Header
		if own.Level != h.Level || serverName(own) != serverName(h) {
			continue
		}
		for n := range other.Findings.Anomalies {
			if mark := a.first(r, n); mark != "" && other.Findings.Anomalies[n].ID == id {
				return mark
			}
		}
	}
	return ""
}

// classAnchor is the other name of a witness, by the anomaly's formal class:
// g2-item-1 is write-skew-1. It is "" where the class is none or the same word, or
// where other anomalies are of the class too.
func classAnchor(all []checker.Anomaly, a *checker.Anomaly, mark string) string {
	number, ok := strings.CutPrefix(mark, string(a.ID)+"-")
	class := slug(formalClass(a), map[string]int{})
	shared := slices.ContainsFunc(all, func(other checker.Anomaly) bool { return other.Class == a.Class && other.ID != a.ID })
	if !ok || class == "" || class == string(a.ID) || shared {
		return ""
	}
	return class + "-" + number
}
