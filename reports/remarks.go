package reports

import "github.com/isocheck/isocheck/checker"

// remarks are sentences on how the runs were recorded that say what can be read out of them.
func remarks(runs []Run) []string {
	var sentences []string
	parts, replica, committed := 0, 0, 0
	for _, run := range runs {
		parts = max(parts, run.Findings.Header.Parts)
		if n := run.Summary.Replica; n > 0 {
			replica += n
			committed += run.Findings.Counts.Committed
		}
	}
	if parts > 1 {
		sentences = append(sentences, "Recorded by "+number(parts)+" processes, whose clocks differ: real-time order is left out.")
	}
	if replica > 0 {
		sentences = append(sentences, number(replica)+" of the "+counted(committed, "committed transaction")+
			" ran on the replica. Where it was late, that shows as anomalies against "+orders(parts > 1)+", which no isolation level rules out.")
	}
	return sentences
}

// orders names the orders that a stale read breaks.
func orders(severalClocks bool) string {
	if severalClocks {
		return edgeKindName(checker.Session)
	}
	return edgeKindName(checker.Session) + " or " + edgeKindName(checker.RealTime)
}
