package provision

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// versionPattern is a version as users ask for it: numbers with dots between.
var versionPattern = regexp.MustCompile(`^\d+(\.\d+)*$`)

// versionInText finds the first version in what a server or its binary says.
var versionInText = regexp.MustCompile(`\d+(\.\d+)+|\d+(?:devel|beta\d+|rc\d+)`)

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

// newer reports whether a is a higher version than b, number by number.
func newer(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range as {
		if i >= len(bs) {
			return true
		}
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return x > y
		}
	}
	return false
}
