package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// servers returns the different servers of the runs, in order of appearance.
func servers(runs []Run) []string {
	return distinct(runs, func(f *checker.Findings) string { return serverName(&f.Header) })
}

// levelsOf returns the different levels of the runs, weakest first.
func levelsOf(runs []Run) []string {
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(a, b Run) int {
		return slices.Index(history.Levels(), a.Findings.Header.Level) - slices.Index(history.Levels(), b.Findings.Header.Level)
	})
	return distinct(sorted, func(f *checker.Findings) string { return levelName(f.Header.Level) })
}

func allDocumented(runs []Run) bool {
	for _, run := range runs {
		if !documented(run.Findings) {
			return false
		}
	}
	return true
}

func countVerdict(runs []Run, v checker.Verdict) int {
	n := 0
	for _, run := range runs {
		if run.Findings.Verdict == v {
			n++
		}
	}
	return n
}

// distinct returns the different words that the runs give, in order of appearance.
func distinct(runs []Run, word func(*checker.Findings) string) []string {
	var words []string
	for _, run := range runs {
		words = appendNew(words, word(run.Findings))
	}
	return words
}

func appendNew(words []string, word string) []string {
	for _, w := range words {
		if strings.EqualFold(w, word) {
			return words
		}
	}
	return append(words, word)
}

// verdictWord is the verdict in one or two words.
func verdictWord(v checker.Verdict) string {
	switch v {
	case checker.Kept:
		return "as expected"
	case checker.Violated:
		return "violation"
	}
	return "inconclusive"
}

// verdictSymbol stands before the verdict, so that it does not rest on colour.
func verdictSymbol(v checker.Verdict) string {
	switch v {
	case checker.Kept:
		return "✓"
	case checker.Violated:
		return "✗"
	}
	return "?"
}
