package reports

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases/provision/provisiontest"
)

// axe-core, which finds what people with assistive technology stumble over. It
// comes from the npm registry, under the Mozilla Public License 2.0, and is no part of isocheck.
const (
	axeVersion   = "4.14.1"
	axeIntegrity = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)

// axe returns the script of axe-core, from the user's cache or else from the npm
// registry; either way its hash must be the one written here.
func axe(t *testing.T) string {
	t.Helper()
	name := "axe-core-" + axeVersion + ".tgz"
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	cached := filepath.Join(cache, "isocheck", "tests", name)
	pack, err := os.ReadFile(cached)
	if err != nil || !isAxe(pack) {
		folder := t.TempDir()
		command := exec.CommandContext(t.Context(), "npm", "pack", "--silent", "--pack-destination", folder, "axe-core@"+axeVersion)
		command.Dir = folder
		if out, err := command.CombinedOutput(); err != nil {
			provisiontest.Missing(t, "axe-core from the npm registry: %v %s", err, out)
		}
		if pack, err = os.ReadFile(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
		if !isAxe(pack) {
			t.Fatalf("%s is not what was published under that name", name)
		}
		if os.MkdirAll(filepath.Dir(cached), 0o755) == nil {
			_ = os.WriteFile(cached, pack, 0o644) // only a cache
		}
	}
	script, err := fromTar(pack, "package/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func isAxe(pack []byte) bool {
	sum := sha512.Sum512(pack)
	return base64.StdEncoding.EncodeToString(sum[:]) == axeIntegrity
}

// fromTar returns one file of a compressed archive.
func fromTar(pack []byte, name string) (string, error) {
	plain, err := gzip.NewReader(bytes.NewReader(pack))
	if err != nil {
		return "", err
	}
	files := tar.NewReader(plain)
	for {
		file, err := files.Next()
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("the archive has no %s", name)
		}
		if err != nil {
			return "", err
		}
		if file.Name == name {
			content, err := io.ReadAll(files)
			return string(content), err
		}
	}
}

// violation is one rule of axe that a page breaks.
type violation struct {
	ID, Help string
	Nodes    []struct {
		HTML           string
		FailureSummary string
	}
}

// The page has none of what axe finds, in light and dark, on a phone and on a
// desk, with everything closed and with everything open.
func TestPageIsAccessible(t *testing.T) {
	script := axe(t)
	b := openBrowser(t)
	for _, name := range []string{"levels", "violated"} {
		path := writePage(t, reportCases()[name])
		for _, v := range []view{{}, {Dark: true}, {Width: 390}} {
			for _, open := range []bool{false, true} {
				if !open && name != "levels" {
					continue
				}
				p := b.open("file://"+path, v)
				p.eval(script+";0", nil)
				if open {
					p.eval(`document.querySelectorAll('details').forEach(d => d.open = true)`, nil)
				}
				p.checkAxe(t, fmt.Sprintf("%s, %+v, open %v", name, v, open))
				p.close()
			}
		}
	}
}

// The same of a page with probes, each of them open.
func TestProbesAreAccessible(t *testing.T) {
	script := axe(t)
	b := openBrowser(t)
	path := writePage(t, withViolation(probeReport()))
	for _, v := range []view{{}, {Dark: true}, {Width: 390}} {
		p := b.open("file://"+path, v)
		p.eval(script+";0", nil)
		p.eval(`document.querySelectorAll('details').forEach(d => d.open = true)`, nil)
		p.checkAxe(t, fmt.Sprintf("probes, %+v", v))
		p.close()
	}
}

// checkAxe fails the test where axe, which the page must have loaded, finds anything.
func (p *tab) checkAxe(t *testing.T, what string) {
	t.Helper()
	var found []violation
	p.eval(`axe.run({resultTypes: ['violations']}).then(r => r.violations)`, &found)
	for _, broken := range found {
		t.Errorf("%s: %s (%s)", what, broken.Help, broken.ID)
		for _, node := range broken.Nodes[:min(3, len(broken.Nodes))] {
			t.Logf("  %.200s\n  %s", node.HTML, strings.ReplaceAll(node.FailureSummary, "\n", " "))
		}
	}
}

// Every part of the page is reached and opened by the keyboard alone.
func TestPageByKeyboard(t *testing.T) {
	b := openBrowser(t)
	p := b.open("file://"+writePage(t, reportCases()["levels"]), view{})
	press := func(key string, code int) {
		for _, kind := range []string{"rawKeyDown", "keyUp"} {
			p.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}, nil)
		}
	}
	var seen []string
	opened := false
	for range 400 {
		press("Tab", 9)
		var at string
		p.eval(`(e => e === document.body ? '' : e.matches('.run > summary') ? 'run' : e.matches('.skip') ? 'skip' : e.tagName)(document.activeElement)`, &at)
		if at == "" {
			break
		}
		seen = append(seen, at)
		if at == "run" && !opened {
			opened = true
			var before bool
			p.eval(`document.activeElement.parentElement.open`, &before)
			p.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13}, nil)
			var now bool
			p.eval(`document.activeElement.parentElement.open`, &now)
			if now == before {
				t.Error("Enter neither opens nor closes a run")
			}
		}
	}
	if len(seen) == 0 || seen[0] != "skip" {
		t.Errorf("the first that the keyboard reaches is not the link to the findings: %.5v", seen)
	}
	for _, want := range []string{"run", "SELECT", "BUTTON", "A", "SUMMARY"} {
		if !strings.Contains(strings.Join(seen, " "), want) {
			t.Errorf("the keyboard does not reach any %s", want)
		}
	}
}
