package reports

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/history"
)

// measured5 are five repeats about a rate.
func measured5(rate float64, change func(*advice.Sample)) []advice.Sample {
	var all []advice.Sample
	for n := range 5 {
		s := advice.Sample{
			Rate: rate * (1 + 0.02*float64(n-2)), P50: int64(4e9 / rate), P99: int64(3e10 / rate), Committed: int(rate), Contended: 40,
			Invariants: []string{"bank total", "no account overdrawn"},
		}
		if change != nil {
			change(&s)
		}
		all = append(all, s)
	}
	return all
}

// lost makes a sample one that lost updates.
func lost(s *advice.Sample) {
	s.Anomalies = []advice.Problem{{Anomaly: checker.LostUpdate, Name: "lost update", Count: 1234, Repeats: 1, Text: "T2 overwrote what T1 wrote"}}
	s.Broken = []advice.Problem{{Name: "bank total", Count: 3, Repeats: 1, Text: "the total was 790, not 800"}}
	s.Explain = []checker.AnomalyID{checker.LostUpdate}
	s.History = "history-bank-plain-read-committed.jsonl.zst"
}

// advised is advice on a bank, with every verdict that there is, and on a queue of which nothing is safe.
func advised() *Advice {
	strategies := []advice.Strategy{
		{Name: "plain", Summary: "reads both balances, then writes both sums"},
		{Name: "atomic", Summary: "lets the database add", Retries: true},
		{Name: "for-update", Summary: "reads both balances with FOR UPDATE", Retries: true},
		{Name: "for-update-unordered", Summary: "as for-update, the paying account first, which deadlocks", Retries: true},
		{Name: "slow-inside", Summary: "makes a slow call inside", Retries: true},
		{Name: "slow-outside", Summary: "makes a slow call before", Retries: true},
		{Name: "serializable-retry", Summary: "leaves it to the database", Level: history.Serializable, Retries: true},
		{Name: "deferrable", Summary: "reads in DEFERRABLE transactions", Level: history.Serializable, Missing: []string{"deferrable"}},
	}
	bank := advice.Workload{Name: "bank", Summary: "transfers between accounts, which keep the total", Strategies: strategies, Levels: history.Levels()}
	at := func(strategy string, l history.Level) advice.Key {
		return advice.Key{Workload: "bank", Strategy: strategy, Level: l}
	}
	samples := map[advice.Key][]advice.Sample{
		at("serializable-retry", history.Serializable): measured5(700, func(s *advice.Sample) { s.Retries, s.Deadlocks = 400, 30 }),
		at("plain", history.Serializable):              measured5(1500, func(s *advice.Sample) { s.Failed = 900 }),
		at("plain", history.ReadUncommitted):           measured5(2100, lost),
		at("plain", history.ReadCommitted):             measured5(2050, lost),
		at("plain", history.RepeatableRead):            measured5(2000, lost),
	}
	for _, l := range history.Levels() {
		samples[at("atomic", l)] = measured5(2200, func(s *advice.Sample) { s.Invariants = s.Invariants[:1] })
		samples[at("for-update", l)] = measured5(1300, func(s *advice.Sample) {
			s.Anomalies = []advice.Problem{{Anomaly: checker.LongFork, Name: "long fork (G-nonadjacent)", Count: 4, Repeats: 1}}
		})
		samples[at("for-update-unordered", l)] = measured5(900, func(s *advice.Sample) { s.Retries, s.Deadlocks = 90, 81 })
		samples[at("slow-inside", l)] = measured5(310, nil)
		samples[at("slow-outside", l)] = measured5(820, nil)
	}
	samples[at("for-update", history.RepeatableRead)] = measured5(1310, nil)
	samples[at("slow-inside", history.ReadUncommitted)] = measured5(2, nil)
	queue := advice.Workload{Name: "queue", Summary: "jobs that must not be done twice", Strategies: strategies[:1], Levels: []history.Level{history.ReadCommitted}}
	return &Advice{
		Title: "Advice for mysql", Command: "isocheck advise --db mysql --workload bank,queue", Isocheck: "0.1.0",
		Started: time.Date(2025, 3, 4, 10, 30, 0, 0, time.UTC), Took: 95 * time.Second,
		Header: history.Header{
			Database: "mysql", ServerVersion: "9.7.4", Clients: 8, Seed: 7, Settings: map[string]string{"transaction_isolation": "SERIALIZABLE"},
		},
		Repeats: 5, Duration: 500 * time.Millisecond, Pause: time.Millisecond,
		Tables: []advice.Table{
			advice.Judge(bank, samples),
			advice.Judge(queue, map[advice.Key][]advice.Sample{{Workload: "queue", Strategy: "plain", Level: history.ReadCommitted}: measured5(500, lost)}),
		},
		Errors: []string{"stopped before the end"},
	}
}

func TestAdviceGolden(t *testing.T) {
	d := advised().Document()
	golden(t, "advice/bank.json", d.JSON)
	golden(t, "advice/bank.html", d.HTML)
	golden(t, "advice/bank.txt", func(w io.Writer) error { return d.Terminal(w, TerminalOptions{Path: "results/advice.html"}) })
	golden(t, "advice/bank-verbose.txt", func(w io.Writer) error { return d.Terminal(w, TerminalOptions{Verbose: true, Color: true}) })
	golden(t, "advice/bank-quiet.txt", func(w io.Writer) error { return d.Terminal(w, TerminalOptions{Quiet: true}) })
}

func TestAdviceKeepsTheSchema(t *testing.T) {
	s := compileSchema(t, "advice.schema.json", true)
	for name, a := range map[string]*Advice{"bank": advised(), "none": {}} {
		t.Run(name, func(t *testing.T) { validate(t, s, a.Document().JSON) })
	}
}

func TestAdviceSentences(t *testing.T) {
	d := advised().Document()
	want := "Use for-update at read committed: 1,300/s, p99 23 ms, not seen to fail in 6,500 transactions. " +
		"The fastest of 13 such choices, for-update at repeatable read with 1,310/s, is equal within the noise and not as simple."
	if got := d.Workloads[0].Sentence; got != want {
		t.Errorf("it is recommended as\n%s\nwant\n%s", got, want)
	}
	if got, want := d.Workloads[1].Sentence, "Nothing can be recommended: every choice was seen to fail."; got != want {
		t.Errorf("of the queue: %s", got)
	}
	notes := strings.Join(d.Workloads[0].Notes, "\n")
	for _, want := range []string{
		"Read uncommitted does not come into question, because it shows what may be rolled back; for-update was not seen to fail there either, with 1,300/s.",
		"Long fork was seen with the recommended choice, and broke nothing here.",
		"A slow call inside the transaction instead of before it: at read committed −62 % throughput (310/s against 820/s), ",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes lack %q:\n%s", want, notes)
		}
	}
}

func TestAdviceKeepsTheWidth(t *testing.T) {
	d := advised().Document()
	for _, width := range []int{40, 60, 80, 120} {
		var out bytes.Buffer
		if err := d.Terminal(&out, TerminalOptions{Width: width, Verbose: true, Path: "results/advice.html"}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if n := utf8.RuneCountInString(line); n > width {
				t.Errorf("at %d columns a line has %d: %q", width, n, line)
			}
		}
	}
}

// Where somebody's texts get into the page they stay texts.
func TestAdviceEscapes(t *testing.T) {
	for _, attack := range attacks {
		a := advised()
		a.Title, a.Command, a.Errors, a.Header.ServerVersion = attack, attack, []string{attack}, attack
		a.Tables[0].Name, a.Tables[0].Summary, a.Tables[0].Strategies[1].Summary = attack, attack, attack
		var out bytes.Buffer
		if err := a.Document().HTML(&out); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script", "<img src=x", "<svg onload", `href="javascript:`} {
			if strings.Contains(out.String(), bad) {
				t.Errorf("%q gets through: %s", attack, bad)
			}
		}
	}
}

// The page has none of what axe finds, in light and dark, on a telephone and on a screen.
func TestAdviceIsAccessible(t *testing.T) {
	script := axe(t)
	b := openBrowser(t)
	path := writeAdvice(t)
	for _, v := range []view{{}, {Dark: true}, {Width: 390}, {Width: 390, Dark: true}} {
		p := b.open("file://"+path, v)
		p.eval(script+";0", nil)
		p.checkAxe(t, fmt.Sprintf("advice, %+v", v))
		p.close()
	}
}

// writeAdvice writes the page of advice into a file.
func writeAdvice(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := advised().Document().HTML(&out); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The page is read on a telephone and on a screen, in light and in dark, without a
// script; nothing is too faint, too wide, or loaded from elsewhere. A chart says in
// words what it shows.
func TestAdviceInABrowser(t *testing.T) {
	b := openBrowser(t)
	path := writeAdvice(t)
	for _, width := range []int{390, 1440} {
		for _, dark := range []bool{false, true} {
			m, p := b.measure(path, view{Width: width, Dark: dark})
			what := fmt.Sprintf("%d pixels, dark %v", width, dark)
			m.Scripts++ // it has none, where reports have one
			m.check(t, what)
			p.checkQuiet(t, what)
			var label string
			p.eval(`document.querySelectorAll('figure svg')[1].getAttribute('aria-label')`, &label)
			if want := "Throughput at read committed: plain 2,050/s (unsafe: lost update)"; !strings.HasPrefix(label, want) {
				t.Errorf("%s: the chart is called %q", what, label)
			}
			if folder := os.Getenv("ISOCHECK_SCREENSHOTS"); folder != "" {
				p.screenshot(filepath.Join(folder, fmt.Sprintf("advice-%v-%d.png", dark, width)), true)
			}
			p.close()
		}
	}
}

// A cell tells of a lost update once, with its count, and of the rest by name.
func TestAdviceCellSaysEachOnce(t *testing.T) {
	c := advice.Cell{Strategy: "plain", Level: history.ReadCommitted, Verdict: advice.Safe, Repeats: 5, Transactions: 900, Bearable: []advice.Problem{
		{Anomaly: checker.LostUpdate, Name: "lost update", Count: 12, Repeats: 3}, {Anomaly: checker.LongFork, Name: "long fork", Count: 2, Repeats: 1},
	}}
	table := advice.Table{Cells: []advice.Cell{c}}
	says := strings.Join(newAdviceCell(&table, &table.Cells[0]).Says, "\n")
	if want := "lost update 12 times, which broke no invariant here\nseen, and broke nothing: long fork"; says != want {
		t.Errorf("it says\n%s\nwant\n%s", says, want)
	}
}
