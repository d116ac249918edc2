package serve

import (
	"slices"
	"strconv"
	"strings"
)

// The field in which a line is drawn, in SVG units.
const (
	lineWidth  = 100.0
	lineHeight = 24.0
)

// polyline draws values from left to right, 0 at the bottom and the greatest at the top.
func polyline(values []float64) string {
	most := max(slices.Max(values), 1e-9)
	var b strings.Builder
	for i, v := range values {
		x := lineWidth * float64(i) / float64(max(len(values)-1, 1))
		y := lineHeight - 1 - (lineHeight-2)*v/most
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatFloat(x, 'f', 1, 64) + "," + strconv.FormatFloat(y, 'f', 1, 64))
	}
	return b.String()
}
