package reports

import (
	"bytes"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
)

func TestHTMLGolden(t *testing.T) {
	for _, name := range []string{"skew", "failed"} {
		t.Run(name, func(t *testing.T) {
			golden(t, "html/"+name+".html", func(w io.Writer) error { return HTML(w, reportCases()[name]) })
		})
	}
}

// attacks are texts that break out of a place where text is put without escaping.
var attacks = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	`javascript:alert(1)`,
	`</title></style></svg><script>alert(1)</script>`,
	`]]><svg onload=alert(1)>{{.}}`,
}

// poison puts a text in place of every string that the value holds, map keys included.
func poison(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				poison(v.Field(i), text)
			}
		}
	case reflect.Map:
		if v.Len() > 0 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(v.MapKeys()[0]))
			poison(key, text)
			poison(value, text)
			v.Clear()
			v.SetMapIndex(key, value)
		}
	}
}

// poisoned is a report in which every string is the text: names of tables, values
// in rows, error messages, settings, the command line and all others.
func poisoned(text string) *Report {
	runs := []Run{violatedRun(), dirtyRun(), forkRun(), skewRun()}
	for i := range runs {
		poison(reflect.ValueOf(&runs[i]).Elem(), text)
		for n := range runs[i].Findings.Anomalies { // so that their links differ
			runs[i].Findings.Anomalies[n].ID += checker.AnomalyID(strings.Repeat("x", n+1))
		}
	}
	r := report(runs...)
	r.Title, r.Command, r.Isocheck, r.Errors = text, text, text, []string{text}
	return r
}

var tags = regexp.MustCompile(`<[a-zA-Z][a-zA-Z-]*`)

// Every text in the page comes from a server, a file or a command line, and none
// of it may become a tag: a page with hostile texts has no tag that others do not have.
func TestHTMLEscapesEverything(t *testing.T) {
	known := map[string]bool{}
	var harmless bytes.Buffer
	if err := HTML(&harmless, reportCases()["levels"]); err != nil {
		t.Fatal(err)
	}
	for _, tag := range tags.FindAllString(harmless.String(), -1) {
		known[tag] = true
	}
	for _, attack := range attacks {
		var out bytes.Buffer
		if err := HTML(&out, poisoned(attack)); err != nil {
			t.Fatal(err)
		}
		for _, tag := range tags.FindAllString(out.String(), -1) {
			if !known[tag] {
				t.Errorf("with %q in every text the page has the tag %s", attack, tag)
			}
		}
		if strings.Contains(out.String(), attack) && strings.ContainsAny(attack, "<>") {
			t.Errorf("the page holds %q as it is", attack)
		}
		if strings.Contains(out.String(), `href="javascript:`) {
			t.Errorf("with %q a link runs a script", attack)
		}
	}
}

// The same as a browser sees it, which knows more ways than a regular expression does.
func TestHTMLEscapesEverythingInABrowser(t *testing.T) {
	var reports []*Report
	for _, attack := range attacks {
		reports = append(reports, poisoned(attack))
	}
	for i, found := range measure(t, schemes["light"], reports...) {
		for _, m := range found {
			m.Dead, m.Twice = nil, nil // ids are not hostile, and not expected to work when they are
			m.check(t, attacks[i])
		}
	}
}

// A big run makes no big page: plots are binned, witnesses are capped, and the true counts are said.
func TestHTMLStaysSmall(t *testing.T) {
	run := violatedRun()
	a := &run.Findings.Anomalies[5]
	for len(a.Times) < 1_000_000 {
		a.Times = append(a.Times, a.Times...)
	}
	a.Count, a.Violations = len(a.Times), len(a.Times)
	for range 500 {
		a.Witnesses = append(a.Witnesses, lostUpdate())
	}
	points := &run.Findings.Invariants[0].Points
	for len(*points) < 200_000 {
		*points = append(*points, *points...)
	}
	var out bytes.Buffer
	if err := HTML(&out, report(run)); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 300_000 {
		t.Errorf("the page has %d bytes", out.Len())
	}
	if want := number(a.Count-maxWitnesses) + " more were found"; !strings.Contains(out.String(), want) {
		t.Errorf("the page does not say %q", want)
	}
}

// The transaction that put five hundred rows in shows only the operation that matters.
func TestHTMLShortensLongTransactions(t *testing.T) {
	run := violatedRun()
	w := &run.Findings.Anomalies[5].Witnesses[0]
	first := &w.Transactions[0]
	for range 500 {
		first.Ops = append(first.Ops, readOp(first.Start, 1000, 9, 1, 0))
	}
	var out bytes.Buffer
	if err := HTML(&out, report(run)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "500 other operations not shown") {
		t.Error("the page does not say how many operations it leaves out")
	}
	if n := strings.Count(out.String(), "WHERE id = 9"); n > 0 {
		t.Errorf("%d operations are shown that prove nothing", n)
	}
}
