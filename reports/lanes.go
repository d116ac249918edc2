package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// lanes is the drawing of a witness: a lane for each transaction, its
// statements as bars over a time axis, and the dependencies as arrows between the bars.
// templates/lanes.html makes the SVG of it, so that html/template escapes every text.
type lanes struct {
	Width, Height int
	Least         int // width under which it scrolls, as it would be too small to read
	Title         string
	Lanes         []lane
	Arrows        []arrow
	Ticks         []tick
	AxisY, TickY  int
	Left, Right   int // where time begins and ends
}

type lane struct {
	Label, Name string
	LabelY      int
	NameY       int
	// The band shows when the transaction was open: from From, for Open.
	From, Open, Y, Height int
	Class                 string // by outcome
	Bars                  []bar
	// Mark is the sign at the transaction's end.
	Mark         string
	MarkX, MarkY int
}

type bar struct {
	X, Y, Width, Height int
	Middle, TextY       int
	Wait                int // how much of the width it waited for another transaction
	Number              int
	Class               string // read, write, commit …
	Evidence            bool
	Title               string // shown on hover, read by screen readers
}

// arrow is one dependency, from statement to statement.
type arrow struct {
	Path           string
	Head           string // the arrow head's points
	Class          string // the kind of the dependency
	Label          string
	LabelX, LabelY int
	Second         string // line of the label, at the same X
	SecondY        int
	Title          string
	x, y           [4]int // the curve's four points, where place is to find room for the label
	curve          curve  // the same in the drawing of a cycle
}

type tick struct {
	X    int
	Text string
}

// The drawing's measures, in CSS pixels.
const (
	laneLeft   = 132 // where time begins
	laneRight  = 34  // room for the last mark
	laneTop    = 14
	laneHeight = 40 // of a lane's band
	laneGap    = 34 // between lanes, where arrows and their labels go
	barHeight  = 22
	beginWidth = 16
	gapLeast   = 22 // between two moments
	gapTight   = 16 // between two moments, where there are many
	gapMost    = 84
	lanesLeast = 1030 // of the whole drawing; it is wider only where gapTight makes it so
	axisHeight = 26
)

// newLanes draws a witness.
func newLanes(f *checker.Findings, w *checker.Witness) lanes {
	line := newTimeline(w)
	at, right := timeScale(line.Steps)
	d := lanes{
		Width: right + laneRight, Left: laneLeft, Right: right,
		Height: laneTop + len(w.Transactions)*(laneHeight+laneGap) + axisHeight,
		Title:  "The transactions over time",
	}
	d.Least = d.Width * 9 / 10
	d.AxisY = d.Height - axisHeight
	d.TickY = d.AxisY + 16
	bars := map[[2]int]bar{}
	for n := range w.Transactions {
		d.Lanes = append(d.Lanes, newLane(f, w, line, n, at, bars))
	}
	for i, e := range w.Edges {
		if a, ok := newArrow(e, i, bars); ok {
			a.place(d.Arrows)
			d.Arrows = append(d.Arrows, a)
		}
	}
	if !timeless(&f.Header, w) {
		d.Ticks = newTicks(line.Steps, at)
	}
	return d
}

// timeScale maps moments to pixels. Between two moments that follow each other the
// distance grows with the logarithm of the time, within bounds: so
// statements stay readable however long the pauses between them are.
func timeScale(steps []step) (at map[int64]int, right int) {
	var moments []int64
	for _, s := range steps {
		moments = append(moments, s.Start, s.End)
	}
	slices.Sort(moments)
	moments = slices.Compact(moments)
	widths := make([]float64, max(0, len(moments)-1))
	total := 0.0
	for i := range widths {
		gap := float64(moments[i+1]-moments[i]) / 1e3 // in µs
		widths[i] = min(gapMost, gapLeast+8*math.Log10(1+gap/20)*2)
		total += widths[i]
	}
	room := float64(lanesLeast - laneLeft - laneRight)
	if least := gapTight * float64(len(widths)); total > room {
		for i := range widths {
			widths[i] = gapTight + (widths[i]-gapTight)*max(0, room-least)/(total-least)
		}
		total = room
	}
	stretch := max(1, room/max(total, 1))
	at = map[int64]int{}
	x := float64(laneLeft)
	for i, m := range moments {
		at[m] = int(x)
		if i < len(widths) {
			x += widths[i] * stretch
		}
	}
	return at, int(x)
}

func newLane(f *checker.Findings, w *checker.Witness, line timeline, n int, at map[int64]int, bars map[[2]int]bar) lane {
	t := &w.Transactions[n]
	y := laneTop + n*(laneHeight+laneGap)
	l := lane{
		Label: txnLabel(n), Name: shorten(t.Name, 18), LabelY: y + laneHeight/2 - 1, NameY: y + laneHeight/2 + 14,
		From: at[t.Start] - 4, Open: at[t.End] - at[t.Start] + 8, Y: y, Height: laneHeight,
		Class: outcomeClass(t.Outcome), Mark: outcomeMark(t.Outcome), MarkX: at[t.End] + 16, MarkY: y + laneHeight/2 + 5,
	}
	for _, s := range line.Steps {
		if s.Txn != n || s.Kind == stepEnded {
			continue
		}
		b := bar{
			X: at[s.Start], Width: max(at[s.End]-at[s.Start], 12), Y: y + (laneHeight-barHeight)/2, Height: barHeight,
			Number: s.Number, Class: barClass(t, s), Evidence: s.Evidence, TextY: y + laneHeight/2 + 4,
			Title: fmt.Sprintf("Step %d: %s", s.Number, shorten(stepText(f, w, s), 120)),
		}
		if s.Kind == stepBegin {
			b.Width = beginWidth
			if len(t.Ops) > 0 && t.Ops[0].Start == t.Start { // or the first statement would cover it
				b.X -= beginWidth + 2
				l.From, l.Open = l.From-beginWidth-2, l.Open+beginWidth+2
			}
		}
		if !severalClocks(&f.Header) { // else who ended meanwhile is not known
			for _, other := range waitedFor(w, s) {
				b.Wait = max(b.Wait, at[min(w.Transactions[other].End, s.End)]-b.X)
			}
		}
		b.Wait = min(b.Wait, b.Width)
		b.Middle = b.X + b.Width/2
		l.Bars = append(l.Bars, b)
		if s.Kind == stepStatement {
			bars[[2]int{n, s.Op}] = b
		}
	}
	return l
}

func barClass(t *history.Transaction, s step) string {
	switch {
	case s.Kind != stepStatement:
		return string(s.Kind)
	case t.Ops[s.Op].Error != nil:
		return "failed"
	case t.Ops[s.Op].Kind.Writes():
		return "write"
	}
	return "read"
}

func outcomeClass(o history.Outcome) string {
	switch o {
	case history.Committed:
		return "committed"
	case history.Aborted:
		return "aborted"
	}
	return "indeterminate"
}

func outcomeMark(o history.Outcome) string {
	switch o {
	case history.Committed:
		return "✓"
	case history.Aborted:
		return "✗"
	}
	return "?"
}

// newArrow draws a dependency between two statements that are shown; ok is false
// where the dependency rests on none, as session and real-time order do.
func newArrow(e checker.Edge, index int, bars map[[2]int]bar) (a arrow, ok bool) {
	from, okFrom := bars[[2]int{e.From, e.FromOp}]
	to, okTo := bars[[2]int{e.To, e.ToOp}]
	if !okFrom || !okTo || e.From == e.To {
		return arrow{}, false
	}
	down := to.Y > from.Y
	y1, y2, bend := from.Y+from.Height+1, to.Y-2, 26
	if !down {
		y1, y2, bend = from.Y-1, to.Y+to.Height+2, -26
	}
	spread := 6*(index%2) - 3 // arrows between the same bars stand apart
	x1, x2 := from.Middle+spread, to.Middle+spread
	size := 6
	if !down {
		size = -6
	}
	return arrow{
		Path:  fmt.Sprintf("M%d,%d C%d,%d %d,%d %d,%d", x1, y1, x1, y1+bend, x2, y2-bend, x2, y2-size),
		Head:  fmt.Sprintf("%d,%d %d,%d %d,%d", x2, y2, x2-4, y2-size, x2+4, y2-size),
		Class: edgeClass(e.Kind), Label: shortKind(e.Kind), Title: e.Text,
		x: [4]int{x1, x1, x2, x2}, y: [4]int{y1, y1 + bend, y2 - bend, y2},
	}, true
}

// place puts the arrow's label on its curve where it does not cover another arrow's.
func (a *arrow) place(others []arrow) {
	for _, part := range []float64{0.4, 0.25, 0.6, 0.75, 0.5} {
		a.LabelX, a.LabelY = onCurve(part, a.x), onCurve(part, a.y)+4
		if !slices.ContainsFunc(others, a.covers) {
			return
		}
	}
}

// covers reports whether the labels of two arrows cover each other.
func (a *arrow) covers(b arrow) bool {
	width := 8 + 4*(len(a.Label)+len(b.Label))
	return max(a.LabelX-b.LabelX, b.LabelX-a.LabelX) < width && max(a.LabelY-b.LabelY, b.LabelY-a.LabelY) < 13
}

// onCurve returns one coordinate of the point at a part, 0 to 1, of a Bézier curve.
func onCurve(part float64, p [4]int) int {
	t, u := part, 1-part
	return int(math.Round(u*u*u*float64(p[0]) + 3*u*u*t*float64(p[1]) + 3*u*t*t*float64(p[2]) + t*t*t*float64(p[3])))
}

// edgeClass is the CSS class of a kind of dependency.
func edgeClass(k checker.EdgeKind) string {
	switch k {
	case checker.WW:
		return "ww"
	case checker.WR, checker.PredicateWR:
		return "wr"
	case checker.RW, checker.PredicateRW:
		return "rw"
	}
	return "order"
}

// shortKind is a dependency's kind as it labels an arrow.
func shortKind(k checker.EdgeKind) string {
	switch k {
	case checker.PredicateWR:
		return "wr, predicate"
	case checker.PredicateRW:
		return "rw, predicate"
	}
	return string(k)
}

// newTicks labels moments with the time since the first, as many as have room.
func newTicks(steps []step, at map[int64]int) []tick {
	var ticks []tick
	last := math.MinInt / 2
	for _, s := range steps {
		if x := at[s.Start]; x-last >= 76 {
			ticks = append(ticks, tick{X: x, Text: sinceText(s.Start - steps[0].Start)})
			last = x
		}
	}
	return ticks
}

// sinceText is a time since the first step: 0, +0.8 ms.
func sinceText(ns int64) string {
	if ns == 0 {
		return "0"
	}
	return "+" + duration(ns)
}

// shorten cuts a text that is longer than n letters.
func shorten(s string, n int) string {
	letters := []rune(s)
	if len(letters) <= n {
		return s
	}
	return string(letters[:n-1]) + "…"
}
