package provision_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isocheck/isocheck/databases/provision"
)

var update = flag.Bool("update", false, "write the golden files")

func TestUnavailableText(t *testing.T) {
	err := &provision.Unavailable{Name: "PostgreSQL", Version: "15.3", Tried: []provision.Attempt{
		{Via: provision.Docker, Reason: "no Docker engine answers: no such file or directory", Help: "apt-get install docker.io, and start its engine"},
		{Via: provision.Local, Reason: "no binary of PostgreSQL 15.3 on the PATH or in the usual places:\n/usr/bin/postgres has version 15.18", Help: "apt-get install postgresql"},
		{Via: provision.Download, Reason: "the npm package x has no version 15.3: it has 18, 17"},
	}}
	golden := filepath.Join("testdata", "unavailable.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, readErr := os.ReadFile(golden)
	if readErr != nil {
		t.Fatal(readErr)
	}
	if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
		t.Errorf("error differs (-want +got):\n%s", diff)
	}
}

func TestNoWayServes(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:"+nobody(t))
	empty := t.TempDir()
	for _, database := range []string{"postgres", "mysql", "mariadb"} {
		t.Run(database, func(t *testing.T) {
			o := provision.Options{Database: database, Version: "14", Image: "127.0.0.1:1/none:1", BinDir: empty}
			s, err := provision.Start(t.Context(), o)
			if err == nil {
				t.Fatalf("it is served via %s", s.Via)
			}
			var unavailable *provision.Unavailable
			if !errors.As(err, &unavailable) {
				t.Fatalf("error %v is no *Unavailable", err)
			}
			var tried []provision.Via
			for _, a := range unavailable.Tried {
				tried = append(tried, a.Via)
			}
			if diff := cmp.Diff([]provision.Via{provision.Docker, provision.Local, provision.Download}, tried); diff != "" {
				t.Errorf("ways tried (-want +got):\n%s", diff)
			}
			for _, part := range []string{"14 server to be had", "\n  docker: ", "\n  local:    no binary of ", empty, "\n  download: ", "--dsn"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
		})
	}
}
