package checker

import (
	"slices"
	"strings"
	"testing"
)

func TestAnomaliesOf(t *testing.T) {
	for name, want := range map[string]string{
		"lost-update":                "lost-update",
		"Lost-Update":                "lost-update",
		"g0":                         "dirty-write",
		"G1":                         "dirty-read intermediate-read circular-flow",
		"G1a":                        "dirty-read",
		"G-single":                   "cursor-lost-update lost-update non-repeatable-read phantom read-skew",
		"g-NONADJACENT":              "long-fork",
		"G2-item":                    "write-skew",
		"G2":                         "write-skew predicate-write-skew",
		"P4":                         "cursor-lost-update lost-update",
		"A5B":                        "write-skew",
		"G-single-session":           "read-skew-session",
		"G2-real-time":               "write-skew-real-time predicate-write-skew-real-time",
		"write-skew-real-time":       "write-skew-real-time",
		"G-singel":                   "",
		"G1a-session":                "", // no circle
		"—":                          "",
		"":                           "",
		"lost-update-session":        "",
		"G-nonadjacent-session-more": "",
	} {
		var got []string
		for _, id := range AnomaliesOf(name) {
			got = append(got, string(id))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// Every class that a report shows is one that can be named, and stands for the anomaly that has it.
func TestClassesOfReportsCanBeNamed(t *testing.T) {
	for _, id := range AnomalyIDs() {
		class := define(id).class
		if strings.HasPrefix(class, "—") {
			continue
		}
		if !slices.Contains(AnomaliesOf(class), id) {
			t.Errorf("%s has the class %s, which stands for %v", id, class, AnomaliesOf(class))
		}
	}
}
