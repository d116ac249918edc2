package reports

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/checker"
)

// The measures of labels beside arrows, in CSS pixels.
const (
	labelLetter = 7.9 // width of a letter, at most
	labelLine   = 14  // from line to line
	labelRise   = 11  // from the top of a line to where its letters stand
	labelGap    = 5   // to the arrow
	labelTable  = 18  // letters of a table's name that are shown
)

// point is a place in a drawing.
type point struct{ x, y float64 }

// curve is a quadratic Bézier curve: where it begins, what bends it, where it ends.
type curve [3]point

// at returns the point at a part, 0 to 1, of the curve.
func (c curve) at(part float64) point {
	t, u := part, 1-part
	return point{u*u*c[0].x + 2*u*t*c[1].x + t*t*c[2].x, u*u*c[0].y + 2*u*t*c[1].y + t*t*c[2].y}
}

// beside returns the direction, of length 1, to the left of the curve at a part of it: the side to which it bends.
func (c curve) beside(part float64) point {
	t, u := part, 1-part
	dx := u*(c[1].x-c[0].x) + t*(c[2].x-c[1].x)
	dy := u*(c[1].y-c[0].y) + t*(c[2].y-c[1].y)
	length := max(math.Hypot(dx, dy), 1e-9)
	return point{dy / length, -dx / length}
}

// box is the room that a label takes.
type box struct{ left, top, right, bottom float64 }

func (b box) overlaps(o box) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

// distance is how far a point is from the box, 0 inside of it.
func (b box) distance(p point) float64 {
	return math.Hypot(max(b.left-p.x, 0, p.x-b.right), max(b.top-p.y, 0, p.y-b.bottom))
}

// label gives every arrow its label: the kind of the dependency and the row, or, where that has no room, all of
// them the kind alone. The rows stand in the list beside the drawing.
func (c *cycle) label(f *checker.Findings, edges []checker.Edge) {
	var full, short [][]string
	for _, e := range edges {
		full, short = append(full, fullLabel(f, e, len(c.Nodes) > 2)), append(short, shortLabel(e))
	}
	if !c.place(full) {
		c.place(short)
	}
}

// fullLabel is a dependency's kind and row, in one line or two.
func fullLabel(f *checker.Findings, e checker.Edge, lines bool) []string {
	if e.FromOp < 0 && e.ToOp < 0 {
		return []string{shortKind(e.Kind)}
	}
	row := shorten(tableName(&f.Header, e.Table), labelTable) + " " + strconv.FormatInt(e.Key, 10)
	if lines {
		return []string{shortKind(e.Kind), row}
	}
	return []string{shortKind(e.Kind) + " · " + row}
}

// shortLabel is a dependency's kind, the predicate's on a line of its own.
func shortLabel(e checker.Edge) []string { return strings.Split(shortKind(e.Kind), ", ") }

// place puts a label beside each arrow. It reports whether every one has room: inside the
// drawing, on no node, on no other label and on no other arrow.
func (c *cycle) place(labels [][]string) bool {
	room := true
	var taken []box
	for i := range c.Arrows {
		b, ok := c.find(i, labels[i], taken)
		taken, room = append(taken, b), room && ok
		c.Arrows[i].write(labels[i], b)
	}
	return room
}

// find looks for a place along an arrow's curve, first close to its middle. Where nothing is free it takes that.
func (c *cycle) find(arrow int, lines []string, taken []box) (b box, ok bool) {
	for _, gap := range []float64{labelGap, 3 * labelGap, 5 * labelGap} {
		for _, part := range []float64{0.5, 0.4, 0.6, 0.3, 0.7} {
			if b = c.beside(arrow, lines, part, gap); c.free(b, taken) {
				return b, true
			}
		}
	}
	return c.beside(arrow, lines, 0.5, labelGap), false
}

// beside is the room for a label at a distance from the curve, pushed back into the drawing where it would leave it.
func (c *cycle) beside(arrow int, lines []string, part, gap float64) box {
	along := c.Arrows[arrow].curve
	from, to := along.at(part), along.beside(part)
	halfX, halfY := labelSize(lines)
	away := gap + math.Abs(to.x)*halfX + math.Abs(to.y)*halfY
	x := min(max(from.x+to.x*away, halfX), float64(c.Width)-halfX)
	y := min(max(from.y+to.y*away, halfY), float64(c.Height)-halfY)
	return box{x - halfX, y - halfY, x + halfX, y + halfY}
}

// labelSize is half of a label's width and of its height.
func labelSize(lines []string) (halfX, halfY float64) {
	letters := 0
	for _, line := range lines {
		letters = max(letters, len([]rune(line)))
	}
	return labelLetter * float64(letters) / 2, labelLine * float64(len(lines)) / 2
}

// free reports whether a label there covers nothing: no arrow either, its own included, onto which the
// drawing's edge may have pushed it back.
func (c *cycle) free(b box, taken []box) bool {
	if slices.ContainsFunc(taken, b.overlaps) {
		return false
	}
	for _, n := range c.Nodes {
		if b.distance(point{float64(n.X), float64(n.Y)}) < float64(c.Radius)+2 {
			return false
		}
	}
	for i := range c.Arrows {
		for part := 0.0; part <= 1; part += 0.05 {
			if b.distance(c.Arrows[i].curve.at(part)) < 2 {
				return false
			}
		}
	}
	return true
}

// write puts the lines of a label into a box.
func (a *arrow) write(lines []string, b box) {
	a.LabelX, a.LabelY = int(math.Round((b.left+b.right)/2)), int(math.Round(b.top))+labelRise
	a.Label, a.Second, a.SecondY = lines[0], "", 0
	if len(lines) > 1 {
		a.Second, a.SecondY = lines[1], a.LabelY+labelLine
	}
}
