package reports

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

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

// measuring is a script that opens every part of a page and returns what a
// browser knows of it.
const measuring = `(() => {
  for (const d of document.querySelectorAll('details')) d.open = true;
  const luminance = c => {
    const f = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]);
  };
  const parse = s => (s.match(/[\d.]+/g) || []).map(Number);
  const solid = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility() || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const svg = e.namespaceURI.endsWith('svg');
    if (svg && e.tagName !== 'text') continue;
    let behind = solid(e.closest('svg') ? e.closest('svg').parentElement : e);
    const bar = e.closest('.bar');
    if (bar) behind = parse(getComputedStyle(bar.querySelector('rect')).fill);
    const style = getComputedStyle(e);
    const a = luminance(parse(svg ? style.fill : style.color)), b = luminance(behind);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(e.tagName + '.' + (e.className.baseVal ?? e.className) + ' ' + ratio.toFixed(2) + ' ' + e.textContent.slice(0, 40));
  }
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return {
    scroll: document.documentElement.scrollWidth, width: innerWidth, faint: [...new Set(faint)].slice(0, 10),
    foreign: document.querySelectorAll('img, iframe, object, embed, link, base, form, foreignObject, image, use').length,
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/.test(a.name) || /^(href|src|xlink:href)$/.test(a.name) && /^\s*(javascript|data):/i.test(a.value))).length,
    dead: [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1)).filter(id => !ids.includes(id)),
    twice: ids.filter((id, n) => ids.indexOf(id) !== n),
    heading: document.querySelector('h1').textContent,
  };
})()`

// measured is what the script found of a page.
type measured struct {
	Scroll, Width              float64
	Foreign, Scripts, Handlers int
	Faint, Dead, Twice         []string
	Heading                    string
}

// measure opens a page, and measures it at a width.
func (b *browser) measure(path string, v view) (measured, *tab) {
	b.t.Helper()
	p := b.open("file://"+path, v)
	var m measured
	p.eval(measuring, &m)
	return m, p
}

func TestPageInABrowser(t *testing.T) {
	b := openBrowser(t)
	for name, r := range reportCases() {
		path := writePage(t, r)
		for _, width := range []int{390, 820, 1440} {
			for _, dark := range []bool{false, true} {
				m, p := b.measure(path, view{Width: width, Dark: dark})
				what := fmt.Sprintf("%s, %d pixels, dark %v", name, width, dark)
				m.check(t, what)
				p.checkQuiet(t, what)
				if want := reportSentence(r); m.Heading != want {
					t.Errorf("%s: the heading is %q, want %q", what, m.Heading, want)
				}
				p.close()
			}
		}
	}
}

// check fails the test where a page is too wide, too faint, loads anything, or has broken links.
func (m measured) check(t *testing.T, what string) {
	t.Helper()
	if m.Scroll > m.Width {
		t.Errorf("%s: the page is %v wide", what, m.Scroll)
	}
	if len(m.Faint) > 0 {
		t.Errorf("%s: too little contrast:\n%s", what, strings.Join(m.Faint, "\n"))
	}
	if m.Foreign > 0 || m.Handlers > 0 || m.Scripts != 1 {
		t.Errorf("%s: the page has %d elements and %d attributes that load or run something, and %d scripts", what, m.Foreign, m.Handlers, m.Scripts)
	}
	if len(m.Dead) > 0 || len(m.Twice) > 0 {
		t.Errorf("%s: links without a target: %v; ids used twice: %v", what, m.Dead, m.Twice)
	}
}

// checkQuiet fails the test where the browser complained of the page, a script
// opened a dialog, or the page asked for anything but itself.
func (p *tab) checkQuiet(t *testing.T, what string) {
	t.Helper()
	console, requests, dialogs := p.noted()
	if len(console) > 0 || dialogs > 0 {
		t.Errorf("%s: %d dialogs, and the console has:\n%s", what, dialogs, strings.Join(console, "\n"))
	}
	others := slices.DeleteFunc(requests, func(address string) bool {
		return strings.HasPrefix(address, "file:///") && strings.HasSuffix(address, "/report.html")
	})
	if len(others) > 0 {
		t.Errorf("%s: the page asked for %v", what, others)
	}
}

// What matters most is seen without scrolling on a common screen: the verdict,
// the whole matrix, how much was tried.
func TestFirstGlance(t *testing.T) {
	b := openBrowser(t)
	for _, name := range []string{"levels", "skew", "violated"} {
		p := b.open("file://"+writePage(t, reportCases()[name]), view{Width: 1440, Height: 900})
		var bottoms map[string]float64
		p.eval(`Object.fromEntries(['h1', '.facts', '#anomalies .matrix', '#anomalies'].map(q => [q, document.querySelector(q).getBoundingClientRect().bottom]))`, &bottoms)
		for what, bottom := range bottoms {
			if bottom > 900 || bottom <= 0 {
				t.Errorf("%s: %s ends at %v pixels, and 900 are in view", name, what, bottom)
			}
		}
	}
}

// Without JavaScript everything can still be read: the witnesses, the SQL, the settings.
func TestPageWithoutScript(t *testing.T) {
	b := openBrowser(t)
	p := b.open("file://"+writePage(t, reportCases()["violated"])+"#lost-update-1", view{NoScript: true})
	var text string
	p.eval(`document.body.textContent`, &text)
	for _, want := range []string{"T1 overwrote that change without having seen it", "BEGIN ISOLATION LEVEL READ COMMITTED;", "Settings read back", "read, then overwritten (rw, anti-dependency)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page as the browser has it lacks %q", want)
		}
	}
	p.checkQuiet(t, "without script")
}

// TestScreenshots takes pictures of reports, for looking at, where
// ISOCHECK_SCREENSHOTS names a folder; ISOCHECK_SCREENSHOT_OF may name a report's
// file, and after a # a place in it.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("ISOCHECK_SCREENSHOTS")
	if folder == "" {
		t.Skip("ISOCHECK_SCREENSHOTS names no folder to put them in")
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, name := range []string{"levels", "skew", "violated", "fork"} {
		pages[name] = writePage(t, reportCases()[name])
	}
	if path := os.Getenv("ISOCHECK_SCREENSHOT_OF"); path != "" {
		pages = map[string]string{"report": path}
	}
	b := openBrowser(t)
	for name, path := range pages {
		for scheme, dark := range map[string]bool{"dark": true, "light": false} {
			for _, width := range []int{390, 1440} {
				v := view{Width: width, Dark: dark}
				if strings.Contains(path, "#") {
					v.Height = 1600
				}
				p := b.open("file://"+path, v)
				file := filepath.Join(folder, fmt.Sprintf("%s-%s-%d", name, scheme, width))
				p.screenshot(file+".png", false)
				if v.Height == 0 {
					p.screenshot(file+"-whole.png", true)
				}
				p.close()
			}
		}
		p := b.open("file://"+path, view{})
		if err := os.WriteFile(filepath.Join(folder, name+".pdf"), p.pdf(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
