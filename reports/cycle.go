package reports

import (
	"fmt"
	"math"

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
	smallRadius = 19 // of a node among many
	cycleWidth  = 400
	cycleHeight = 190
	ringHeight  = 330 // with more than two transactions
	ringMany    = 6   // transactions, beyond which nodes are small
	ringCrowded = 8   // transactions, beyond which the drawing grows
	ringBeside  = 104 // from the outermost node's centre to the drawing's edge, for labels
	ringAbove   = 52
)

// newCycle draws the dependencies of a witness between its transactions, as they are listed beside it.
func newCycle(f *checker.Findings, w *checker.Witness) cycle {
	c := cycle{Width: cycleWidth, Height: cycleHeight, Radius: nodeRadius, Title: cycleTitle(w)}
	count := len(w.Transactions)
	if count > 2 {
		c.Height = ringHeight
	}
	if count > ringMany {
		c.Radius = smallRadius
	}
	if count > ringCrowded {
		c.Width, c.Height = c.Width*count/ringCrowded, c.Height*count/ringCrowded
	}
	for n := range w.Transactions {
		x, y := nodePlace(n, count, c.Width, c.Height)
		t := &w.Transactions[n]
		c.Nodes = append(c.Nodes, node{X: x, Y: y, TextY: y + 5, Label: txnLabel(n), Class: outcomeClass(t.Outcome), Title: txnTitle(t)})
	}
	var drawn []checker.Edge
	before := map[[2]int]int{}
	for _, e := range edgesBetween(w) {
		if e.From < 0 || e.From >= count || e.To < 0 || e.To >= count {
			continue
		}
		pair := [2]int{e.From, e.To}
		c.Arrows = append(c.Arrows, c.arrow(e, before[pair]))
		drawn = append(drawn, e)
		before[pair]++
	}
	c.label(f, drawn)
	return c
}

func cycleTitle(w *checker.Witness) string {
	if len(edgesBetween(w)) == 0 {
		return "No dependencies between transactions"
	}
	text := "Dependencies:"
	for _, e := range edgesBetween(w) {
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
	return width/2 + int(math.Round(math.Cos(angle)*float64(width/2-ringBeside))),
		height/2 + int(math.Round(math.Sin(angle)*float64(height/2-ringAbove)))
}

// arrow draws one dependency as an arc that bends to the left of its direction, so
// that there and back again stand apart; later arrows of the same pair bend more.
func (c *cycle) arrow(e checker.Edge, before int) arrow {
	from, to := c.Nodes[e.From], c.Nodes[e.To]
	dx, dy := float64(to.X-from.X), float64(to.Y-from.Y)
	length := math.Hypot(dx, dy)
	bend := length*0.24 + 34*float64(before)
	controlX := float64(from.X+to.X)/2 + dy/length*bend
	controlY := float64(from.Y+to.Y)/2 - dx/length*bend
	radius := float64(c.Radius)
	x1, y1 := towards(float64(from.X), float64(from.Y), controlX, controlY, radius+2)
	tipX, tipY := towards(float64(to.X), float64(to.Y), controlX, controlY, radius+3)
	x2, y2 := towards(float64(to.X), float64(to.Y), controlX, controlY, radius+11)
	return arrow{
		Path: fmt.Sprintf("M%.1f,%.1f Q%.1f,%.1f %.1f,%.1f", x1, y1, controlX, controlY, x2, y2), Head: headPoints(tipX, tipY, x2, y2),
		Class: edgeClass(e.Kind), Title: e.Text, curve: curve{{x1, y1}, {controlX, controlY}, {x2, y2}},
	}
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
