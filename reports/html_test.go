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
	`<script>owned=1;alert(1)</script>`,
	`"><img src=x onerror=owned=1>`,
	`' onmouseover='owned=1`,
	`javascript:owned=1`,
	`</title></style></svg></script><script>owned=1</script>`,
	`]]><svg onload=owned=1>{{.}}`,
	`\u003cscript>owned=1</script>&lt;script&gt;`,
	"\x00<\x00script>owned=1</script>\r\n--><!--",
	`</code></pre><a href="data:text/html,<script>owned=1</script>" autofocus onfocus=owned=1>`,
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
		if n := strings.Count(strings.ToLower(out.String()), "<script"); n != 1 {
			t.Errorf("with %q in every text the page has %d scripts", attack, n)
		}
		if strings.Contains(out.String(), `href="javascript:`) {
			t.Errorf("with %q a link runs a script", attack)
		}
	}
}

// The same as a browser sees it, which knows more ways than a regular expression
// does: no hostile text becomes an element or an attribute, none runs, and the
// browser has nothing to complain of.
func TestHTMLEscapesEverythingInABrowser(t *testing.T) {
	b := openBrowser(t)
	for _, attack := range attacks {
		path := writePage(t, poisoned(attack))
		for _, width := range []int{390, 1440} {
			m, p := b.measure(path, view{Width: width})
			m.Dead, m.Twice = nil, nil // ids are not hostile, and not expected to work when they are
			m.check(t, attack)
			p.checkQuiet(t, attack)
			var owned bool
			p.eval(`'owned' in window`, &owned)
			if owned {
				t.Errorf("%q ran", attack)
			}
			p.close()
		}
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
