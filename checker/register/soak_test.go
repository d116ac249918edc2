package register_test

import (
	"flag"
	"os"
	"testing"
)

// soak makes a property test run as often as given, and as often as it does before a release where
// ISOCHECK_SOAK is set.
func soak(t *testing.T, quick, thorough string) {
	t.Helper()
	checks := quick
	if os.Getenv("ISOCHECK_SOAK") != "" {
		checks = thorough
	}
	f := flag.Lookup("rapid.checks")
	before := f.Value.String()
	if f.DefValue != before {
		return // somebody asked for a number of their own
	}
	if err := f.Value.Set(checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(before) })
}
