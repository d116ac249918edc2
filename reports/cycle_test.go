package reports

import (
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// ring is a witness in which so many transactions depend on each other in a circle, by
// dependencies of all kinds in turn, on rows with names and keys that take much room.
func ring(size int, table string) (*checker.Findings, *checker.Witness) {
	f := findings("postgres", "15.18", history.ReadCommitted, "counter", checker.Serializable, 100)
	f.Header.Tables = []history.Table{{Name: table, Columns: counters().Columns}}
	kinds := []checker.EdgeKind{checker.PredicateRW, checker.WW, checker.RW, checker.WR, checker.RealTime, checker.PredicateWR, checker.Session}
	w := &checker.Witness{Sentence: fmt.Sprintf("%d transactions depend on each other in a circle.", size)}
	for n := range size {
		start := int64(n) * ms
		w.Transactions = append(w.Transactions, history.Transaction{
			Client: n + 1, Number: 12, Name: "transfer", Start: start, Finish: start + 4*ms, End: start + 5*ms, Outcome: history.Committed,
			Ops: []history.Op{writeOp(start+ms, ms, 1000000000, 4, version(n+1, 12, 0), 0)},
		})
		e := checker.Edge{From: n, To: (n + 1) % size, Kind: kinds[n%len(kinds)], Key: 1000000000, Text: fmt.Sprintf("T%d and the next", n+1)}
		if e.Kind == checker.RealTime || e.Kind == checker.Session {
			e.Table, e.FromOp, e.ToOp = -1, -1, -1
		}
		w.Edges = append(w.Edges, e)
	}
	return f, w
}

// drawCycles writes a page of rings of all sizes that are likely, and some more.
func drawCycles(t *testing.T) string {
	t.Helper()
	parsed, err := template.ParseFS(templates, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	var body strings.Builder
	fmt.Fprintf(&body, "<!doctype html><meta charset=utf-8><style>%s .cycle { width: 400px; display: inline-block }</style>", styleSheet)
	for _, table := range []string{"counters", "oncall_conflict_rows"} {
		for size := 2; size <= 12; size++ {
			f, w := ring(size, table)
			body.WriteString("<div class=cycle>")
			if err := parsed.ExecuteTemplate(&body, "cycle", newCycle(f, w)); err != nil {
				t.Fatal(err)
			}
			body.WriteString("</div>")
		}
	}
	path := filepath.Join(t.TempDir(), "cycles.html")
	if err := os.WriteFile(path, []byte(body.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// covering is a script that returns, of every drawing on the page, what leaves it and what covers what.
const covering = `(() => {
  const wrong = [];
  for (const g of document.querySelectorAll('.graph')) {
    const nodes = [...g.querySelectorAll('circle')], arrows = [...g.querySelectorAll('.arrow')];
    const room = {x: 0, y: 0, width: g.viewBox.baseVal.width, height: g.viewBox.baseVal.height};
    const labels = arrows.flatMap((a, n) => [...a.querySelectorAll('text')].map(t => ({n, name: nodes.length + ' nodes, ' + t.textContent, ...((({x, y, width, height}) => ({x, y, width, height}))(t.getBBox()))})));
    const apart = (a, b) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
    const far = (l, x, y) => Math.hypot(Math.max(l.x - x, 0, x - l.x - l.width), Math.max(l.y - y, 0, y - l.y - l.height));
    for (const l of labels) {
      if (l.x < 0 || l.y < 0 || l.x + l.width > room.width || l.y + l.height > room.height) wrong.push(l.name + ' leaves the drawing');
      for (const o of labels) if (o.n < l.n && !apart(l, o)) wrong.push(l.name + ' covers ' + o.name);
      for (const c of nodes) if (far(l, c.cx.baseVal.value, c.cy.baseVal.value) < c.r.baseVal.value) wrong.push(l.name + ' covers a node');
      for (const a of arrows) {
        const p = a.querySelector('path');
        for (let i = 0; i <= 20; i++) { const at = p.getPointAtLength(p.getTotalLength() * i / 20); if (far(l, at.x, at.y) === 0) { wrong.push(l.name + ' covers an arrow'); break; } }
      }
    }
    for (const c of nodes) for (const o of nodes) if (c !== o && Math.hypot(c.cx.baseVal.value - o.cx.baseVal.value, c.cy.baseVal.value - o.cy.baseVal.value) < 2 * c.r.baseVal.value) wrong.push('nodes cover each other');
  }
  return wrong;
})()`

// Of a cycle every label can be read, however many transactions it has and however long their rows' names are.
func TestCycleCanBeRead(t *testing.T) {
	b := openBrowser(t)
	p := b.open("file://"+drawCycles(t), view{Width: 1240})
	var wrong []string
	var drawn int
	p.eval(`document.querySelectorAll('.graph').length`, &drawn)
	p.eval(covering, &wrong)
	if drawn != 22 || len(wrong) > 0 {
		t.Errorf("in %d drawings:\n%s", drawn, strings.Join(wrong, "\n"))
	}
	if folder := os.Getenv("ISOCHECK_SCREENSHOTS"); folder != "" {
		p.screenshot(filepath.Join(folder, "cycles.png"), true)
	}
}
