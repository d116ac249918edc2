package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// The elements of a JUnit file, in the order and with the attributes that the
// schema of Ant's and Jenkins' JUnit reports asks for (testdata/junit.xsd).
type (
	junitSuites struct {
		XMLName xml.Name      `xml:"testsuites"`
		Suites  []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Host       string          `xml:"hostname,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Package    string          `xml:"package,attr"`
		ID         int             `xml:"id,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []*junitCase    `xml:"testcase"`
		Out        junitText       `xml:"system-out"`
		Err        junitText       `xml:"system-err"`
		took       time.Duration
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *struct{}     `xml:"skipped"`
		Error   *junitProblem `xml:"error"`
		Failure *junitProblem `xml:"failure"`
	}
	junitProblem struct {
		Message, Type string
		Text          junitText
	}
	junitText string
)

// verbatim is an element whose text stands in the file as it is, lines included: the
// encoder would write every line's end as a reference.
type verbatim struct {
	Message string `xml:"message,attr,omitempty"`
	Type    string `xml:"type,attr,omitempty"`
	Inner   string `xml:",innerxml"`
}

// MarshalXML writes the problem with its text as lines.
func (p *junitProblem) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(verbatim{p.Message, p.Type, p.Text.escaped()}, start)
}

// MarshalXML writes the text as lines.
func (t junitText) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(verbatim{Inner: t.escaped()}, start)
}

func (t junitText) escaped() string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(t)) // a Builder takes all
	return strings.ReplaceAll(b.String(), "&#xA;", "\n")
}

// JUnit writes the report as JUnit XML, which CI systems show as test results: a
// suite for each database, version and level; in it, for each workload, a case
// for each anomaly that was looked for and for each invariant. A violation is a
// failure with a witness as text; what was not exercised is skipped; what kept
// the run from meaning anything, and what could not be done, is an error.
func JUnit(w io.Writer, r *Report) error {
	doc := junitSuites{Suites: newJUnitSuites(r)}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("writing the JUnit report: %w", err)
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		return fmt.Errorf("writing the JUnit report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// newJUnitSuites lays out the report: a suite a column of its matrix, and one for what could not be done.
func newJUnitSuites(r *Report) []*junitSuite {
	runs := r.checked()
	suites := []*junitSuite{}
	for _, c := range columnsOf(runs) {
		suites = append(suites, newJUnitSuite(r, runs, c))
	}
	suites = probeSuites(r, suites)
	if s := errorSuite(r); s != nil {
		suites = append(suites, s)
	}
	for n, s := range suites {
		s.ID = n
		s.count()
	}
	return suites
}

func newJUnitSuite(r *Report, runs []Run, c column) *junitSuite {
	first := runs[c.runs[0]].Findings
	s := &junitSuite{
		Name: printable(c.Server + " " + string(c.Level)), Package: suitePackage(&first.Header),
		Timestamp: junitTime(first.Header.Started, r.Started), Host: "localhost",
	}
	var own []Run
	var told []string
	for _, i := range c.runs {
		own = append(own, runs[i])
		told = append(told, workloadName(&runs[i].Findings.Header)+": "+verdictSentence(runs[i].Findings))
		s.took += time.Duration(runs[i].Summary.Duration)
	}
	s.Properties = suiteProperties(r, own)
	for _, workload := range distinct(own, func(f *checker.Findings) string { return workloadName(&f.Header) }) {
		of := slices.DeleteFunc(slices.Clone(own), func(run Run) bool { return !strings.EqualFold(workloadName(&run.Findings.Header), workload) })
		s.Cases = append(s.Cases, workloadCases(s.Package+"."+workload, workload, of)...)
	}
	s.Out = junitText(strings.Join(told, "\n"))
	return s
}

// errorSuite holds what could not be done, nil where there is nothing of it.
func errorSuite(r *Report) *junitSuite {
	if len(r.Errors) == 0 && (len(r.checked()) > 0 || len(r.Probes) > 0) {
		return nil
	}
	s := &junitSuite{Name: "isocheck", Package: "isocheck", Timestamp: junitTime(r.Started), Host: "localhost", Properties: suiteProperties(r, nil)}
	problems := r.Errors
	if len(problems) == 0 {
		problems = []string{"nothing was checked"}
	}
	for n, e := range problems {
		s.Cases = append(s.Cases, &junitCase{
			Name: "run " + strconv.Itoa(n+1), Class: "isocheck", Time: "0.000", Error: &junitProblem{Message: e, Type: "infrastructure", Text: junitText(e)},
		})
	}
	return s
}

// suitePackage is where a suite stands among others. Tools take dots for levels.
func suitePackage(h *history.Header) string {
	return printable(h.Database + "-" + strings.ReplaceAll(h.ServerVersion, ".", "_") + "." + string(h.Level))
}

// suiteProperties say what it takes to do the runs again.
func suiteProperties(r *Report, runs []Run) []junitProperty {
	var all []junitProperty
	add := func(name string, values ...string) {
		values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
		if len(values) > 0 {
			all = append(all, junitProperty{name, strings.Join(values, ", ")})
		}
	}
	each := func(word func(h *history.Header) string) []string {
		return distinct(runs, func(f *checker.Findings) string { return word(&f.Header) })
	}
	add("isocheck", r.Isocheck)
	add("command", r.Command)
	add("database", each(func(h *history.Header) string { return h.Database })...)
	add("version", each(func(h *history.Header) string { return h.ServerVersion })...)
	add("level", each(func(h *history.Header) string { return string(h.Level) })...)
	add("expected", distinct(runs, func(f *checker.Findings) string { return string(f.Expected.Model) })...)
	add("seed", each(func(h *history.Header) string { return strconv.FormatUint(h.Seed, 10) })...)
	add("clients", each(func(h *history.Header) string { return strconv.Itoa(h.Clients) })...)
	add("run", each(func(h *history.Header) string { return h.Run })...)
	return all
}

// count fills in the suite's numbers.
func (s *junitSuite) count() {
	s.Time = junitSeconds(s.took)
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

func junitSeconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// junitTime writes the first of the times that is known, in UTC: the schema takes no zone.
func junitTime(times ...time.Time) string {
	for _, t := range times {
		if !t.IsZero() {
			return t.UTC().Format("2006-01-02T15:04:05")
		}
	}
	return "1970-01-01T00:00:00"
}
