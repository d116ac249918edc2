package main

import (
	"fmt"
	"strings"
)

// unknown returns the usage error for a name that is not among the known ones:
// it lists them, and the nearest where one is near enough to be a slip.
func unknown(what, name string, known []string) error {
	list := plural(what) + " are " + strings.Join(known, ", ")
	if near := nearest(name, known); near != "" {
		return usagef("unknown %s %q; did you mean %s? Known %s", what, name, near, list)
	}
	return usagef("unknown %s %q; known %s", what, name, list)
}

// plural is a noun's, or that of the first of nouns such as rule of serializable.
func plural(noun string) string {
	if of, rest, ok := strings.Cut(noun, " of "); ok {
		return plural(of) + " of " + rest
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && stem != "" && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) {
		return stem + "ies"
	}
	return noun + "s"
}

// numbered writes a number and its noun, as a plural where there is not one of it.
func numbered(n int, noun string) string {
	if n != 1 {
		noun = plural(noun)
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// nearest returns the candidate that takes the fewest edits to get to from name,
// "" where even that takes too many to be a slip of the fingers.
func nearest(name string, candidates []string) string {
	name = strings.ToLower(name)
	best, fewest := "", 0
	for _, c := range candidates {
		lower := strings.ToLower(c)
		d := distance(name, lower)
		if strings.HasPrefix(lower, name) && len(name) > 1 {
			d = 1
		}
		if d <= limit(name) && (best == "" || d < fewest) {
			best, fewest = c, d
		}
	}
	return best
}

// limit is how many edits are taken for a slip in a name: a third of it, for with more
// almost any short word is near to another.
func limit(name string) int { return max(1, len(name)/3) }

// distance is the number of insertions, deletions, replacements and swaps of
// neighbours that make one text of the other (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
