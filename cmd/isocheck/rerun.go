package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// rerun returns the command line that does the same once more, as reports may show it: with what
// came from the environment, which may be gone by then, and with more words that the user
// did not type. Without --out, so that it does not replace the report that it stands in.
// A DSN stays where it was: it may have a password.
func (a *app) rerun(more ...string) string {
	args := withoutOut(a.shownArgs())
	end := slices.Index(args, "--") // all flags stand before it
	if end < 0 {
		end = len(args)
	}
	words := slices.Concat([]string{"isocheck"}, args[:end], a.fromVariables(), more, args[end:])
	for i := range words {
		words[i] = shellQuote(words[i])
	}
	return strings.Join(words, " ")
}

// drawn is the flag for a seed that was drawn: without it, another one would be.
func (a *app) drawn(seed uint64) []string {
	if a.sources["seed"] != "" {
		return nil
	}
	return []string{"--seed", strconv.FormatUint(seed, 10)}
}

// fromVariables are the flags for those settings that came from variables of the environment.
func (a *app) fromVariables() []string {
	var words []string
	if path := a.getenv(configVariable); path != "" && !slices.ContainsFunc(a.args, isConfigFlag) {
		words = append(words, "--config", path)
	}
	for _, name := range slices.Sorted(maps.Keys(a.sources)) {
		if a.sources[name] == "$"+variableOf(name) && name != "out" && !isDSNFlag("--"+name) {
			words = append(words, "--"+name+"="+a.conceal(a.getenv(variableOf(name))))
		}
	}
	return words
}

func isConfigFlag(word string) bool {
	return word == "--config" || strings.HasPrefix(word, "--config=")
}

// withoutOut leaves out --out and its value.
func withoutOut(args []string) []string {
	var kept []string
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return append(kept, args[i:]...)
		case args[i] == "--out":
			i++
		case strings.HasPrefix(args[i], "--out="):
		default:
			kept = append(kept, args[i])
		}
	}
	return kept
}
