package reports

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestMarkdownGolden(t *testing.T) {
	for _, name := range []string{"violated", "levels", "failed", "short"} {
		t.Run(name, func(t *testing.T) {
			golden(t, "markdown/"+name+".md", func(w io.Writer) error { return Markdown(w, reportCases()[name]) })
		})
	}
}

// What a server says stays text: no tag, no link, no mention, no end of a fence.
func TestMarkdownEscapes(t *testing.T) {
	for _, attack := range append(attacks, "```\n</details><script>alert(1)</script>", "@everyone #1 | cell", "![x](https://example.com/x.png)") {
		var out bytes.Buffer
		if err := Markdown(&out, poisoned(attack)); err != nil {
			t.Fatal(err)
		}
		fence, inside := "", false
		for _, line := range strings.Split(out.String(), "\n") {
			if strings.HasPrefix(line, "```") && (!inside || line == fence) {
				fence, inside = strings.TrimSuffix(line, "text"), !inside
				continue
			}
			if inside {
				continue
			}
			line = strings.ReplaceAll(line, `\]`, "") // it ends no text of a link
			for _, bad := range []string{"<script", "<img", "<svg", "@everyone", "](https", " | cell"} {
				if strings.Contains(line, bad) && (bad != " | cell" || !strings.Contains(line, `\| cell`)) {
					t.Errorf("%q gets through: %s", bad, line)
				}
			}
		}
		if inside {
			t.Error("a fence is not closed")
		}
	}
}

func TestGitHub(t *testing.T) {
	for _, c := range []struct {
		name string
		r    *Report
		want []string
		not  []string
	}{
		{"violated", reportCases()["violated"], []string{
			"::error title=lost update%3A PostgreSQL 15.18 at read committed::PostgreSQL 15.18 at read committed, counter%0A",
			"::error title=invariant broken%3A PostgreSQL 15.18 at read committed::acknowledged increments, counter: ",
		}, nil},
		{"short", reportCases()["short"], []string{"::warning title=inconclusive%3A MariaDB 10.11.6 at repeatable read::counter: "}, []string{"::error"}},
		{"failed", reportCases()["failed"], []string{"::error title=isocheck could not do all that was asked::no server could be had"}, nil},
		{"clean", reportCases()["clean"], nil, []string{"::"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := GitHub(&out, c.r); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
			for _, not := range c.not {
				if strings.Contains(out.String(), not) {
					t.Errorf("%q in\n%s", not, out.String())
				}
			}
		})
	}
}

// No text becomes a command of its own, and none cuts its command short.
func TestGitHubEscapes(t *testing.T) {
	var out bytes.Buffer
	if err := GitHub(&out, poisoned("x\r\n::set-env name=A::b,c:d%0A")); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		if !strings.HasPrefix(line, "::error title=") && !strings.HasPrefix(line, "::warning title=") || strings.Contains(line, "\r") {
			t.Errorf("a line that is no annotation: %q", line)
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(line, "::error title="), "::")
		if strings.ContainsAny(title, ":,") {
			t.Errorf("the title %q has a sign that ends a property", title)
		}
	}
}
