package reports

import (
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
)

// A link to a witness opens whatever holds it, and so does the one by its formal class.
func TestDeepLinks(t *testing.T) {
	b := openBrowser(t)
	path := writePage(t, reportCases()["levels"])
	for _, id := range []string{"lost-update-1", "g2-1", "predicate-write-skew-1", "def-rw"} {
		p := b.open("file://"+path+"#"+id, view{})
		var seen bool
		p.eval(`new Promise(done => setTimeout(() => {
  const e = document.getElementById('`+id+`');
  const box = e && (e.offsetHeight ? e : e.nextElementSibling).getBoundingClientRect();
  done(Boolean(box) && e.checkVisibility() && box.top < innerHeight && box.bottom > 0);
}, 200))`, &seen)
		if !seen {
			t.Errorf("#%s is not in view", id)
		}
		p.close()
	}
}

// The filters leave what was asked for, say how much that is, and a link into what they hide undoes them.
func TestFilters(t *testing.T) {
	b := openBrowser(t)
	p := b.open("file://"+writePage(t, reportCases()["levels"]), view{})
	choose := func(label, value string) {
		p.eval(`(() => {
  const s = [...document.querySelectorAll('#filters label')].find(l => l.textContent.startsWith('`+label+`')).querySelector('select');
  s.value = '`+value+`';
  s.dispatchEvent(new Event('change'));
})()`, nil)
	}
	shown := func(query string) string {
		var texts []string
		p.eval(`[...document.querySelectorAll('`+query+`')].filter(e => !e.closest('[hidden]')).map(e => e.dataset.anomaly || e.dataset.row || e.dataset.level)`, &texts)
		return strings.Join(texts, " ")
	}
	choose("Anomaly", "predicate-write-skew")
	if got := shown("[data-anomaly]"); got != "predicate-write-skew" {
		t.Errorf("with the filter these are shown: %s", got)
	}
	if got := shown("[data-row]"); got != "predicate-write-skew" {
		t.Errorf("with the filter the matrix has the rows %s", got)
	}
	if got := shown("[data-run]"); got != "repeatable read" {
		t.Errorf("with the filter the runs are %s", got)
	}
	var said string
	p.eval(`document.querySelector('#filters [role=status]').textContent`, &said)
	if said != "1 of 5 runs, 1 anomaly found" {
		t.Errorf("the page says %q", said)
	}
	choose("Anomaly", "")
	choose("Level", "serializable")
	if got := shown("[data-run]"); got != "serializable" {
		t.Errorf("with the filter the runs are %s", got)
	}
	p.eval(`location.hash = '#lost-update-1'; new Promise(done => setTimeout(done, 200))`, nil)
	if got := strings.Fields(shown("[data-anomaly]")); len(got) < 4 {
		t.Errorf("a link into what is hidden leaves the filters as they are: %v", got)
	}
	p.checkQuiet(t, "filters")
}

// On an A4 sheet without its margins a witness shows two to four sessions side by side, and more of them one
// under another, each step with its session's name.
func TestStepsOnPaper(t *testing.T) {
	b := openBrowser(t)
	for _, size := range []int{2, 4, 6, 8} {
		f, w := ring(size, "counters")
		find(f, checker.WriteSkew, 1, false, *w)
		p := b.open("file://"+writePage(t, report(Run{Findings: f})), view{Width: 718, Print: true})
		var steps struct {
			Right, Least float64
			Sides        int
			Name         string
		}
		p.eval(`(() => {
		  const own = [...document.querySelectorAll('.steps .own')], at = own.map(e => e.getBoundingClientRect());
		  return {right: Math.max(...[...document.querySelectorAll('.witness *')].map(e => e.getBoundingClientRect().right)), least: Math.min(...at.map(r => r.width)),
		    sides: new Set(at.map(r => r.left)).size, name: getComputedStyle(own[0], '::before').content};
		})()`, &steps)
		p.close()
		sides, name := size, "none"
		if size > 4 {
			sides, name = 1, `"T1"`
		}
		if steps.Right > 718 || steps.Least < 120 || steps.Sides != sides || steps.Name != name {
			t.Errorf("%d sessions: %+v, want %d beside each other, named by %s", size, steps, sides, name)
		}
	}
}

// On paper all runs are open and how they were run, and nothing is wider than the sheet.
func TestPrinting(t *testing.T) {
	b := openBrowser(t)
	p := b.open("file://"+writePage(t, reportCases()["levels"]), view{Width: 794, Print: true})
	p.eval(`dispatchEvent(new Event('beforeprint'))`, nil)
	var closed, width, filters float64
	p.eval(`document.querySelectorAll('details.run:not([open]), details.how:not([open])').length`, &closed)
	p.eval(`document.documentElement.scrollWidth`, &width)
	p.eval(`document.querySelector('#filters').offsetHeight`, &filters)
	if width > 794 {
		var wide []string
		p.eval(`[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 794).map(e => e.tagName + '.' + (e.className.baseVal ?? e.className)).slice(0, 12)`, &wide)
		t.Logf("too wide are %v", wide)
	}
	if closed > 0 || width > 794 || filters > 0 {
		t.Errorf("on paper %v parts are closed, the page is %v pixels wide of 794, and the filters are %v high", closed, width, filters)
	}
	p.eval(`dispatchEvent(new Event('afterprint'))`, nil)
	p.eval(`document.querySelectorAll('details:not([open])').length`, &closed)
	if closed == 0 {
		t.Error("after printing everything stays open")
	}
	if pdf := p.pdf(); !strings.HasPrefix(string(pdf), "%PDF") {
		t.Error("the page does not print")
	}
}
