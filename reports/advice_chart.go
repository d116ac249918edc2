package reports

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/history"
)

// adviceChart is the throughput of all strategies of a workload at one level: a row for each,
// with its median and how far the repeats reach. All levels of a workload have the same scale.
type adviceChart struct {
	Level history.Level
	Rows  []adviceMark
	Most  float64 // the end of the scale
}

// adviceMark is one row.
type adviceMark struct {
	Name              string
	Median, Low, High float64
	Verdict           advice.Verdict
	Recommended       bool
	// Text stands beside the mark where it is not simply safe.
	Text string
}

// adviceCharts returns a chart for each level at which something was run.
func adviceCharts(t *advice.Table) []adviceChart {
	var charts []adviceChart
	most := 0.0
	for _, level := range t.Levels {
		chart := adviceChart{Level: level}
		for _, s := range t.Strategies {
			c := t.Cell(s.Name, level)
			if c.Repeats == 0 {
				continue
			}
			low, high := c.Throughput.Range()
			most = max(most, high, c.Throughput.Samples[len(c.Throughput.Samples)-1])
			m := adviceMark{Name: s.Name, Median: c.Throughput.Median, Low: low, High: high, Verdict: c.Verdict, Recommended: isRecommended(t, c)}
			switch {
			case c.Verdict == advice.Unsafe:
				m.Text = "unsafe: " + problemWord(c)
			case c.Verdict == advice.Inconclusive:
				m.Text = "inconclusive"
			case m.Recommended:
				m.Text = "recommended"
			case butOf(t, c) != "":
				m.Text = "▲ see the table"
			}
			chart.Rows = append(chart.Rows, m)
		}
		if len(chart.Rows) > 0 {
			charts = append(charts, chart)
		}
	}
	for i := range charts {
		charts[i].Most = most
	}
	return charts
}

// The size of a row, and of what is around the rows, in SVG units.
const (
	adviceRow  = 17
	adviceRest = 34
)

// radius is that of a mark.
const radius = 4

// height is that of the chart in SVG units.
func (c adviceChart) height() int { return adviceRow*len(c.Rows) + adviceRest }

// svg draws the chart.
func (c adviceChart) svg() (template.HTML, error) {
	p := plot.New()
	chart{}.axes(p)
	p.X.Tick.Marker = ticks{format: significantRate, most: 5}
	p.X.Min, p.X.Max = 0, max(c.Most*1.5, 1) // with room for texts
	p.Y.Min, p.Y.Max = -0.5, float64(len(c.Rows))-0.5
	var marks plot.ConstantTicks
	for i, r := range c.Rows {
		marks = append(marks, plot.Tick{Value: c.place(i), Label: r.Name})
	}
	p.Y.Tick.Marker = marks
	p.Add(c)
	canvas := vgsvg.New(chartWidth, vg.Length(c.height()))
	p.Draw(draw.Crop(draw.New(canvas), 2, -10, 2, -4))
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return "", fmt.Errorf("drawing the throughput at %s: %w", c.Level, err)
	}
	return styledAs(out.String(), c.name(), chartWidth, c.height()), nil
}

// significantRate writes a rate at a tick.
func significantRate(v float64) string {
	if v == 0 {
		return "0"
	}
	return rateText(v)
}

// place is where a row is on the axis: the first on top.
func (c adviceChart) place(row int) float64 { return float64(len(c.Rows) - 1 - row) }

// name says what the chart shows to those who do not see it.
func (c adviceChart) name() string {
	parts := make([]string, len(c.Rows))
	for i, r := range c.Rows {
		parts[i] = r.Name + " " + rateText(r.Median)
		if r.Text != "" {
			parts[i] += " (" + r.Text + ")"
		}
	}
	return "Throughput at " + levelName(c.Level) + ": " + list(parts)
}

// Plot implements plot.Plotter: rails, intervals, marks and texts.
func (c adviceChart) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	for i, r := range c.Rows {
		at := y(c.place(i))
		rail := draw.LineStyle{Color: inkGrid, Width: 0.6}
		canvas.StrokeLine2(rail, canvas.Min.X, at, canvas.Max.X, at)
		ink := c.ink(r)
		reach := draw.LineStyle{Color: ink, Width: 1.4}
		canvas.StrokeLine2(reach, x(r.Low), at, x(r.High), at)
		median := x(r.Median)
		if r.Verdict == advice.Unsafe {
			cross := draw.LineStyle{Color: ink, Width: 2.4}
			canvas.StrokeLine2(cross, median-radius, at-radius, median+radius, at+radius)
			canvas.StrokeLine2(cross, median-radius, at+radius, median+radius, at-radius)
		} else {
			canvas.DrawGlyph(draw.GlyphStyle{Color: ink, Radius: radius, Shape: shapeOf(r)}, vg.Point{X: median, Y: at})
		}
		c.write(canvas, min(x(r.Low), median-radius), max(x(r.High), median+radius), at, r.Text)
	}
}

// write puts a text beside a mark: behind it, or where there is no room before it.
func (c adviceChart) write(canvas draw.Canvas, low, high, at vg.Length, text string) {
	if text == "" {
		return
	}
	style := plot.New().X.Tick.Label
	style.Font.Variant, style.Font.Size, style.Color, style.YAlign = "Sans", chartFont, inkText, draw.YCenter
	place := high + 4
	style.XAlign = draw.XLeft
	if place+style.Width(text) > canvas.Max.X {
		place, style.XAlign = low-4-style.Width(text)/8, draw.XRight // the page's font may be wider
	}
	canvas.FillText(style, vg.Point{X: place, Y: at}, text)
}

// ink is a mark's colour; its shape and text say the same.
func (c adviceChart) ink(r adviceMark) color.RGBA {
	switch {
	case r.Verdict == advice.Unsafe:
		return inkEvent
	case r.Verdict != advice.Safe:
		return seriesInk(8)
	case r.Recommended:
		return seriesInk(4)
	}
	return seriesInk(1)
}

func shapeOf(r adviceMark) draw.GlyphDrawer {
	switch {
	case r.Verdict != advice.Safe:
		return draw.RingGlyph{}
	case r.Recommended:
		return star{}
	}
	return draw.CircleGlyph{}
}

// star is the mark of what is recommended, as in the tables.
type star struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (star) DrawGlyph(canvas *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	const points = 5
	var path vg.Path
	for i := range 2 * points {
		reach := 1.6 * style.Radius
		if i%2 == 1 {
			reach *= 0.45
		}
		sin, cos := math.Sincos(float64(i) * math.Pi / points)
		corner := vg.Point{X: at.X + reach*vg.Length(sin), Y: at.Y + reach*vg.Length(cos)}
		if i == 0 {
			path.Move(corner)
		} else {
			path.Line(corner)
		}
	}
	path.Close()
	canvas.SetColor(style.Color)
	canvas.Fill(path)
}
