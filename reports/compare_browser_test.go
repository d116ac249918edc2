package reports

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The page of a comparison is read on a telephone and on a screen, in light and in dark,
// without a script; nothing is too faint, too wide, or loaded from elsewhere, and axe finds nothing.
func TestComparisonInABrowser(t *testing.T) {
	script := axe(t)
	var out bytes.Buffer
	if err := threeServers().Document().HTML(&out); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t)
	for _, width := range []int{390, 1440} {
		for _, dark := range []bool{false, true} {
			m, p := b.measure(path, view{Width: width, Dark: dark})
			what := fmt.Sprintf("comparison, %d pixels, dark %v", width, dark)
			m.Scripts++ // it has none, where reports have one
			m.check(t, what)
			p.checkQuiet(t, what)
			p.eval(script+";0", nil)
			p.checkAxe(t, what)
			p.close()
		}
	}
}
