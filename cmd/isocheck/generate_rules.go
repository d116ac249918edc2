package main

import (
	"fmt"
	"strings"

	"github.com/isocheck/isocheck/databases/memory"
)

// rulesHelp says what comes of switching each rule off, and how soon.
func rulesHelp() string {
	var b strings.Builder
	b.WriteString(`
Each rule by which a model is kept can be switched off by name (--off), and the
history then shows what the rule is there for, within this many transactions
with --keys 8 --sessions 6 --abort-share 0.1; traced histories also with
--values 3 --mix all, for read-locks --mix locks, for savepoint-undo --mix savepoints:
`)
	for _, rule := range memory.Rules(memory.StrictSerializable) {
		fmt.Fprintf(&b, "  %-22s%s\n", rule, strings.Join(effectsOf(rule), "\n"+strings.Repeat(" ", 24)))
	}
	return strings.TrimSuffix(b.String(), "\n") + "\n"
}

// effectsOf says what comes of switching a rule off, a line for each anomaly.
func effectsOf(rule memory.Rule) []string {
	var lines []string
	for _, e := range memory.Effects() {
		if e.Rule != rule {
			continue
		}
		line := fmt.Sprintf("%s in %s: ", e.Shows, e.Model)
		entry := fmt.Sprintf("%s %d", e.Kind, e.Within)
		if n := len(lines); n > 0 && strings.HasPrefix(lines[n-1], line) {
			lines[n-1] += ", " + entry
			continue
		}
		lines = append(lines, line+entry)
	}
	return lines
}
