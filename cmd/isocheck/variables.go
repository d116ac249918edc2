package main

import (
	"fmt"
	"slices"
	"strings"
)

// othersVariables begin the names of variables that look like isocheck's and are not settings of it: those
// of its own tests and of its action, and those by which Kubernetes tells of a service of this name.
func othersVariables() []string {
	return []string{"ISOCHECK_TEST_", "ISOCHECK_SOAK", "ISOCHECK_BENCH_", "ISOCHECK_SCREENSHOT", "ISOCHECK_INSTALL", "ISOCHECK_SERVICE_", "ISOCHECK_PORT"}
}

// sayUnknownVariables warns of variables that look like isocheck's and are none: a slip
// would else go unnoticed, and the run be another one than was meant.
func (a *app) sayUnknownVariables(flags map[string][]string) {
	known := []string{configVariable}
	for _, names := range flags {
		for _, name := range names {
			known = append(known, variableOf(name))
		}
	}
	slices.Sort(known)
	var unknown []string
	for _, pair := range a.env {
		name, value, _ := strings.Cut(pair, "=")
		others := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
		if strings.HasPrefix(name, "ISOCHECK_") && value != "" && !contains(known, name) && !slices.ContainsFunc(othersVariables(), others) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range slices.Compact(unknown) {
		hint := ""
		if near := nearestVariable(name, known); near != "" {
			hint = "; did you mean " + near + "?"
		}
		fmt.Fprintf(a.stderr, "isocheck: the variable %s is set and does nothing, because no flag is called that%s\n", name, hint)
	}
}

// nearestVariable returns the variable that was probably meant. What all names begin with does not make them alike.
func nearestVariable(name string, known []string) string {
	const prefix = "ISOCHECK_"
	short := make([]string, len(known))
	for i, k := range known {
		short[i] = strings.ToLower(strings.TrimPrefix(k, prefix))
	}
	if near := nearest(strings.TrimPrefix(name, prefix), short); near != "" {
		return prefix + strings.ToUpper(near)
	}
	return ""
}
