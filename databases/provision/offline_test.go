package provision_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/isocheck/isocheck/databases/provision"
)

// Nothing is asked of a registry, and nothing downloaded, unless no server is here and the user
// has not said where it is to come from.
func TestOffline(t *testing.T) {
	var asked atomic.Int64
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		http.Error(w, "not here", http.StatusNotFound)
	}))
	t.Cleanup(registry.Close)
	t.Setenv("NPM_CONFIG_REGISTRY", registry.URL)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	s := start(t, provision.Options{Database: "postgres", Via: provision.Local})
	for name, o := range map[string]provision.Options{
		"a DSN":                    {Database: "postgres", DSN: s.DSN},
		"a DSN of another version": {Database: "postgres", Version: "9", DSN: s.DSN},
		"another version, local":   {Database: "postgres", Version: "9", Via: provision.Local},
		"no binaries, local":       {Database: "postgres", Via: provision.Local, BinDir: filepath.Join(t.TempDir(), "none")},
		"another database":         {Database: "mysql", Version: "1", BinDir: t.TempDir(), Image: "127.0.0.1:1/none:1"},
	} {
		t.Run(name, func(t *testing.T) {
			o.Run = "offline"
			s, err := provision.Start(t.Context(), o)
			if (err == nil) != (name == "a DSN") {
				t.Errorf("the server is %+v, %v", s, err)
			}
			if err == nil {
				_ = s.Stop(context.Background()) // it is not ours
			}
			if n := asked.Load(); n > 0 {
				t.Errorf("the registry was asked %d times", n)
			}
		})
	}
	// The registry is the one that would have been asked.
	if _, err := provision.Start(t.Context(), provision.Options{Database: "postgres", Via: provision.Download, Run: "offline"}); err == nil || asked.Load() == 0 {
		t.Errorf("it was asked %d times for a download: %v", asked.Load(), err)
	}
}
