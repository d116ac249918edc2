package reports

import (
	"fmt"
	"math"
	"strconv"

	"github.com/isocheck/isocheck/checker"
)

// cycle is the drawing of a witness's dependencies: transactions as nodes, and
// arrows between them. templates/cycle.html makes the SVG of it.
type cycle struct {
	Width, Height int
	Radius        int // of a node
	Title         string
	Nodes         []node
	Arrows        []arrow
}

type node struct {
	X, Y, TextY int
	Label       string
	Class       string // by outcome
	Title       string
}

// The drawing's measures, in CSS pixels.
const (
	nodeRadius  = 24
	cycleWidth  = 400
	cycleHeight = 190
	labelLetter = 7.0 // width of a letter of a label, at most
)

// newCycle draws the dependencies of a witness.
func newCycle(f *checker.Findings, w *checker.Witness) cycle {
	c := cycle{Width: cycleWidth, Height: cycleHeight, Radius: nodeRadius, Title: cycleTitle(w)}
	if len(w.Transactions) > 2 {
		c.Height = 330
	}
	for n := range w.Transactions {
		x, y := nodePlace(n, len(w.Transactions), c.Width, c.Height)
		t := &w.Transactions[n]
		c.Nodes = append(c.Nodes, node{X: x, Y: y, TextY: y + 5, Label: txnLabel(n), Class: outcomeClass(t.Outcome), Title: txnTitle(t)})
	}
	drawn := map[[2]int]int{}
	for _, e := range w.Edges {
		if e.From < 0 || e.From >= len(c.Nodes) || e.To < 0 || e.To >= len(c.Nodes) {
			continue
		}
		pair := [2]int{e.From, e.To}
		c.Arrows = append(c.Arrows, cycleArrow(f, e, c.Nodes[e.From], c.Nodes[e.To], drawn[pair]))
		drawn[pair]++
	}
	return c
}

func cycleTitle(w *checker.Witness) string {
	if len(w.Edges) == 0 {
		return "The transaction"
	}
	text := "Dependencies:"
	for _, e := range w.Edges {
		text += fmt.Sprintf(" %s → %s (%s);", txnLabel(e.From), txnLabel(e.To), e.Kind)
	}
	return text[:len(text)-1]
}

// nodePlace puts two nodes beside each other, more of them on a circle, clockwise from the top left.
func nodePlace(n, count, width, height int) (x, y int) {
	switch count {
	case 1:
		return width / 2, height/2 + 20
	case 2:
		return 52 + n*(width-104), height / 2
	}
	angle := 2*math.Pi*float64(n)/float64(count) - math.Pi/2
	return width/2 + int(math.Round(math.Cos(angle)*float64(width/2-90))),
		height/2 + int(math.Round(math.Sin(angle)*float64(height/2-48)))
}

// cycleArrow draws one arrow as an arc that bends to the left of its direction, so
// that there and back again stand apart; later arrows of the same pair bend more.
func cycleArrow(f *checker.Findings, e checker.Edge, from, to node, before int) arrow {
	label := shortKind(e.Kind)
	if e.FromOp >= 0 || e.ToOp >= 0 {
		label += " · " + shorten(tableName(&f.Header, e.Table), 18) + " " + strconv.FormatInt(e.Key, 10)
	}
	a := arrow{Class: edgeClass(e.Kind), Label: label, Title: e.Text}
	if from == to {
		x, y := from.X, from.Y-nodeRadius
		a.Path = fmt.Sprintf("M%d,%d C%d,%d %d,%d %d,%d", x-12, y+4, x-50, y-60, x+50, y-60, x+13, y-2)
		a.Head = fmt.Sprintf("%d,%d %d,%d %d,%d", x+11, y+4, x+10, y-7, x+19, y-3)
		a.LabelX, a.LabelY = x, y-48
		return a
	}
	dx, dy := float64(to.X-from.X), float64(to.Y-from.Y)
	length := math.Hypot(dx, dy)
	dx, dy = dx/length, dy/length
	bend := length*0.24 + 34*float64(before)
	controlX := float64(from.X+to.X)/2 + dy*bend
	controlY := float64(from.Y+to.Y)/2 - dx*bend
	x1, y1 := towards(float64(from.X), float64(from.Y), controlX, controlY, nodeRadius+2)
	tipX, tipY := towards(float64(to.X), float64(to.Y), controlX, controlY, nodeRadius+3)
	x2, y2 := towards(float64(to.X), float64(to.Y), controlX, controlY, nodeRadius+11)
	a.Path = fmt.Sprintf("M%.1f,%.1f Q%.1f,%.1f %.1f,%.1f", x1, y1, controlX, controlY, x2, y2)
	a.Head = headPoints(tipX, tipY, x2, y2)
	middleX, middleY := (x1+2*controlX+x2)/4, (y1+2*controlY+y2)/4
	// The label is centred beside the curve, clear of it by its own half width, and inside the drawing.
	half := labelLetter * float64(len([]rune(label))) / 2
	middleX += dy * (10 + half)
	a.LabelX = int(math.Round(min(max(middleX, half), cycleWidth-half)))
	a.LabelY = int(math.Round(middleY-dx*10)) + 4
	return a
}

// towards returns the point at a distance from the first point on the way to the second.
func towards(x, y, toX, toY, distance float64) (float64, float64) {
	length := max(math.Hypot(toX-x, toY-y), 1)
	return x + (toX-x)/length*distance, y + (toY-y)/length*distance
}

// headPoints returns the corners of an arrow head that points from (x, y) to the tip.
func headPoints(tipX, tipY, x, y float64) string {
	dx, dy := (tipX-x)/2, (tipY-y)/2
	return fmt.Sprintf("%.1f,%.1f %.1f,%.1f %.1f,%.1f", tipX, tipY, x-dy, y+dx, x+dy, y-dx)
}
