package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// JSON writes the comparison as compare.json. Its schema is schema/compare.schema.json.
func (d *ComparisonDocument) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(d); err != nil {
		return fmt.Errorf("writing the comparison as JSON: %w", err)
	}
	return nil
}

// name is the measure as people say it.
func (m Measure) name() string {
	switch m {
	case LatencyP50:
		return "median latency"
	case LatencyP99:
		return "p99 latency"
	}
	return string(m)
}

// text writes a measurement with its unit.
func (m Measure) text(value float64) string {
	if m == Throughput {
		return rateText(value)
	}
	return duration(int64(value))
}

// valueText writes the median with the interval's half, the greater one: "1,203/s ±4 %". Where
// there are too few measurements for an interval it says so: "±∞".
func (m Measure) valueText(v PerformanceValue) string {
	if len(v.Samples) == 0 {
		return "–"
	}
	return m.text(v.Median) + " " + v.spread()
}

func (v PerformanceValue) spread() string {
	if v.Low == nil || v.High == nil || v.Median == 0 {
		return "±∞"
	}
	part := math.Max(*v.High/v.Median-1, 1-*v.Low/v.Median)
	return "±" + percent(part)
}

// percent writes a part in percent: 4 %, 0.3 %.
func percent(part float64) string { return significant(100*part) + " %" }

// changeText writes how much a value differs from the first subject's: "-12 %", or
// "~" where that is noise. It is empty where there is nothing to compare.
func changeText(v PerformanceValue) string {
	switch {
	case v.Change == nil:
		return ""
	case !v.Differs:
		return "~"
	case *v.Change >= 0:
		return "+" + percent(*v.Change)
	}
	return percent(*v.Change)
}

// pText writes the probability that there is no difference, and from how many measurements that is known.
func pText(v PerformanceValue) string {
	if v.P == nil {
		return ""
	}
	text := "p=" + strconv.FormatFloat(*v.P, 'f', 3, 64)
	if *v.P < 0.0005 {
		text = "p<0.001"
	}
	return text + ", n=" + number(len(v.Samples))
}

// cellWord is what became of an anomaly, as symbol, word and count.
func (c AnomalyCell) cellWord() string {
	if c.State == "" {
		return "not run"
	}
	return cell{State: c.State}.Symbol() + " " + cell{State: c.State, Count: c.Count, AtLeast: c.AtLeast}.Word()
}

// whole is the row's name on one line.
func (r AnomalyRow) whole() string {
	return row{Name: r.Name, Order: r.Order}.whole()
}

// Sentence says what the comparison comes to, and where something was not run on all, what it rests on.
func (d *ComparisonDocument) Sentence() string {
	alone := d.Uncompared()
	var compared []int
	for i := range d.Subjects {
		if !slices.Contains(alone, i) {
			compared = append(compared, i)
		}
	}
	if len(compared) == 0 {
		return d.nothingInCommon()
	}
	sentence := d.outcome(d.labelsOf(compared), d.scope(compared))
	if len(alone) > 0 {
		sentence += " Nothing in common with another was run on " + d.labelsOf(alone) + ": not compared."
	}
	return sentence
}

// outcome says what those came to that were compared.
func (d *ComparisonDocument) outcome(who, scope string) string {
	certain := 0
	for _, x := range d.Differences {
		if !x.Chance {
			certain++
		}
	}
	only := ""
	if scope != "" {
		only = " Compared is only " + scope + "."
	}
	switch {
	case len(d.Differences) == 0 && scope == "":
		return who + " showed the same kinds of anomalies at every level."
	case len(d.Differences) == 0:
		return who + " showed the same kinds of anomalies in " + scope + "."
	case certain == 0:
		return who + " showed no difference that could not be chance." + only
	}
	return who + " differ in " + counted(certain, "point") + chances(len(d.Differences)-certain) + "." + only
}

// nothingInCommon says what was run instead.
func (d *ComparisonDocument) nothingInCommon() string {
	all := d.grounds()
	var each []string
	for i, s := range d.Subjects {
		own := groundsText(slices.DeleteFunc(slices.Clone(all), func(g ground) bool { return !slices.Contains(g.on, i) }), all)
		if own == "" {
			own = "nothing"
		}
		each = append(each, s.Label+" ran "+own)
	}
	if len(each) == 0 {
		return "Nothing was compared."
	}
	return "Nothing in common was run, so nothing was compared: " + strings.Join(each, "; ") + "."
}

func (d *ComparisonDocument) labelsOf(subjects []int) string {
	labels := make([]string, len(subjects))
	for i, n := range subjects {
		labels[i] = d.Subjects[n].Label
	}
	return list(labels)
}

func chances(n int) string {
	if n == 0 {
		return ""
	}
	return ", and in " + number(n) + " more that may be chance"
}

// few says what too few rounds keep the comparison from saying, "" where they do not.
func (d *ComparisonDocument) few() string {
	open, untold := false, false
	for _, row := range d.Performance {
		for _, v := range row.Cells {
			open = open || len(v.Samples) > 0 && v.Low == nil
			untold = untold || v.Few
		}
	}
	var parts []string
	if untold {
		parts = append(parts, "there are too few rounds for any difference to be outside the noise: 4 on each side are the least")
	}
	if open {
		parts = append(parts, "an interval of 95 % takes 6 rounds")
	}
	return asSentence(strings.Join(parts, "; "))
}

// performanceLegend says how to read the table of throughput and latency.
const performanceLegend = "Median over the rounds and how far its 95 % interval reaches (order statistics); then the change from the first, " +
	"~ where it is within the noise (Mann-Whitney U test, p ≥ 0.05)."
