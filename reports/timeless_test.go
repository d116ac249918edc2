package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Of a history without times no report says when anything was, nor why others' transactions aborted.
func TestImportedWithoutTimes(t *testing.T) {
	write := func(text string) string {
		file := filepath.Join(t.TempDir(), "history.edn")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "TEXT", ":txn")), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	timed := imported(t, write(hostileEDN))
	r := imported(t, write(regexp.MustCompile(`, :time \d+`).ReplaceAllString(hostileEDN, "")))
	duration := regexp.MustCompile(`\d (ns|µs|ms|s)\b`)
	for name, render := range map[string]func(*bytes.Buffer, *Report) error{
		"HTML":     func(b *bytes.Buffer, r *Report) error { return HTML(b, r) },
		"terminal": func(b *bytes.Buffer, r *Report) error { return Terminal(b, r, TerminalOptions{}) },
		"Markdown": func(b *bytes.Buffer, r *Report) error { return Markdown(b, r) },
	} {
		var with, without bytes.Buffer
		r.Took, timed.Took = 0, 0
		if err := render(&with, timed); err != nil {
			t.Fatal(err)
		}
		if err := render(&without, r); err != nil {
			t.Fatal(err)
		}
		body := regexp.MustCompile(`(?s)<(style|script).*?</(style|script)>`).ReplaceAllString(without.String(), "")
		if found := duration.FindString(body); found != "" {
			t.Errorf("%s says %q", name, found)
		}
		if name == "HTML" && !duration.MatchString(with.String()) {
			t.Errorf("%s has no times where the history has them: the test proves nothing", name)
		}
		for _, word := range []string{"on purpose", "first after"} {
			if strings.Contains(body, word) {
				t.Errorf("%s says %q", name, word)
			}
		}
	}
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "firstAt") {
		t.Error("the JSON has a time of the first anomaly")
	}
}
