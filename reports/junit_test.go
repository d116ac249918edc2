package reports

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestJUnitGolden(t *testing.T) {
	for _, name := range []string{"violated", "fork", "short"} {
		t.Run(name, func(t *testing.T) {
			golden(t, "junit/"+name+".xml", func(w io.Writer) error { return JUnit(w, reportCases()[name]) })
		})
	}
}

// Whatever a report says, and whatever servers said in it, the file is as its readers ask.
func TestJUnitKeepsTheSchema(t *testing.T) {
	cases := reportCases()
	cases["poisoned"] = poisoned("<![CDATA[ \x00\x1b[31m ]]> & \"'\n")
	for name, r := range cases {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := JUnit(&out, r); err != nil {
				t.Fatal(err)
			}
			checkJUnit(t, out.Bytes())
			xmllint(t, out.Bytes())
		})
	}
}

// anyElement is an XML element of any kind.
type anyElement struct {
	XMLName  xml.Name
	Attrs    []xml.Attr   `xml:",any,attr"`
	Children []anyElement `xml:",any"`
	Text     string       `xml:",chardata"`
}

func (e *anyElement) attr(name string) (string, bool) {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

// checkJUnit checks a file against what testdata/junit.xsd demands, without a schema processor.
func checkJUnit(t *testing.T, file []byte) {
	t.Helper()
	var root anyElement
	if err := xml.Unmarshal(file, &root); err != nil {
		t.Fatal(err)
	}
	if root.XMLName.Local != "testsuites" || len(root.Attrs) > 0 {
		t.Fatalf("the root is <%s>, with attributes %v", root.XMLName.Local, root.Attrs)
	}
	for n := range root.Children {
		suite := &root.Children[n]
		attributes(t, suite, map[string]string{
			"name": `.+`, "timestamp": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`, "hostname": `.+`, "tests": `\d+`, "failures": `\d+`, "errors": `\d+`,
			"skipped": `\d+`, "time": `\d+\.\d+`, "package": `.*`, "id": strconv.Itoa(n),
		})
		counts := map[string]int{}
		names := []string{}
		for i := range suite.Children {
			c := &suite.Children[i]
			names = append(names, c.XMLName.Local)
			switch c.XMLName.Local {
			case "testcase":
				counts["tests"]++
				checkJUnitCase(t, c, counts)
			case "properties":
				for p := range c.Children {
					attributes(t, &c.Children[p], map[string]string{"name": `.+`, "value": `(?s).*`})
				}
			}
		}
		order := slices.Compact(names)
		if want := []string{"properties", "testcase", "system-out", "system-err"}; !slices.Equal(order, want) {
			t.Errorf("the suite's elements are %v, want %v", order, want)
		}
		for name, n := range map[string]int{"tests": counts["tests"], "failures": counts["failure"], "errors": counts["error"], "skipped": counts["skipped"]} {
			if got, _ := suite.attr(name); got != strconv.Itoa(n) {
				t.Errorf("the suite says %s=%q, and has %d", name, got, n)
			}
		}
	}
}

func checkJUnitCase(t *testing.T, c *anyElement, counts map[string]int) {
	t.Helper()
	attributes(t, c, map[string]string{"name": `(?s).+`, "classname": `(?s).+`, "time": `\d+\.\d+`})
	if len(c.Children) > 1 {
		t.Errorf("a case has %d outcomes", len(c.Children))
	}
	for i := range c.Children {
		outcome := &c.Children[i]
		counts[outcome.XMLName.Local]++
		switch outcome.XMLName.Local {
		case "failure", "error":
			attributes(t, outcome, map[string]string{"message": `(?s).+`, "type": `(?s).+`})
		case "skipped":
			attributes(t, outcome, nil)
		default:
			t.Errorf("a case has a <%s>", outcome.XMLName.Local)
		}
	}
}

// attributes wants exactly these attributes of the element, with values that match.
func attributes(t *testing.T, e *anyElement, want map[string]string) {
	t.Helper()
	if len(e.Attrs) != len(want) {
		t.Errorf("<%s> has the attributes %v", e.XMLName.Local, e.Attrs)
	}
	for name, pattern := range want {
		value, ok := e.attr(name)
		if !ok || !regexp.MustCompile(`^(?:`+pattern+`)$`).MatchString(value) {
			t.Errorf("<%s>: %s is %q, which does not match %s", e.XMLName.Local, name, value, pattern)
		}
	}
}

// xmllint checks a file with a real schema processor, where there is one.
func xmllint(t *testing.T, file []byte) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		if ci := os.Getenv("CI"); ci != "" && ci != "false" {
			t.Fatal("CI must have xmllint (Debian: libxml2-utils)")
		}
		t.Log("no xmllint here (Debian: libxml2-utils); only the structure was checked")
		return
	}
	path := filepath.Join(t.TempDir(), "junit.xml")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("xmllint", "--noout", "--nonet", "--schema", "testdata/junit.xsd", path).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%s", err, out)
	}
}

// A probe has a case of its own, in the suite of its level.
func TestJUnitProbes(t *testing.T) {
	for state, want := range map[ProbeState]string{ProbeViolation: "failure", ProbePrevented: "", ProbeAllowed: "", ProbeMissing: "skipped"} {
		r := withProbe(report(skewRun()), "PostgreSQL 15.18", state, "40001")
		var out bytes.Buffer
		if err := JUnit(&out, r); err != nil {
			t.Fatal(err)
		}
		checkJUnit(t, out.Bytes())
		xmllint(t, out.Bytes())
		suites := newJUnitSuites(r)
		c := suites[0].Cases[len(suites[0].Cases)-1]
		got := ""
		switch {
		case c.Failure != nil:
			got = "failure"
		case c.Skipped != nil:
			got = "skipped"
		}
		if len(suites) != 1 || c.Name != "probe/p4" || got != want {
			t.Errorf("%s: of %d suites, case %s is a %q, want %q", state, len(suites), c.Name, got, want)
		}
	}
}

// A violation is a failure with its witness, what was not exercised is skipped, and what was not done is an error.
func TestJUnitOutcomes(t *testing.T) {
	suites := newJUnitSuites(reportCases()["fork"])
	if len(suites) != 2 {
		t.Fatalf("%d suites, want one for the level and one for what could not be done", len(suites))
	}
	find := func(s *junitSuite, name string) *junitCase {
		for _, c := range s.Cases {
			if c.Name == name {
				return c
			}
		}
		t.Fatalf("no case %q", name)
		return nil
	}
	fork := find(suites[0], "counter/long-fork")
	if fork.Failure == nil || !strings.Contains(string(fork.Failure.Text), "T2 and T4 saw the writes of T1 and T3 in opposite orders.") || !strings.Contains(string(fork.Failure.Text), "UPDATE counters SET") {
		t.Errorf("the long fork is %+v", fork.Failure)
	}
	if c := find(suites[0], "counter/phantom"); c.Skipped == nil {
		t.Error("the phantom, which was not exercised, is not skipped")
	}
	if c := find(suites[0], "counter/dirty-read"); c.Skipped != nil || c.Failure != nil || c.Error != nil {
		t.Error("the dirty read, which was not seen, is no success")
	}
	if c := find(suites[1], "run 1"); c.Error == nil || !strings.Contains(c.Error.Message, "the server was lost") {
		t.Errorf("what could not be done is %+v", c.Error)
	}
	if c := find(newJUnitSuites(reportCases()["short"])[0], "counter/conclusive"); c.Error == nil {
		t.Error("an inconclusive run is no error")
	}
}
