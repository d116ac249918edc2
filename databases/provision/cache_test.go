package provision

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// find gets a version from the registry into the cache.
func find(t *testing.T, c cache, f *fake, version string) (string, error) {
	t.Helper()
	return c.find(t.Context(), &Options{Version: version}, registry{url: f.URL, token: f.token})
}

func TestDownloadTakesTheNewest(t *testing.T) {
	body := good(t)
	f := newFake(t, map[string][]byte{
		"17.9.0-beta.17": body, "17.10.0-beta.15": body, "17.10.0-alpha.20": body, "17.10.0-beta.9": body, "18.4.0-beta.17": body, "15.5.1-beta.11": body, "15.5.0-beta.12": body,
	})
	for wanted, version := range map[string]string{
		"": "18.4.0-beta.17", "17": "17.10.0-beta.15", "17.9": "17.9.0-beta.17", "17.10": "17.10.0-beta.15", "15.5": "15.5.1-beta.11", "18": "18.4.0-beta.17",
	} {
		dir, err := find(t, cache{t.TempDir()}, f, wanted)
		if err != nil || filepath.Base(dir) != version {
			t.Errorf("%q is served by %s, %v, want %s", wanted, dir, err, version)
		}
	}
	_, err := find(t, cache{t.TempDir()}, f, "1")
	if err == nil || !strings.Contains(err.Error(), "has no version 1: it has 18, 17, 15") {
		t.Errorf("error is %v", err)
	}
}

func TestDownloadIsUnpackedWhole(t *testing.T) {
	f := newFake(t, map[string][]byte{"17.1.0": good(t)})
	c := cache{filepath.Join(t.TempDir(), "new", "folder")}
	dir, err := find(t, c, f, "17")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "lib", "libpq.so.5")); string(text) != "library" || err != nil {
		t.Errorf("through the link: %q, %v", text, err)
	}
	if !executable(filepath.Join(dir, "bin", "postgres")) {
		t.Error("bin/postgres cannot be run")
	}
	if _, err := os.Stat(filepath.Join(dir, "package.json")); !os.IsNotExist(err) {
		t.Errorf("only the package's folder native should be there: %v", err)
	}
	nothingPartial(t, c)
}

// nothingPartial checks that no half of a download is left.
func nothingPartial(t *testing.T, c cache) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(c.dir, partial+"*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestParallelDownloadsFetchOnce(t *testing.T) {
	f := newFake(t, map[string][]byte{"17.1.0": good(t)})
	c := cache{t.TempDir()}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if dir, err := find(t, c, f, "17"); err != nil || !complete(dir) {
				t.Errorf("%s: %v", dir, err)
			}
		})
	}
	all.Wait()
	if n := f.fetched.Load(); n != 1 {
		t.Errorf("the archive was fetched %d times", n)
	}
}

func TestBadDownloadsLeaveNothing(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	tests := map[string]struct {
		body []byte
		set  func(*fake)
		want string
	}{
		"other bytes":        {good(t), func(f *fake) { f.integrity = "sha512-" + strings.Repeat("A", 86) + "==" }, "sha512 differs"},
		"no sha512":          {good(t), func(f *fake) { f.integrity = "sha1-AAAA" }, "no sha512"},
		"broken off":         {good(t), func(f *fake) { f.truncate = true }, "broke off"},
		"no archive":         {[]byte("not gzip"), nil, "unpacking"},
		"no binaries":        {archive(t, entry{name: "package/native/share/x", text: "x"}), nil, "no folder native/bin"},
		"path above":         {archive(t, entry{name: "package/../../x", text: "x"}), nil, "leads out"},
		"path from the root": {archive(t, entry{name: outside, text: "x"}), nil, "leads out"},
		"link out of it": {archive(t, entry{name: "package/native/bin/postgres", text: "x"}, entry{
			name: "package/native/pg-symlinks.json", text: `[{"source":"native/../../../etc/passwd","target":"native/lib/x"}]`,
		}), nil, "leads out"},
		"link outside of it": {archive(t, entry{name: "package/native/bin/postgres", text: "x"}, entry{
			name: "package/native/pg-symlinks.json", text: `[{"source":"native/bin/postgres","target":"` + outside + `"}]`,
		}), nil, "leads out"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, map[string][]byte{"17.1.0": test.body})
			if test.set != nil {
				test.set(f)
			}
			c := cache{t.TempDir()}
			if dir, err := find(t, c, f, "17"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("folder %q, error %v, want %q", dir, err, test.want)
			}
			nothingPartial(t, c)
			if len(c.releases()) > 0 {
				t.Errorf("the cache has %v", c.releases())
			}
			if _, err := os.Lstat(outside); !os.IsNotExist(err) {
				t.Errorf("something was written outside: %v", err)
			}
			// What went wrong once does not stand in the way of what goes well.
			*f = fake{Server: f.Server, versions: map[string][]byte{"17.1.0": good(t)}}
			if _, err := find(t, c, f, "17"); err != nil {
				t.Errorf("the second attempt: %v", err)
			}
		})
	}
}

// TestLinksInArchivesAreNotFollowed plants a link that leads out and then a file behind it.
func TestLinksInArchivesAreNotFollowed(t *testing.T) {
	outside := t.TempDir()
	body := archive(t, entry{name: "package/native/bin/postgres", text: "x"},
		entry{name: "package/native/lib", text: outside, kind: '2'}, entry{name: "package/native/lib/planted", text: "x"})
	f := newFake(t, map[string][]byte{"17.1.0": body})
	if _, err := find(t, cache{t.TempDir()}, f, ""); err != nil {
		t.Log(err)
	}
	if found, _ := os.ReadDir(outside); len(found) > 0 {
		t.Errorf("written outside: %v", found)
	}
}

func TestWithoutRegistryTheCacheServes(t *testing.T) {
	f := newFake(t, map[string][]byte{"17.1.0": good(t), "16.2.0": good(t)})
	c := cache{t.TempDir()}
	want, err := find(t, c, f, "17")
	if err != nil {
		t.Fatal(err)
	}
	f.down = true
	if dir, err := find(t, c, f, "17"); dir != want || err != nil {
		t.Errorf("without the registry it is %s, %v", dir, err)
	}
	_, err = find(t, c, f, "16")
	if err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), "cannot be asked") {
		t.Errorf("error is %v", err)
	}
}

func TestLeftoversOfKilledDownloadsGo(t *testing.T) {
	f := newFake(t, map[string][]byte{"17.1.0": good(t)})
	c := cache{t.TempDir()}
	if err := os.MkdirAll(filepath.Join(c.dir, partial+"123", "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := find(t, c, f, "17"); err != nil {
		t.Fatal(err)
	}
	nothingPartial(t, c)
}

func TestRegistryToken(t *testing.T) {
	f := newFake(t, map[string][]byte{"17.1.0": good(t)})
	f.token = "geheim"
	if _, err := find(t, cache{t.TempDir()}, f, "17"); err != nil {
		t.Error(err)
	}
	_, err := cache{t.TempDir()}.find(t.Context(), &Options{}, registry{url: f.URL, token: "falsch"})
	if err == nil || strings.Contains(err.Error(), "falsch") || !strings.Contains(err.Error(), "401") {
		t.Errorf("error is %v", err)
	}
}
