package provision

import (
	"fmt"
	"regexp"
	"strings"
)

// versionPattern is a version as users ask for it: numbers with dots between.
var versionPattern = regexp.MustCompile(`^\d+(\.\d+)*$`)

// versionOfBinary finds the version in what a server's binary says of itself:
// "postgres (PostgreSQL) 15.18 (Debian …)", "mysqld  Ver 9.7.4 for Linux".
var versionOfBinary = regexp.MustCompile(`(?:Ver|\(PostgreSQL\))\s+(\d+(?:\.\d+)*)`)

// checkVersion fails for what is not a version to ask for.
func checkVersion(version string) error {
	if version == "" || versionPattern.MatchString(version) {
		return nil
	}
	return fmt.Errorf("%q is no version: write numbers with dots between, as 15 or 10.11", version)
}

// matches reports whether a version is of the kind wanted: the same, or more
// exact at a dot. Every version matches the empty wish.
func matches(version, wanted string) bool {
	if wanted == "" || version == wanted {
		return true
	}
	return strings.HasPrefix(version, wanted+".")
}
