package provision_test

import (
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases/provision"
)

// TestDownload downloads from the registry that npm is configured for, into a
// cache that is empty and, as t.TempDir is, closed to the server's user.
func TestDownload(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, version := range []string{"13", "17", "18"} {
		t.Run(version, func(t *testing.T) {
			var said []string
			o := provision.Options{
				Database: "postgres", Version: version, Via: provision.Download,
				Progress: func(line string) { said = append(said, line) },
			}
			s := start(t, o)
			if s.Via != provision.Download || !strings.HasPrefix(s.Version, version+".") {
				t.Errorf("server is %s via %s", s.Version, s.Via)
			}
			if got, err := query(t.Context(), s, "SHOW server_version"); err != nil || !strings.HasPrefix(got, version+".") {
				t.Errorf("server says %s, %v", got, err)
			}
			stopped(t, s)
			if len(said) != 2 || !strings.HasPrefix(said[0], "Downloading PostgreSQL "+s.Version) {
				t.Errorf("it said %q", said)
			}
			// The second time it is there already.
			said = nil
			stopped(t, start(t, o))
			if len(said) != 1 {
				t.Errorf("the second time it said %q", said)
			}
		})
	}
}

// TestAutoFallsThrough asks for a version that neither Docker nor this machine
// has, but the registry.
func TestAutoFallsThrough(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	s := start(t, provision.Options{Database: "postgres", Version: "14", Image: "127.0.0.1:1/none:1", BinDir: t.TempDir()})
	if s.Via != provision.Download || !strings.HasPrefix(s.Version, "14.") {
		t.Errorf("server is %s via %s", s.Version, s.Via)
	}
}
