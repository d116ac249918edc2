package reports

import (
	"fmt"
	"html/template"
	"image/color"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// addFaults shades stretches, all by one path, and marks moments by lines from bottom to top.
func (c chart) addFaults(p *plot.Plot) error {
	var boxes []plotter.XYer
	for _, s := range c.Faults {
		left, right := max(s.From, p.X.Min), min(max(s.To, s.From+c.Seconds/200), p.X.Max)
		boxes = append(boxes, plotter.XYs{{X: left, Y: p.Y.Min}, {X: right, Y: p.Y.Min}, {X: right, Y: p.Y.Max}, {X: left, Y: p.Y.Max}})
	}
	if len(boxes) > 0 {
		shade, err := plotter.NewPolygon(boxes...)
		if err != nil {
			return err
		}
		shade.Color, shade.Width = inkFault, 0
		p.Add(shade)
	}
	for _, s := range c.Events {
		p.Add(&plotter.Line{
			XYs:       plotter.XYs{{X: s.From, Y: p.Y.Min}, {X: s.From, Y: p.Y.Max}},
			LineStyle: draw.LineStyle{Color: inkEvent, Width: 1, Dashes: []vg.Length{3, 3}},
		})
	}
	return nil
}

var (
	svgStart  = regexp.MustCompile(`(?s)^.*?<svg[^>]*>`)
	svgFamily = regexp.MustCompile(`font-(family|variant|weight|style|size):[^;"]*;?`)
	svgSpace  = regexp.MustCompile(`\s*\n\s*`)
	svgDigits = regexp.MustCompile(`-?\d+\.\d\d+`)
	svgEmpty  = regexp.MustCompile(` style=""`)
)

// styled makes the plot's SVG fit for the page: no size and no font of its
// own, colours by CSS variables, coordinates of a tenth of a pixel, and a name
// for those who do not see it.
func styled(svg, name string) template.HTML { return styledAs(svg, name, chartWidth, chartHeight) }

// styledAs is styled for a plot of another size.
func styledAs(svg, name string, width, height int) template.HTML {
	svg = svgStart.ReplaceAllString(svg, "")
	svg = svgFamily.ReplaceAllString(svg, "")
	svg = svgSpace.ReplaceAllString(svg, " ")
	svg = svgDigits.ReplaceAllStringFunc(svg, tenth)
	pairs := []string{
		"fill:" + hex(inkText), "", hex(inkGrid), "var(--line)", hex(inkEvent), "var(--violation)", hex(inkFault), "var(--fault)",
	}
	for n := 1; n <= seriesColors; n++ {
		pairs = append(pairs, hex(seriesInk(n)), fmt.Sprintf("var(--series-%d)", n))
	}
	svg = strings.NewReplacer(pairs...).Replace(svg)
	svg = svgEmpty.ReplaceAllString(svg, "")
	head := fmt.Sprintf(`<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, width, height, template.HTMLEscapeString(name))
	return template.HTML(head + svg)
}

// tenth rounds a number that is written out.
func tenth(digits string) string {
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return digits
	}
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }
