package reports

import (
	"slices"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// verdictSentence says in one sentence what became of one run, with a capital and a full stop.
func verdictSentence(f *checker.Findings) string {
	who := subject(&f.Header)
	in := " in " + counted(f.Counts.Committed, "transaction")
	switch f.Verdict {
	case checker.Violated:
		if onlyForbidden(f) {
			return who + " " + kept(f) + exemptClause(f) + ", but" + in + " " + violations(f) + "."
		}
		return who + " " + broke(f) + ":" + in + " " + violations(f) + "."
	case checker.Inconclusive:
		if undecided(f) {
			return "Undecided: " + who + " showed nothing" + in + " that is ruled out by " + modelName(f.Expected.Model) + exemptClause(f) +
				", but whether " + modelName(f.Expected.Model) + " holds is not known" + observedClause(f) + "."
		}
		return "Inconclusive: " + who + " showed nothing that is ruled out by " + modelName(f.Expected.Model) + exemptClause(f) + in +
			", but the run does not mean enough" + observedClause(f) + "."
	}
	return who + " " + kept(f) + exemptClause(f) + in + observedClause(f) + "."
}

// subject names what was checked: a database at a level, or a history that says neither.
func subject(h *history.Header) string {
	switch {
	case h.Level != "":
		return serverName(h) + " at " + levelName(h.Level)
	case h.Database == "":
		return "The history"
	}
	return serverName(h)
}

// undecided reports whether the checker could not find out if what is expected holds.
func undecided(f *checker.Findings) bool {
	return slices.ContainsFunc(f.Models, func(r checker.ModelResult) bool { return r.Model == f.Expected.Model && r.Undecided })
}

// documented reports whether the history was held against what the database documents.
func documented(f *checker.Findings) bool { return f.Expected.Source != "" }

func kept(f *checker.Findings) string {
	if f.Header.Traces == history.Untraced {
		return "kept its invariants, which are all that this history can show,"
	}
	if documented(f) {
		return "kept its promise (" + modelName(f.Expected.Model) + ")"
	}
	return "behaved as " + modelName(f.Expected.Model) + " asks"
}

func broke(f *checker.Findings) string {
	if documented(f) {
		return "broke its promise (" + modelName(f.Expected.Model) + ")"
	}
	return "did not behave as " + modelName(f.Expected.Model) + " asks"
}

// violations lists what was found that is ruled out: "lost update was found 12 times".
func violations(f *checker.Findings) string {
	var parts []string
	for _, a := range f.Anomalies {
		if stateOf(a) == Violation {
			by := ""
			if forbidden(f, a.ID) {
				by = ", which --forbid rules out,"
			}
			parts = append(parts, shortName(a.Name)+by+" was found "+times(violating(&a), a.AtLeast))
		}
	}
	for _, i := range f.Invariants {
		if i.Violation {
			parts = append(parts, "the invariant “"+i.Name+"” was broken")
		}
	}
	if len(parts) == 0 {
		return "a violation was found"
	}
	return list(parts)
}

// violating is how many of those that were found are violations.
func violating(a *checker.Anomaly) int {
	if a.Violations > 0 {
		return a.Violations
	}
	return a.Count
}

// reasons are the sentences that say more about the verdict than its own
// sentence does: why a run is inconclusive, or what is violated when no
// anomaly and no invariant is.
func reasons(f *checker.Findings) []string {
	named := slices.ContainsFunc(f.Anomalies, func(a checker.Anomaly) bool { return stateOf(a) == Violation }) ||
		slices.ContainsFunc(f.Invariants, func(i checker.InvariantResult) bool { return i.Violation })
	if f.Verdict == checker.Kept || named {
		return nil
	}
	var sentences []string
	for _, reason := range f.Reasons {
		sentences = append(sentences, asSentence(reason))
	}
	return sentences
}

func times(count int, atLeast bool) string {
	switch {
	case count == 1 && !atLeast:
		return "once"
	case count == 2 && !atLeast:
		return "twice"
	}
	return found(count, atLeast) + " times"
}

// observedClause names the anomalies that were seen and are allowed: "; write skew was observed, which it allows".
func observedClause(f *checker.Findings) string {
	return observed(observedNames(f), "it allows")
}

// observed makes a clause of the names, at most four of them.
func observed(names []string, allowed string) string {
	if len(names) == 0 {
		return ""
	}
	if len(names) > 4 {
		names = append(names[:3:3], number(len(names)-3)+" other anomalies")
	}
	return "; " + list(names) + was(len(names)) + " observed, which " + allowed
}

// observedNames names the anomalies that the runs saw and that are allowed, but
// for those that only --allow allows. A variant goes without saying where the anomaly itself was seen.
func observedNames(runs ...*checker.Findings) []string {
	var names, variants []string
	for _, f := range runs {
		for _, a := range f.Anomalies {
			switch base, order := variant(&a); {
			case stateOf(a) != Observed, exempt(f, a.ID):
			case order == "":
				names = appendNew(names, shortName(base))
			default:
				variants = append(variants, base, a.Name)
			}
		}
	}
	seen := len(names)
	for i := 0; i < len(variants); i += 2 {
		if !slices.Contains(names[:seen], shortName(variants[i])) {
			names = appendNew(names, variants[i+1])
		}
	}
	return names
}

// allFindings returns what was found in each run.
func allFindings(runs []Run) []*checker.Findings {
	var all []*checker.Findings
	for _, run := range runs {
		all = append(all, run.Findings)
	}
	return all
}

// verdictOf returns the verdict over all runs: violated if any is, else
// inconclusive if any is, or if there is none at all.
func verdictOf(runs []Run) checker.Verdict {
	verdict := checker.Kept
	if len(runs) == 0 {
		return checker.Inconclusive
	}
	for _, run := range settled(runs) {
		switch run.Findings.Verdict {
		case checker.Violated:
			return checker.Violated
		case checker.Inconclusive:
			verdict = checker.Inconclusive
		}
	}
	return verdict
}

// reportVerdict is the verdict over all that was to be done: where a part of it
// could not be, nothing found is not the same as nothing there.
func reportVerdict(r *Report) checker.Verdict {
	verdict := verdictOf(r.checked())
	if probesViolate(r) {
		return checker.Violated
	}
	if len(r.Runs) == 0 && len(r.Probes) > 0 {
		verdict = checker.Kept
	}
	if verdict == checker.Kept && len(r.Errors) > 0 {
		return checker.Inconclusive
	}
	return verdict
}

// reportSentence says in one sentence what became of all runs, and where
// something could not be done, that it is less than was asked.
func reportSentence(r *Report) string {
	runs := r.checked()
	partial := reportVerdict(r) != verdictOf(runs)
	switch {
	case len(r.Runs) == 0 && len(r.Probes) > 0:
		return probesSentence(r)
	case len(runs) == 0:
		return "Nothing was checked."
	case probesViolate(r) && verdictOf(runs) != checker.Violated:
		return probesSentence(r)
	case len(runs) == 1 && !partial:
		return verdictSentence(runs[0].Findings)
	}
	committed := 0
	for _, run := range runs {
		committed += run.Findings.Counts.Committed
	}
	who, in := list(servers(runs)), " in "+counted(committed, "transaction")
	all := allFindings(runs)
	names := observedNames(all...)
	if partial {
		return "Inconclusive: " + who + " showed nothing that is ruled out" + exemptClause(all...) + in +
			", but not all that was asked could be done" + observed(names, "is allowed") + "."
	}
	switch verdictOf(runs) {
	case checker.Violated:
		return brokenSentence(runs, in)
	case checker.Inconclusive:
		bad := countVerdict(runs, checker.Inconclusive)
		return who + " showed nothing that is ruled out" + exemptClause(all...) + in + ", but " + number(bad) + " of " +
			counted(len(runs), "run") + was(bad) + " inconclusive" + observed(names, "is allowed") + "."
	}
	if !allDocumented(runs) {
		return who + " behaved as expected" + exemptClause(all...) + " in all " + counted(len(runs), "run") + in + observed(names, "is allowed") + "."
	}
	levels := levelsOf(runs)
	return who + " kept what is promised at " + list(levels) + exemptClause(all...) + in + observed(names, "the promise allows") + "."
}

func was(n int) string {
	if n == 1 {
		return " was"
	}
	return " were"
}

// brokenSentence says where which anomalies were found that are ruled out.
func brokenSentence(runs []Run, in string) string {
	bad := slices.DeleteFunc(slices.Clone(runs), func(run Run) bool { return run.Findings.Verdict != checker.Violated })
	names, forbid := violatingNames(bad)
	levels := list(levelsOf(bad))
	if !slices.ContainsFunc(bad, func(run Run) bool { return !onlyForbidden(run.Findings) }) {
		what := " kept what is promised"
		if !allDocumented(runs) {
			what = " behaved as expected"
		}
		return list(servers(runs)) + what + ", but" + in + " " + list(forbid) + ", which --forbid rules out," + was(len(forbid)) + " found at " + levels + "."
	}
	what := " broke what is promised at "
	if !allDocumented(bad) {
		what = " did not behave as expected at "
	}
	sentence := list(servers(bad)) + what + levels
	if len(forbid) > 0 {
		names = append(names, list(forbid)+" (which --forbid rules out)")
	}
	if len(names) == 0 {
		return sentence + "."
	}
	return sentence + ":" + in + " " + list(names) + was(len(names)) + " found."
}

// violatingNames names what the runs showed that is ruled out, those apart that only --forbid rules out.
func violatingNames(runs []Run) (names, forbid []string) {
	for _, run := range runs {
		for _, a := range run.Findings.Anomalies {
			switch {
			case stateOf(a) != Violation:
			case forbidden(run.Findings, a.ID):
				forbid = appendNew(forbid, shortName(a.Name))
			default:
				names = appendNew(names, shortName(a.Name))
			}
		}
		for _, i := range run.Findings.Invariants {
			if i.Violation {
				names = appendNew(names, "a broken invariant ("+i.Name+")")
			}
		}
	}
	return names, forbid
}
