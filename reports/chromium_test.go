package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// chromium runs headless Chromium on an address and returns what it prints. It
// fails the test in CI where there is none, and skips it elsewhere.
func chromium(t *testing.T, args ...string) string {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if ci := os.Getenv("CI"); ci != "" && ci != "false" {
			t.Fatal("this test needs something that CI must have: chromium")
		}
		fmt.Fprintf(os.Stderr, "\n*** SKIPPED %s: no chromium on PATH\n\n", t.Name())
		t.Skip("no chromium on PATH")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	common := []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(),
	}
	command := exec.CommandContext(ctx, path, append(common, args...)...)
	command.WaitDelay = 10 * time.Second
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, problems.String())
	}
	return out.String()
}

func writePage(t *testing.T, r *Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := HTML(&out, r); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// framed is a page that holds reports in frames of several widths, so that a
// script may measure them: a report itself forbids scripts, and the browser's window cannot be narrow.
var framed = template.Must(template.New("framed").Parse(`<!doctype html><body style="margin:0">
{{range $page := .Pages}}{{range $.Widths}}<iframe width="{{.}}" height="{{$.Height}}" style="border:0" srcdoc="{{$page}}"></iframe>{{end}}{{end}}
<script>
function luminance(c) {
  const f = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]);
}
const parse = s => (s.match(/[\d.]+/g) || []).map(Number);
function background(e) {
  for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c;
  }
  return [255, 255, 255];
}
function measure(d) {
  const faint = [];
  for (const e of d.querySelectorAll('main *, header *, footer *')) {
    if (e.namespaceURI.endsWith('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const a = luminance(parse(getComputedStyle(e).color)), b = luminance(background(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2) + ' ' + e.textContent.slice(0, 40));
  }
  const ids = [...d.querySelectorAll('[id]')].map(e => e.id);
  return {
    scroll: d.documentElement.scrollWidth, width: d.defaultView.innerWidth, faint: [...new Set(faint)].slice(0, 10),
    foreign: d.querySelectorAll('script, img, iframe, object, embed, link, base, form, foreignObject, image, use').length,
    handlers: [...d.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/.test(a.name) || /^(href|src|xlink:href)$/.test(a.name) && /^\s*(javascript|data):/i.test(a.value))).length,
    dead: [...d.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1)).filter(id => !ids.includes(id)),
    twice: ids.filter((id, n) => ids.indexOf(id) !== n),
    heading: d.querySelector('h1').textContent,
  };
}
addEventListener('load', () => {
  const p = document.createElement('pre');
  p.id = 'result';
  p.textContent = JSON.stringify([...document.querySelectorAll('iframe')].map(f => measure(f.contentDocument)));
  document.body.append(p);
});
</script>`))

// measured is what the script in framed found of one width.
type measured struct {
	Scroll, Width, Foreign, Handlers int
	Faint, Dead, Twice               []string
	Heading                          string
}

// frame writes a page that shows each report in frames of these widths.
func frame(t *testing.T, height int, widths []int, reports ...*Report) string {
	t.Helper()
	var pages []string
	for _, r := range reports {
		page, err := os.ReadFile(writePage(t, r))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, string(page))
	}
	var out bytes.Buffer
	if err := framed.Execute(&out, map[string]any{"Pages": pages, "Widths": widths, "Height": height}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "framed.html")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var result = regexp.MustCompile(`(?s)<pre id="result">(.*?)</pre>`)

// measure opens each report in frames of 390 and 1440 pixels, and returns of
// each report what was found of both.
func measure(t *testing.T, setting string, reports ...*Report) [][]measured {
	t.Helper()
	widths := []int{390, 1440}
	dom := chromium(t, setting, "--dump-dom", "file://"+frame(t, 900, widths, reports...))
	found := result.FindStringSubmatch(dom)
	if found == nil {
		t.Fatalf("the script in the page did not run: %.2000s", dom)
	}
	var m []measured
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &m); err != nil {
		t.Fatal(err)
	}
	if len(m) != len(reports)*len(widths) {
		t.Fatalf("%d frames were measured, not %d", len(m), len(reports)*len(widths))
	}
	return slices.Collect(slices.Chunk(m, len(widths)))
}

// The colour schemes, as Chromium numbers them.
var schemes = map[string]string{"dark": "--blink-settings=preferredColorScheme=0", "light": "--blink-settings=preferredColorScheme=1"}

func TestPageInABrowser(t *testing.T) {
	names := []string{"levels", "fork", "skew", "failed", "empty"}
	var reports []*Report
	for _, name := range names {
		reports = append(reports, reportCases()[name])
	}
	for scheme, setting := range schemes {
		t.Run(scheme, func(t *testing.T) {
			for i, found := range measure(t, setting, reports...) {
				for _, m := range found {
					m.check(t, names[i])
					if want := reportSentence(reports[i]); m.Heading != want {
						t.Errorf("%s: the heading is %q, want %q", names[i], m.Heading, want)
					}
				}
			}
		})
	}
}

// check fails the test where a page is too wide, too faint, loads or runs anything, or has broken links.
func (m measured) check(t *testing.T, name string) {
	t.Helper()
	if m.Scroll > m.Width {
		t.Errorf("%s: at %d pixels the page is %d wide", name, m.Width, m.Scroll)
	}
	if len(m.Faint) > 0 {
		t.Errorf("%s: at %d pixels too little contrast:\n%s", name, m.Width, strings.Join(m.Faint, "\n"))
	}
	if m.Foreign > 0 || m.Handlers > 0 {
		t.Errorf("%s: the page has %d elements and %d attributes that load or run something", name, m.Foreign, m.Handlers)
	}
	if len(m.Dead) > 0 || len(m.Twice) > 0 {
		t.Errorf("%s: links without a target: %v; ids used twice: %v", name, m.Dead, m.Twice)
	}
}

func TestPageOpensFromDisk(t *testing.T) {
	dom := chromium(t, "--dump-dom", "file://"+writePage(t, reportCases()["violated"]))
	for _, want := range []string{`id="lost-update-1"`, "T1 overwrote that change without having seen it", "</svg>", "Settings read back"} {
		if !strings.Contains(dom, want) {
			t.Errorf("the page as the browser has it lacks %q", want)
		}
	}
}

// TestScreenshots takes pictures of reports, for looking at, where
// ISOCHECK_SCREENSHOTS names a folder.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("ISOCHECK_SCREENSHOTS")
	if folder == "" {
		t.Skip("ISOCHECK_SCREENSHOTS names no folder to put them in")
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"levels", "skew"} {
		for scheme, setting := range schemes {
			for width, height := range map[int]int{390: 6000, 1440: 3200} {
				path := frame(t, height, []int{width}, reportCases()[name])
				chromium(t, setting, fmt.Sprintf("--window-size=%d,%d", max(width, 500), height),
					"--screenshot="+filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", name, scheme, width)), "file://"+path)
			}
		}
	}
}
