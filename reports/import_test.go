package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
)

// hostileEDN is what somebody may send as a Jepsen history: a lost update, with
// the text for a key, as the name of a function, in an error and in what a nemesis did.
const hostileEDN = `
{:index 0, :type :invoke, :process 0, :time 100, :f TEXT, :value [[:r TEXT nil] [:append TEXT 1]]}
{:index 1, :type :invoke, :process 1, :time 110, :f TEXT, :value [[:r TEXT nil] [:append TEXT 2]]}
{:index 2, :type :info, :process :nemesis, :time 160, :f TEXT, :value [TEXT {TEXT TEXT}]}
{:index 3, :type :ok, :process 0, :time 200, :f TEXT, :value [[:r TEXT []] [:append TEXT 1]]}
{:index 4, :type :ok, :process 1, :time 210, :f TEXT, :value [[:r TEXT []] [:append TEXT 2]]}
{:index 5, :type :invoke, :process 2, :time 300, :f TEXT, :value [[:append TEXT 3]]}
{:index 6, :type :fail, :process 2, :time 310, :f TEXT, :value [[:append TEXT 3]], :error [TEXT TEXT]}
{:index 7, :type :invoke, :process 0, :time 400, :f TEXT, :value [[:r TEXT nil]]}
{:index 8, :type :ok, :process 0, :time 500, :f TEXT, :value [[:r TEXT [1 2]]]}
`

// A history that somebody else recorded brings texts of its own into the page; none of them runs.
func TestImportedHistoriesAreHarmless(t *testing.T) {
	b := openBrowser(t)
	for _, attack := range attacks {
		file := filepath.Join(t.TempDir(), "history.edn")
		text := strings.ReplaceAll(hostileEDN, "TEXT", strconv.QuoteToASCII(attack))
		if strings.ContainsRune(attack, 0) {
			continue // which is no EDN
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r := imported(t, file)
		var page bytes.Buffer
		if err := HTML(&page, r); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(attack, "<>") && strings.Contains(page.String(), attack) {
			t.Errorf("the page holds %q as it is", attack)
		}
		m, p := b.measure(writePage(t, r), view{})
		m.check(t, attack)
		p.checkQuiet(t, attack)
		p.close()
	}
}

// imported checks a history that another tool recorded, as isocheck check does.
func imported(t *testing.T, path string) *Report {
	t.Helper()
	source, _, err := formats.Open(path, formats.JepsenEDN)
	if err != nil {
		t.Fatal(err)
	}
	f, err := checker.Check(t.Context(), source, checker.Options{Expect: checker.Serializable})
	if err != nil {
		t.Fatal(err)
	}
	if f.Verdict != checker.Violated {
		t.Fatalf("the history shows nothing, which proves nothing of the page: %+v", f.Reasons)
	}
	stream, err := source.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	stats := history.NewStats(&f.Header)
	var txn history.Transaction
	for stream.Next(&txn) == nil {
		stats.Add(&txn)
	}
	r := report(Run{Findings: f, Summary: stats.Summary(), Events: stream.Events(), History: path})
	r.Command = "isocheck check " + path
	return r
}
