package reports

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/isocheck/isocheck/history"
)

func TestTerminalGolden(t *testing.T) {
	for name, r := range reportCases() {
		t.Run(name, func(t *testing.T) {
			golden(t, "terminal/"+name+".txt", func(w io.Writer) error {
				return Terminal(w, r, TerminalOptions{Path: "isocheck-results/2025-03-04T10-30-00-postgres/report.html"})
			})
		})
	}
	variants := map[string]TerminalOptions{
		"levels-60": {Width: 60}, "violated-color": {Color: true}, "violated-verbose": {Verbose: true}, "levels-quiet": {Quiet: true},
	}
	for name, opts := range variants {
		t.Run(name, func(t *testing.T) {
			base, _, _ := strings.Cut(name, "-")
			golden(t, "terminal/"+name+".txt", func(w io.Writer) error { return Terminal(w, reportCases()[base], opts) })
		})
	}
}

// With two servers each line says of which it speaks.
func TestTerminalNamesTheServers(t *testing.T) {
	one, two := round("mysql", "9.7.4", 100, 3), round("mariadb", "10.11.11", 100, 0)
	for _, run := range []*Run{&one, &two} {
		run.Summary.Aborted, run.Summary.Errors = 5, map[history.ErrorClass]int{history.Deadlock: 5}
		run.Events = []history.Event{{Kind: "kill"}}
	}
	for _, c := range []struct {
		name  string
		runs  []Run
		lines []string
	}{
		{"two servers", []Run{one, two}, []string{
			"How: lost update at repeatable read, counter, MySQL 9.7.4",
			"  MySQL 9.7.4, repeatable read: 5 deadlock", "  MariaDB 10.11.11, repeatable read: 5 deadlock",
			"  MySQL 9.7.4: kill · MariaDB 10.11.11: kill",
		}},
		{"one", []Run{one, one}, []string{"How: lost update at repeatable read, counter", "  repeatable read: 10 deadlock", "  kill ×2"}},
	} {
		var out bytes.Buffer
		if err := Terminal(&out, report(c.runs...), TerminalOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, line := range c.lines {
			if !strings.Contains(out.String(), "\n"+line+"\n") {
				t.Errorf("%s: no line %q in\n%s", c.name, line, out.String())
			}
		}
	}
}

func TestTerminalKeepsTheWidth(t *testing.T) {
	for name, r := range reportCases() {
		for _, width := range []int{0, 40, 60, 80, 120} {
			for _, verbose := range []bool{false, true} {
				var out bytes.Buffer
				if err := Terminal(&out, r, TerminalOptions{Width: width, Verbose: verbose, Path: strings.Repeat("long/", 40)}); err != nil {
					t.Fatal(err)
				}
				most := width
				if width == 0 {
					most = 80
				}
				for line := range strings.Lines(out.String()) {
					if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > most {
						t.Errorf("%s at %d columns: a line of %d: %q", name, most, n, line)
					}
				}
			}
		}
	}
}

func TestTerminalColorsOnlyWhenAsked(t *testing.T) {
	for _, color := range []bool{false, true} {
		var out bytes.Buffer
		if err := Terminal(&out, reportCases()["levels"], TerminalOptions{Color: color}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "\x1b["); got != color {
			t.Errorf("with Color %v there are escape sequences: %v", color, got)
		}
	}
}

// A server's message must not be able to move the cursor or change colours.
func TestTerminalTakesOutControlCharacters(t *testing.T) {
	r := report(violatedRun())
	f := r.Runs[0].Findings
	f.Header.ServerVersion = "15\x1b[2J"
	f.Anomalies[5].Witnesses[0].Sentence = "T1\x07 read\r\x1b]0;owned\x07 it"
	r.Errors = []string{"bad\x1b[31m\u202eevil"}
	var out bytes.Buffer
	if err := Terminal(&out, r, TerminalOptions{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"\x1b", "\x07", "\r", "\u202e"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("the summary holds %q", bad)
		}
	}
}
