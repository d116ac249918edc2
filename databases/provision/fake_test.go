package provision

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// entry is one file of a package's archive.
type entry struct {
	name, text string
	kind       byte // of package tar; 0 is a file
}

// archive returns a package as npm has them.
func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	files := tar.NewWriter(zip)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.text)), Typeflag: tar.TypeReg}
		if e.kind != 0 {
			header = &tar.Header{Name: e.name, Linkname: e.text, Typeflag: e.kind}
		}
		if err := files.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if e.kind == 0 {
			if _, err := files.Write([]byte(e.text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// good is a package as it should be.
func good(t testing.TB) []byte {
	return archive(t,
		entry{name: "package/package.json", text: "{}"},
		entry{name: "package/native/bin/postgres", text: "#!/bin/sh\n"},
		entry{name: "package/native/lib/libpq.so.5.17", text: "library"},
		entry{name: "package/native/pg-symlinks.json", text: `[{"source":"native/lib/libpq.so.5.17","target":"native/lib/libpq.so.5"}]`},
	)
}

// fake is a registry on loopback.
type fake struct {
	*httptest.Server
	versions  map[string][]byte // the archives
	integrity string            // instead of the right one
	truncate  bool              // archives break off half-way
	down      bool              // every answer is an error
	fetched   atomic.Int32      // archives that were asked for
	token     string            // that requests must carry
}

// newFake starts a registry with these versions of this machine's package.
func newFake(t testing.TB, versions map[string][]byte) *fake {
	t.Helper()
	f := &fake{versions: versions}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	name := scope + "/" + platform()
	switch {
	case f.down:
		http.Error(w, "down", http.StatusServiceUnavailable)
	case f.token != "" && r.Header.Get("Authorization") != "Bearer "+f.token:
		http.Error(w, "who are you?", http.StatusUnauthorized)
	case r.URL.Path == "/"+name:
		f.serveDocument(w)
	default:
		f.fetched.Add(1)
		f.serveArchive(w, f.versions[r.URL.Path[len("/"+name+"/-/"):]])
	}
}

// serveDocument lists the versions, with addresses at the public registry, as
// mirrors of it do.
func (f *fake) serveDocument(w http.ResponseWriter) {
	type dist struct {
		Tarball   string `json:"tarball"`
		Integrity string `json:"integrity"`
	}
	versions := map[string]map[string]dist{}
	for version, body := range f.versions {
		sum := sha512.Sum512(body)
		integrity := "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
		if f.integrity != "" {
			integrity = f.integrity
		}
		versions[version] = map[string]dist{"dist": {publicRegistry + "/" + scope + "/" + platform() + "/-/" + version, integrity}}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"versions": versions})
}

func (f *fake) serveArchive(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if f.truncate {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
}
