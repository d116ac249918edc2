package reports

import (
	"slices"

	"github.com/isocheck/isocheck/checker"
)

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
	who, in := list(servers(runs)), " in "+counted(committedOf(runs, ""), "transaction")
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
	if f := oneLevel(runs); f != nil {
		return subject(&f.Header) + " " + kept(f) + exemptClause(all...) + in + observed(names, "it allows") + "."
	}
	if !allDocumented(runs) {
		return who + " behaved as expected" + exemptClause(all...) + " in all " + counted(len(runs), "run") + in + observed(names, "is allowed") + "."
	}
	levels := levelsOf(runs)
	return who + " kept what is promised at " + list(levels) + exemptClause(all...) + in + observed(names, "the promise allows") + "."
}

// committedOf is how many transactions committed in the runs of one subject, in all runs where it is empty.
func committedOf(runs []Run, who string) int {
	committed := 0
	for _, run := range runs {
		if who == "" || subject(&run.Findings.Header) == who {
			committed += run.Findings.Counts.Committed
		}
	}
	return committed
}

// oneLevel returns the findings of the first run where all runs are of one server at one
// level that has a name, held against the same promise: one sentence then says it for all.
func oneLevel(runs []Run) *checker.Findings {
	first := runs[0].Findings
	for _, run := range runs {
		f := run.Findings
		if f.Header.Level == "" || subject(&f.Header) != subject(&first.Header) || f.Header.Traces != first.Header.Traces || broke(f) != broke(first) {
			return nil
		}
	}
	return first
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
	if f := oneLevel(bad); f != nil {
		sentence, in = subject(&f.Header)+" "+broke(f), " in "+counted(committedOf(runs, subject(&f.Header)), "transaction")
	}
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
