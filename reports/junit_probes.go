package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// probeSuites gives each probe a case in the suite of its server and level, which is
// made where no workload was run there.
func probeSuites(r *Report, suites []*junitSuite) []*junitSuite {
	for i := range r.Probes {
		p := &r.Probes[i]
		name := printable(p.Server + " " + string(p.Level))
		at := slices.IndexFunc(suites, func(s *junitSuite) bool { return s.Name == name })
		if at < 0 {
			product, version, _ := strings.Cut(p.Server, " ")
			h := &history.Header{Database: strings.ToLower(product), ServerVersion: version, Level: p.Level}
			at, suites = len(suites), append(suites, &junitSuite{
				Name: name, Package: suitePackage(h), Timestamp: junitTime(r.Started), Host: "localhost", Properties: suiteProperties(r, nil),
			})
		}
		suites[at].Cases = append(suites[at].Cases, probeCase(suites[at].Package+".probe", p))
	}
	return suites
}

// probeCase says what became of a probe. One that the database lacks the means for is skipped.
func probeCase(class string, p *Probe) *junitCase {
	c := newCase(class, "probe", p.Name)
	switch p.State {
	case ProbeViolation:
		c.Failure = addProblem(nil, "probe", "the probe "+p.Label()+" shows what "+modelName(p.Expected)+" rules out", probeText(p))
	case ProbeMissing:
		c.Skipped = &struct{}{}
	}
	return c
}

// probeText writes a probe's steps as plain lines, and what was found in them.
func probeText(p *Probe) string {
	lines := []string{printable(p.Server + " at " + levelName(p.Level) + ": " + p.About)}
	for _, s := range p.Steps {
		text := "  T" + number(s.Session) + "  " + s.Statement
		switch {
		case s.Skipped:
			text += "  (left out)"
		case s.Error != "":
			text += "  !! " + strings.TrimSpace(s.Code+" "+s.Error)
		case s.Answer != "":
			text += "  => " + s.Answer
		}
		if s.Blocked {
			text += "  (had to wait)"
		}
		lines = append(lines, printable(text))
	}
	for _, a := range p.Found {
		lines = append(lines, printable(a.Name+": "+a.Sentence))
	}
	return strings.Join(lines, "\n")
}
