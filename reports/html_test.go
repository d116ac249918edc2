package reports

import (
	"io"
	"testing"
)

func TestHTMLGolden(t *testing.T) {
	for _, name := range []string{"skew", "failed"} {
		t.Run(name, func(t *testing.T) {
			golden(t, "html/"+name+".html", func(w io.Writer) error { return HTML(w, reportCases()[name]) })
		})
	}
}

func TestJSONGolden(t *testing.T) {
	for _, name := range []string{"skew", "failed"} {
		t.Run(name, func(t *testing.T) {
			golden(t, "json/"+name+".json", func(w io.Writer) error { return JSON(w, reportCases()[name]) })
		})
	}
}

func TestDump(t *testing.T) {
	for name := range reportCases() {
		golden(t, "tmp/"+name+".html", func(w io.Writer) error { return HTML(w, reportCases()[name]) })
	}
}
