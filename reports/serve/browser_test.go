package serve

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases/provision/provisiontest"
)

// misplaced is a script that writes into the page what leaves its place: text its button, a drawing its
// table's cell, and the page its window.
const misplaced = `<script>
const bad = [];
for (const e of document.querySelectorAll('button')) if (e.scrollWidth > e.clientWidth) bad.push('button: ' + e.textContent);
for (const e of document.querySelectorAll('td svg')) {
  const own = e.getBoundingClientRect(), cell = e.closest('td').getBoundingClientRect();
  if (own.top < cell.top + 3 || own.bottom > cell.bottom - 3) bad.push('line over the border of its cell');
}
if (document.documentElement.scrollWidth > innerWidth) bad.push('page ' + document.documentElement.scrollWidth + ' wide');
document.title = 'measured: ' + document.querySelectorAll('button, td svg').length + ' in place, but: ' + bad.join('; ');
</script>`

// Texts and drawings stay in their places, on a screen and in a narrow window.
func TestIndexInABrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		provisiontest.Missing(t, "no chromium on PATH")
	}
	status, index, _ := get(t, start(t, folder(t)), "GET", "/", "")
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	file := filepath.Join(t.TempDir(), "index.html")
	if err := os.WriteFile(file, []byte(index+misplaced), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, width := range []string{"500", "1440"} {
		page, err := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--user-data-dir="+t.TempDir(),
			"--window-size="+width+",900", "--dump-dom", "file://"+file).Output()
		if err != nil {
			t.Fatalf("chromium: %v", err)
		}
		_, title, _ := strings.Cut(string(page), "<title>")
		title, _, _ = strings.Cut(title, "</title>")
		if title != "measured: 2 in place, but: " {
			t.Errorf("at %s pixels: %s", width, title)
		}
	}
}
