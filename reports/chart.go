package reports

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// chart is one plot over the time of a run: few points, whatever the run's size.
type chart struct {
	Title string
	// Note says how to read it, or what it comes to.
	Note   string
	Series []series
	// Bars stacks the series as bars instead of drawing lines.
	Bars bool
	// Steps draws lines that keep their value until the next point.
	Steps bool
	// Seconds is how long the run took: the end of the time axis.
	Seconds float64
	// Least is the least value of the value axis. It is 0 for what counts
	// from nothing; where Free is set the axis follows the values instead.
	Free bool
	// Format writes a value at its tick; number by default.
	Format func(float64) string
	// Log makes the value axis logarithmic, for values over 0 of all sizes.
	Log bool
	// Events are moments to mark, and Faults stretches to shade.
	Events []span
	Faults []span
}

// series is one line, or one colour of the bars.
type series struct {
	Name  string
	Note  string // after the name in the legend, such as the total
	Color int    // which of the page's series colours, from 1
	// Points are in the order of time. Where a line's value is not a number there is none: the line has a gap.
	Points plotter.XYs
}

// The charts' size in SVG units. The page scales them to the room there is.
const (
	chartWidth  = 440
	chartHeight = 190
	chartFont   = 10.5
)

// The colours of the plots. Each stands for a CSS variable of the page, which
// has it for light and for dark: styled puts the variable in its place.
var (
	inkText   = color.RGBA{1, 2, 201, 255}
	inkGrid   = color.RGBA{1, 2, 202, 255}
	inkEvent  = color.RGBA{1, 2, 203, 255}
	inkFault  = color.RGBA{1, 2, 204, 255}
	inkSeries = color.RGBA{1, 2, 100, 255} // and as many more as there are colours
)

// seriesColors is how many series colours the page has.
const seriesColors = 8

func seriesInk(n int) color.RGBA {
	ink := inkSeries
	ink.B += uint8((max(n, 1) - 1) % seriesColors)
	return ink
}

// svg draws the chart.
func (c chart) svg() (template.HTML, error) {
	p := plot.New()
	c.axes(p)
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal = draw.LineStyle{Color: inkGrid, Width: 0.7}
	p.Add(grid)
	var err error
	if c.Bars {
		err = c.addBars(p)
	} else {
		err = c.addLines(p)
	}
	if err != nil {
		return "", fmt.Errorf("drawing the chart %q: %w", c.Title, err)
	}
	c.scale(p)
	if err := c.addFaults(p); err != nil {
		return "", fmt.Errorf("drawing the chart %q: %w", c.Title, err)
	}
	canvas := vgsvg.New(chartWidth, chartHeight)
	p.Draw(draw.Crop(draw.New(canvas), 2, -10, 2, -4))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return "", fmt.Errorf("drawing the chart %q: %w", c.Title, err)
	}
	return styled(out.String(), c.name()), nil
}

// name says what the chart shows to those who do not see it: its title, and what
// stands beside each line in the legend.
func (c chart) name() string {
	var parts []string
	for _, s := range c.Series {
		parts = append(parts, strings.TrimSpace(s.Name+" "+s.Note))
	}
	return c.Title + " over time: " + list(parts)
}

func (c chart) axes(p *plot.Plot) {
	p.BackgroundColor = nil
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		for _, style := range []*draw.TextStyle{&axis.Tick.Label, &axis.Label.TextStyle} {
			style.Font.Variant = "Sans"
			style.Font.Size = chartFont
			style.Color = inkText
		}
		axis.LineStyle = draw.LineStyle{Color: inkGrid, Width: 0.7}
		axis.Tick.LineStyle = draw.LineStyle{Color: inkGrid, Width: 0}
		axis.Tick.Length = 3
		axis.Padding = 4
	}
	p.Y.Width = 0
	p.X.Tick.Marker = ticks{format: func(v float64) string { return significant(v) + " s" }, most: 7}
	format := c.Format
	if format == nil {
		format = func(v float64) string { return number(int64(v)) }
	}
	p.Y.Tick.Marker = ticks{format: format, most: 5, whole: c.Format == nil}
	if c.Log {
		p.Y.Tick.Marker = decades{format: format}
	}
}

// scale sets the ranges of the axes, when everything has been added.
func (c chart) scale(p *plot.Plot) {
	p.X.Min, p.X.Max = 0, max(c.Seconds, 0.001)
	if c.Log && p.Y.Min > 0 && !math.IsInf(p.Y.Max, 0) {
		p.Y.Scale = plot.LogScale{}
		p.Y.Min, p.Y.Max = p.Y.Min/1.2, p.Y.Max*1.2
		return
	}
	if !c.Free {
		p.Y.Min = 0
		p.Y.Max *= 1.06
	}
	if p.Y.Max-p.Y.Min < 1e-9 {
		p.Y.Max = p.Y.Min + 1
	}
}

func (c chart) addLines(p *plot.Plot) error {
	for i := len(c.Series) - 1; i >= 0; i-- { // the first on top
		s := c.Series[i]
		for _, piece := range c.pieces(s.Points) {
			line, err := plotter.NewLine(piece)
			if err != nil {
				return err
			}
			line.LineStyle = draw.LineStyle{Color: seriesInk(s.Color), Width: 1.6}
			if c.Steps {
				line.StepStyle = plotter.PostStep
			}
			p.Add(line)
		}
	}
	return nil
}

// pieces cuts a line at its gaps. A point between two gaps becomes a dash, which can be seen.
func (c chart) pieces(points plotter.XYs) []plotter.XYs {
	var all []plotter.XYs
	from := 0
	for to := 0; to <= len(points); to++ {
		if to < len(points) && !math.IsNaN(points[to].Y) {
			continue
		}
		switch piece := points[from:to]; {
		case len(piece) == 1 && len(points) > 1:
			half := c.Seconds / float64(len(points)) * 0.42
			all = append(all, plotter.XYs{{X: piece[0].X - half, Y: piece[0].Y}, {X: piece[0].X + half, Y: piece[0].Y}})
		case len(piece) > 0:
			all = append(all, piece)
		}
		from = to + 1
	}
	return all
}

// addBars stacks the series; all of them have the same bins. The bars of one
// series are one path, which keeps the page small.
func (c chart) addBars(p *plot.Plot) error {
	var below plotter.XYs
	for _, s := range c.Series {
		if below == nil {
			below = make(plotter.XYs, len(s.Points))
		}
		half := c.Seconds / float64(max(len(s.Points), 1)) * 0.42
		var boxes []plotter.XYer
		for i, point := range s.Points {
			if point.Y == 0 {
				continue
			}
			left, right, base := point.X-half, point.X+half, below[i].Y
			below[i].Y += point.Y
			boxes = append(boxes, plotter.XYs{{X: left, Y: base}, {X: right, Y: base}, {X: right, Y: below[i].Y}, {X: left, Y: below[i].Y}})
		}
		if len(boxes) == 0 {
			continue
		}
		bars, err := plotter.NewPolygon(boxes...)
		if err != nil {
			return err
		}
		bars.Color = seriesInk(s.Color)
		bars.Width = 0
		p.Add(bars)
	}
	return nil
}
