package workloads

import (
	"fmt"
	"strings"
)

// Find returns the workload of that name. Its error lists the known names, and
// the nearest one where the name looks misspelt.
func Find(name string) (Workload, error) {
	all := All()
	names := make([]string, len(all))
	for i, w := range all {
		if w.Name == name {
			return w, nil
		}
		names[i] = w.Name
	}
	return Workload{}, unknown("workload", name, names)
}

// unknown says that there is nothing of that kind with the name, and what there is.
func unknown(kind, name string, known []string) error {
	if near := nearest(name, known); near != "" {
		return fmt.Errorf("unknown %s %q: did you mean %s? Known are %s", kind, name, near, strings.Join(known, ", "))
	}
	return fmt.Errorf("unknown %s %q; known are %s", kind, name, strings.Join(known, ", "))
}

// nearest returns the known name that is the fewest edits away, "" when even
// that one is so far away that nobody can have meant it.
func nearest(name string, known []string) string {
	best, least := "", 1+max(2, len(name)/3)
	for _, k := range known {
		if d := edits(strings.ToLower(name), k); d < least {
			best, least = k, d
		}
	}
	return best
}

// edits is the Levenshtein distance: how many bytes must be inserted, deleted or
// replaced to make b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1) // distances from a[:i] to every b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
