package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// settled leaves out rounds that alone were too short to mean anything, where
// another round of the same workload at the same level was long enough. A round
// that was cut off stays: something went wrong there.
func settled(runs []Run) []Run {
	var out []Run
	for _, run := range runs {
		f := run.Findings
		if f.Verdict == checker.Inconclusive && f.Closed && slices.ContainsFunc(runs, func(other Run) bool {
			return other.Findings.Verdict != checker.Inconclusive && sameRounds(&f.Header, &other.Findings.Header)
		}) {
			continue
		}
		out = append(out, run)
	}
	return out
}

// sameRounds reports whether two histories are rounds of one command that ask the same of one server.
func sameRounds(a, b *history.Header) bool {
	return a.Run != "" && commandID(a.Run) == commandID(b.Run) &&
		a.Database == b.Database && a.Level == b.Level && a.Workload == b.Workload && a.Strategy == b.Strategy
}

// commandID is what is common to the ids of a command's rounds, which are its own id
// (a date, a time, and what was drawn) with the number of the round behind it.
func commandID(run string) string {
	if parts := strings.Split(run, "_"); len(parts) > 3 {
		return strings.Join(parts[:3], "_")
	}
	return run
}
