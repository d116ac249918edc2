package reports

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/checker/noise"
	"github.com/isocheck/isocheck/history"
)

// choiceName says which cell it is: "atomic at read committed". A strategy that has a level of its own needs no more than its name.
func choiceName(t *advice.Table, c advice.Choice) string {
	for _, s := range t.Strategies {
		if s.Name == c.Strategy && s.Level != "" {
			return c.Strategy
		}
	}
	return c.Strategy + " at " + levelName(c.Level)
}

// recommendation says what is recommended, and why.
func recommendation(t *advice.Table) string {
	r := t.Recommended
	if r == nil {
		return noRecommendation(t)
	}
	c := t.Cell(r.Strategy, r.Level)
	text := "Use " + choiceName(t, r.Choice) + ": " + rateText(c.Throughput.Median) + ", p99 " + duration(int64(c.P99.Median)) +
		", not seen to fail in " + counted(c.Transactions, "transaction") + ". "
	switch {
	case r.Candidates == 1 && r.Safe == 1:
		text += "All others were seen to fail, or too little was tried."
	case r.Candidates == 1:
		text += "No other choice comes into question."
	case r.Fastest != nil:
		best := t.Cell(r.Fastest.Strategy, r.Fastest.Level)
		text += "The fastest of " + number(r.Candidates) + " such choices, " + choiceName(t, *r.Fastest) + " with " + rateText(best.Throughput.Median) +
			", is equal within the noise and not as simple."
	case len(r.Equal) > 0:
		text += "It is the fastest of " + number(r.Candidates) + " such choices, and " + counted(len(r.Equal), "other") + agree(len(r.Equal), " is", " are") + " equal within the noise."
	default:
		text += "It is the fastest of " + number(r.Candidates) + " such choices."
	}
	return text
}

// agree returns the form of a word that goes with so many.
func agree(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// noRecommendation says why nothing is recommended.
func noRecommendation(t *advice.Table) string {
	unsafe, open := 0, 0
	for _, c := range t.Cells {
		switch c.Verdict {
		case advice.Unsafe:
			unsafe++
		case advice.Inconclusive:
			open++
		}
	}
	switch {
	case open > 0 && unsafe > 0:
		return "Nothing can be recommended: " + counted(unsafe, "choice") + agree(unsafe, " was", " were") + " seen to fail, and of the others too little was tried."
	case open > 0:
		return "Nothing can be recommended: too little was tried."
	case unsafe > 0:
		return "Nothing can be recommended: every choice was seen to fail."
	}
	return "Nothing was run."
}

// adviceNotes says what else one should know before choosing.
func adviceNotes(t *advice.Table) []string {
	var notes []string
	if r := t.Recommended; r != nil {
		if c := t.Cell(r.Strategy, r.Level); len(c.Bearable) > 0 {
			notes = append(notes, capital(problemNames(c.Bearable))+" "+agree(len(c.Bearable), "was", "were")+" seen with the recommended choice, and broke nothing here.")
		}
		if r.Few {
			notes = append(notes, "There are too few repeats to tell every difference from noise: 4 are the least.")
		}
		if c := uncommitted(t); c != nil && r.Level != history.ReadUncommitted {
			notes = append(notes, "Read uncommitted does not come into question, because it shows what may be rolled back; "+
				c.Strategy+" was not seen to fail there either, with "+rateText(c.Throughput.Median)+".")
		}
	}
	if len(t.SlowCalls) > 0 {
		notes = append(notes, slowSentence(t.SlowCalls))
	}
	return notes
}

// uncommitted returns the fastest cell at read uncommitted that nothing speaks against but its level, nil if there is none.
func uncommitted(t *advice.Table) *advice.Cell {
	var fastest *advice.Cell
	for i := range t.Cells {
		c := &t.Cells[i]
		if c.Level == history.ReadUncommitted && c.Verdict == advice.Safe && butOf(t, c) == "" && (fastest == nil || c.Throughput.Median > fastest.Throughput.Median) {
			fastest = c
		}
	}
	return fastest
}

// slowSentence says what a slow call inside the transaction costs at each level.
func slowSentence(calls []advice.SlowCall) string {
	texts := make([]string, len(calls))
	for i, s := range calls {
		texts[i] = "at " + levelName(s.Level) + " " + signed(s.Change) + " throughput"
		if !s.Differs {
			texts[i] = "at " + levelName(s.Level) + " no difference outside the noise"
		}
		texts[i] += " (" + rateText(s.Inside) + " against " + rateText(s.Outside) + ")"
	}
	return "A slow call inside the transaction instead of before it: " + strings.Join(texts, ", ") + "."
}

func signed(part float64) string {
	if part > 0 {
		return "+" + percent(part)
	}
	return "−" + percent(-part)
}

// butOf says what speaks against a cell that was not seen to fail, "" if nothing does.
func butOf(t *advice.Table, c *advice.Cell) string {
	var parts []string
	if len(c.Unguarded) > 0 {
		parts = append(parts, "does not guard “"+strings.Join(c.Unguarded, "”, “")+"”")
	}
	if p := c.LostUpdates(); p != nil {
		parts = append(parts, problemText(*p, c.Repeats)+", which broke no invariant here")
	}
	if c.Failed > mostUndone {
		parts = append(parts, "leaves "+percent(c.Failed/(1+c.Failed))+" of the work undone, "+whyUndone(t, c.Strategy))
	}
	if len(c.Violations) > 0 {
		parts = append(parts, "shows what the level rules out: "+strings.Join(c.Violations, "; "))
	}
	return strings.Join(parts, "; ")
}

// otherBearable are the anomalies that broke nothing, without the one that butOf tells of.
func otherBearable(c *advice.Cell) []advice.Problem {
	told := c.LostUpdates()
	var rest []advice.Problem
	for i := range c.Bearable {
		if &c.Bearable[i] != told {
			rest = append(rest, c.Bearable[i])
		}
	}
	return rest
}

// whyUndone says why a strategy leaves work undone.
func whyUndone(t *advice.Table, strategy string) string {
	for _, s := range t.Strategies {
		if s.Name == strategy && s.Retries {
			return "refused however often it was tried"
		}
	}
	return "refused and not tried again"
}

// mostUndone is how much of the work a committed transaction may leave undone before that is worth a word.
const mostUndone = 0.01

// problemWord names what matters most of a cell's problems, shortly.
func problemWord(c *advice.Cell) string {
	if len(c.Problems) == 0 {
		return ""
	}
	return shortName(c.Problems[0].Name)
}

func problemNames(problems []advice.Problem) string {
	names := make([]string, len(problems))
	for i, p := range problems {
		names[i] = shortName(p.Name)
	}
	return list(names)
}

// problemText says what was found and how often.
func problemText(p advice.Problem, repeats int) string {
	if p.Anomaly == "" {
		return "“" + p.Name + "” broken in " + number(p.Repeats) + " of " + counted(repeats, "repeat")
	}
	return shortName(p.Name) + " " + found(p.Count, p.AtLeast) + agree(p.Count, " time", " times")
}

// cellProblems says all that made a cell unsafe.
func cellProblems(c *advice.Cell) string {
	texts := make([]string, len(c.Problems))
	for i, p := range c.Problems {
		texts[i] = problemText(p, c.Repeats)
	}
	return strings.Join(texts, ", ")
}

// adviceSymbol stands for what came of a cell, so that it does not rest on colour.
func adviceSymbol(t *advice.Table, c *advice.Cell) string {
	switch c.Verdict {
	case advice.Safe:
		switch {
		case isRecommended(t, c):
			return "★"
		case butOf(t, c) != "":
			return "▲"
		}
		return "✓"
	case advice.Unsafe:
		return "✗"
	case advice.Inconclusive:
		return "?"
	case advice.Missing:
		return "–"
	}
	return "·"
}

func isRecommended(t *advice.Table, c *advice.Cell) bool {
	return t.Recommended != nil && t.Recommended.Choice == advice.Choice{Strategy: c.Strategy, Level: c.Level}
}

// isEqual reports whether a cell is as fast as the recommended one, within the noise.
func isEqual(t *advice.Table, c *advice.Cell) bool {
	return t.Recommended != nil && slices.Contains(t.Recommended.Equal, advice.Choice{Strategy: c.Strategy, Level: c.Level})
}

// spreadText says how far measurements reach from their median: "±4 %".
func spreadText(v noise.Value) string {
	if len(v.Samples) < 2 || v.Median == 0 {
		return ""
	}
	low, high := v.Range()
	return "±" + percent(math.Max(high/v.Median-1, 1-low/v.Median))
}

// perCommit writes how many of something there are for each committed transaction.
func perCommit(f float64) string {
	if f > 0 && f < 0.005 {
		return "<0.01"
	}
	return significant(f)
}

// wordOf says what came of a cell; how far the repeats reach only where there is room for it.
func wordOf(t *advice.Table, c *advice.Cell, room int) string {
	switch c.Verdict {
	case advice.Safe:
		text := rateText(c.Throughput.Median)
		if isEqual(t, c) {
			return text + " ~"
		}
		if spread := text + " " + spreadText(c.Throughput); utf8.RuneCountInString(spread) <= room {
			return strings.TrimSpace(spread)
		}
		return text
	case advice.Unsafe:
		if word := problemWord(c); utf8.RuneCountInString(word) <= room {
			return word
		}
		return "unsafe"
	case advice.Inconclusive:
		return "inconclusive"
	case advice.Missing:
		return "not there"
	}
	return ""
}

// adviceLegend says how to read the tables.
const adviceLegend = "★ recommended · ✓ not seen to fail: committed transactions a second, median of the repeats and how far they reach (no proof) · " +
	"~ as fast as ★ within the noise (Mann-Whitney U test, p ≥ 0.05) · ▲ not seen to fail, but see below · ✗ seen to fail · ? inconclusive · – not there · " +
	"· not run at this level"

// atOwnLevel reports whether the strategy of a table runs at a level of its own.
func atOwnLevel(t *advice.Table, strategy string) history.Level {
	for _, s := range t.Strategies {
		if s.Name == strategy {
			return s.Level
		}
	}
	return ""
}
