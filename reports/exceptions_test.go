package reports

import (
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// A report of which a part could not be done is inconclusive at best, and says so.
func TestPartialReport(t *testing.T) {
	several := report(skewRun(), cleanRun())
	single := report(cleanRun())
	for _, r := range []*Report{several, single} {
		r.Errors = []string{"interrupted"}
		if got := reportVerdict(r); got != checker.Inconclusive {
			t.Errorf("the verdict is %s", got)
		}
	}
	want := "Inconclusive: PostgreSQL 15.18 showed nothing that is ruled out in 68,594 transactions, but not all that was asked could be done; predicate write skew was observed, which is allowed."
	if got := reportSentence(several); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	want = "Inconclusive: PostgreSQL 15.18 showed nothing that is ruled out in 29,644 transactions, but not all that was asked could be done."
	if got := reportSentence(single); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	broken := report(forkRun())
	broken.Errors = []string{"interrupted"}
	if got := reportVerdict(broken); got != checker.Violated {
		t.Errorf("a violation is one however much was left undone, not %s", got)
	}
}

// Over several runs, too, what only --forbid and --allow say is told apart from the promise.
func TestExceptionsOverRuns(t *testing.T) {
	forbid := skewRun()
	find(forbid.Findings, checker.WriteSkew, 2, true)
	forbid.Findings.Expected.Forbid = []checker.AnomalyID{checker.WriteSkew}
	allow := cleanRun()
	find(allow.Findings, checker.LostUpdate, 2, false)
	allow.Findings.Expected.Allow = []checker.AnomalyID{checker.LostUpdate}
	cases := map[string]struct {
		runs []Run
		want string
	}{
		"forbid": {[]Run{forbid, cleanRun()}, "PostgreSQL 15.18 kept what is promised, but in 68,594 transactions write skew, which --forbid rules out, was found at repeatable read."},
		"allow":  {[]Run{skewRun(), allow}, "PostgreSQL 15.18 kept what is promised at repeatable read and serializable, but for lost update, which --allow allows, in 68,594 transactions; predicate write skew was observed, which the promise allows."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := reportSentence(report(c.runs...)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestVersionNote(t *testing.T) {
	v := history.MakeTxnID(8, 1).Version(1)
	if got := versionNote("UPDATE t SET version = 8796093023233", v); got != "8796093023233 is version 8.1.1" {
		t.Error(got)
	}
	if got := versionNote("SELECT 1", v); got != "" {
		t.Error(got)
	}
}
