package reports

import (
	"slices"
	"strings"

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
		return serverName(h) + " at " + levelName(h.Level) + mixedWith(h)
	case h.Database == "":
		return "The history"
	}
	return serverName(h)
}

// mixedWith names the levels that transactions of the run had besides the one that it is held against.
func mixedWith(h *history.Header) string {
	var others []string
	for _, share := range strings.Split(h.Params["level mix"], ",") {
		if level, _, ok := strings.Cut(share, "="); ok && level != string(h.Level) {
			others = append(others, levelName(history.Level(level)))
		}
	}
	if len(others) == 0 {
		return ""
	}
	return " mixed with " + list(others)
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
			found := " was found "
			if strings.HasSuffix(shortName(a.Name), "versions") {
				found = " were found "
			}
			parts = append(parts, shortName(a.Name)+by+found+times(violating(&a), a.AtLeast))
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
