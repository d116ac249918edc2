package reports

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeComparison(t *testing.T, c *Comparison) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.Document().HTML(&out); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The page of a comparison is read on a telephone and on a screen, in light and in dark,
// without a script; nothing is too faint, too wide, or loaded from elsewhere, and axe finds nothing.
func TestComparisonInABrowser(t *testing.T) {
	script := axe(t)
	path := writeComparison(t, threeServers())
	b := openBrowser(t)
	for _, width := range []int{390, 1440} {
		for _, dark := range []bool{false, true} {
			m, p := b.measure(path, view{Width: width, Dark: dark})
			what := fmt.Sprintf("comparison, %d pixels, dark %v", width, dark)
			m.Scripts++ // it has none, where reports have one
			m.check(t, what)
			p.checkQuiet(t, what)
			p.eval(script+";0", nil)
			p.checkAxe(t, what)
			p.close()
		}
	}
}

// paper is a script that returns what of a page would be cut off on paper or torn apart between two sheets.
const paper = `(() => {
  const wrong = [], sheet = document.documentElement.clientWidth;
  for (const e of document.querySelectorAll('body *')) {
    const r = e.getBoundingClientRect();
    if (r.width && r.right > sheet) wrong.push(e.tagName + '.' + (e.className.baseVal ?? e.className) + ' ends at ' + r.right);
  }
  for (const e of document.querySelectorAll('.card')) {
    if (e.getBoundingClientRect().right >= sheet) wrong.push('#' + e.id + ' has no room for its border');
    if (e.querySelector('.matrix:not(.speed)') && getComputedStyle(e).breakInside !== 'avoid') wrong.push('#' + e.id + ' may be torn apart');
  }
  for (const e of document.querySelectorAll('.interval')) if (!e.getBoundingClientRect().width) wrong.push('an interval is lost');
  return wrong.slice(0, 12);
})()`

// On paper, on an A4 sheet without its margins, a comparison of three and of six servers is whole, and no
// level's table is torn apart.
func TestComparisonOnPaper(t *testing.T) {
	six := threeServers()
	for _, version := range []string{"14.19", "15.18", "16.10"} {
		six.Subjects = append(six.Subjects, Subject{Name: "postgres:" + version[:2], Report: rounds("postgres", version, 1100, 9)})
	}
	b := openBrowser(t)
	for name, c := range map[string]*Comparison{"three": threeServers(), "six": six} {
		p := b.open("file://"+writeComparison(t, c), view{Width: 718, Print: true})
		var wrong []string
		if p.eval(paper, &wrong); len(wrong) > 0 {
			t.Errorf("%s servers: %s", name, strings.Join(wrong, "\n"))
		}
		if folder := os.Getenv("ISOCHECK_SCREENSHOTS"); folder != "" {
			if err := os.WriteFile(filepath.Join(folder, "comparison-"+name+".pdf"), p.pdf(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		p.close()
	}
}
