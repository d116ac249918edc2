package serve

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
)

// found is a report of a counter that lost so many updates.
func found(started time.Time, rate float64, lost int) *reports.Report {
	f := &checker.Findings{
		Header: history.Header{Format: 1, Database: "mysql", ServerVersion: "9.7.4", Level: history.RepeatableRead, Workload: "counter", Started: started},
		Counts: checker.Counts{Committed: 1000}, Verdict: checker.Kept, Expected: checker.Expectation{Model: checker.InnoDBRepeatableRead, Source: "the manual"},
		Anomalies: []checker.Anomaly{{ID: checker.LostUpdate, Name: "lost update", Exercised: true, Count: lost, Allowed: true}},
	}
	if lost > 0 {
		f.Anomalies[0].Witnesses = []checker.Witness{{Sentence: "one was lost"}}
	}
	run := reports.Run{Findings: f, History: "history-counter-repeatable-read.jsonl.zst"}
	run.Summary = history.Summary{Duration: int64(time.Second), Rate: rate}
	run.Summary.Committed = int(rate)
	return &reports.Report{Title: "mysql <b>at</b> repeatable-read", Started: started, Runs: []reports.Run{run}}
}

// folder is a folder of results of two days, of a comparison, and of what is no result.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	day := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for n, name := range []string{"monday", "tuesday", filepath.Join("both", "mysql")} {
		out := filepath.Join(dir, name)
		if err := os.MkdirAll(out, 0o755); err != nil {
			t.Fatal(err)
		}
		file, err := os.Create(filepath.Join(out, "findings.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := reports.JSON(file, found(day.AddDate(0, 0, n), 1000*float64(n+1), 7*n)); err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
		write(t, filepath.Join(out, "report.html"), "<!doctype html>report of "+filepath.ToSlash(name))
	}
	write(t, filepath.Join(dir, "both", "compare.json"), `{"subjects": [{"label": "MySQL 9.7.4"}, {"label": "MariaDB 10.11"}]}`)
	write(t, filepath.Join(dir, "advice", "advice.json"), `{"title": "Advice for mysql", "started": "2026-03-05T10:00:00Z", "workloads": [{"name": "counter", "sentence": "Use atomic <at> read committed."}]}`)
	write(t, filepath.Join(dir, "advice", "advice.html"), "<!doctype html>advised")
	write(t, filepath.Join(dir, "both", "compare.html"), "<!doctype html>both")
	write(t, filepath.Join(dir, "monday", "server.dsn"), "postgres://u:hunter2secret@h/d")
	write(t, filepath.Join(dir, "monday", ".report.html"), "hidden")
	write(t, filepath.Join(dir, "broken", "findings.json"), "{")
	write(t, filepath.Join(dir, ".git", "findings.json"), "{}")
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// start serves the folder on a port of the loopback interface.
func start(t *testing.T, dir string) *httptest.Server {
	t.Helper()
	h, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.Close(); _ = h.Close() })
	return s
}

// get asks for a path exactly as it is written, which a client of net/http would not, with a Host of one's choice.
func get(t *testing.T, s *httptest.Server, method, path, host string) (int, string, http.Header) {
	t.Helper()
	address := s.Listener.Addr().String()
	if host == "" {
		host = address
	}
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", method, path, host); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body), answer.Header
}

func TestIndex(t *testing.T) {
	s := start(t, folder(t))
	status, page, head := get(t, s, "GET", "/", "")
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, page)
	}
	for _, want := range []string{
		"mysql &lt;b&gt;at&lt;/b&gt; repeatable-read", `href="/files/monday/report.html"`, `href="/files/both/mysql/findings.json"`,
		"2026-03-02 10:00", "MySQL · repeatable read · counter", "1,000/s → 3,000/s", `href="/files/both/compare.html"`, "It could not be read",
		"Compared are MySQL 9.7.4, MariaDB 10.11.", `href="/files/advice/advice.html"`, "counter: Use atomic &lt;at&gt; read committed.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if at := strings.Index(page, "/files/tuesday/report.html"); at < 0 || at > strings.Index(page, "/files/monday/report.html") {
		t.Error("the newest is not first")
	}
	for _, not := range []string{"<script", "hunter2secret", ".git", "<b>at</b>"} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %q", not)
		}
	}
	if !strings.Contains(head.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the page may load anything")
	}
}

// What a folder does not hold is not linked to: findings that were kept without their report lead to themselves.
func TestIndexLinksToWhatIsThere(t *testing.T) {
	dir := folder(t)
	for _, page := range []string{"tuesday/report.html", "both/compare.html", "advice/advice.html"} {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(page))); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, dir)
	_, index, _ := get(t, s, "GET", "/", "")
	_, compared, _ := get(t, s, "GET", "/compare?of=monday&of=tuesday", "")
	links := regexp.MustCompile(`href="(/files/[^"#]*)`).FindAllStringSubmatch(index+compared, -1)
	if len(links) < 5 {
		t.Fatalf("only %d links", len(links))
	}
	for _, link := range links {
		if status, _, _ := get(t, s, "GET", link[1], ""); status != http.StatusOK {
			t.Errorf("%s: status %d", link[1], status)
		}
	}
	if !strings.Contains(index, `href="/files/tuesday/findings.json"`) || !strings.Contains(compared, "shows lost update") {
		t.Error("findings without a report are left out")
	}
}

// New results are shown without a restart, changed ones anew.
func TestIndexFollowsTheFolder(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	if _, page, _ := get(t, s, "GET", "/", ""); !strings.Contains(page, "No results here") {
		t.Error("an empty folder has results")
	}
	for _, lost := range []int{0, 12} {
		var b strings.Builder
		if err := reports.JSON(&b, found(time.Now(), 10, lost)); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "findings.json"), b.String())
		_, page, _ := get(t, s, "GET", "/", "")
		if got := strings.Contains(page, "lost update was observed"); got != (lost > 0) {
			t.Errorf("with %d lost updates the page says so: %v", lost, got)
		}
	}
}

func TestFiles(t *testing.T) {
	s := start(t, folder(t))
	for path, want := range map[string]string{
		"/files/monday/report.html":     "report of monday",
		"/files/both/mysql/report.html": "report of both/mysql",
		"/files/both/compare.html":      "<!doctype html>both",
		"/files/monday/findings.json":   `"format": 1`,
	} {
		if status, body, head := get(t, s, "GET", path, ""); status != http.StatusOK || !strings.Contains(body, want) || head.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: status %d, %.40q", path, status, body)
		}
	}
}

// Nothing outside the folder is opened, nor what in it is no result: by no spelling, and through no link.
func TestFilesRefuse(t *testing.T) {
	dir := folder(t)
	outside := filepath.Join(t.TempDir(), "report.html")
	write(t, outside, "outside")
	if err := os.Symlink(outside, filepath.Join(dir, "monday", "junit.xml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "summary.md"), 0o755); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	up := strings.Repeat("../", strings.Count(dir, "/")) + strings.TrimPrefix(outside, "/")
	for _, path := range []string{
		"/files/monday/server.dsn", "/files/monday/.report.html", "/files/.git/findings.json", "/files/monday", "/files/", "/files/monday/",
		"/files/" + up, "/files/" + strings.ReplaceAll(up, "../", "..%2f"), "/files/" + strings.ReplaceAll(up, "..", "%2e%2e"),
		"/files/" + strings.ReplaceAll(up, "/", `\`), "/files//etc/passwd", "/files/" + outside, "/files/monday/../../" + filepath.Base(filepath.Dir(outside)) + "/report.html",
		"/files/monday/junit.xml", "/files/link/report.html", "/files/summary.md", "/files/monday/report.html%00", "/files/monday/passwd", "/nothing",
	} {
		status, body, _ := get(t, s, "GET", path, "")
		if status == http.StatusOK || strings.Contains(body, "outside") || strings.Contains(body, "hunter2secret") {
			t.Errorf("%s: status %d, %q", path, status, body)
		}
	}
}

// A name of the web that leads to this machine (DNS rebinding) is not answered.
func TestHosts(t *testing.T) {
	s := start(t, folder(t))
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	for host, want := range map[string]int{
		"": http.StatusOK, "localhost" + port: http.StatusOK, "LOCALHOST": http.StatusOK, "127.0.0.1": http.StatusOK, "127.1.2.3" + port: http.StatusOK, "[::1]" + port: http.StatusOK, "[::1]": http.StatusOK,
		"evil.example" + port: http.StatusMisdirectedRequest, "localhost.evil.example": http.StatusMisdirectedRequest, "127.0.0.1.evil.example" + port: http.StatusMisdirectedRequest,
		"10.0.0.1": http.StatusMisdirectedRequest, "0.0.0.0" + port: http.StatusMisdirectedRequest, "[::]": http.StatusMisdirectedRequest, "evil": http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/", "/files/monday/report.html", "/compare?of=monday&of=tuesday"} {
			status, body, _ := get(t, s, "GET", path, host)
			if status != want || want != http.StatusOK && strings.Contains(body, "monday") {
				t.Errorf("%s as %q: status %d, want %d", path, host, status, want)
			}
		}
	}
}

func TestMethods(t *testing.T) {
	s := start(t, folder(t))
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH"} {
		if status, _, _ := get(t, s, method, "/", ""); status != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d", method, status)
		}
	}
	if status, body, _ := get(t, s, "HEAD", "/files/monday/report.html", ""); status != http.StatusOK || body != "" {
		t.Errorf("HEAD: status %d, %q", status, body)
	}
}

func TestCompare(t *testing.T) {
	s := start(t, folder(t))
	status, page, _ := get(t, s, "GET", "/compare?of=monday&of=tuesday", "")
	for _, want := range []string{"MySQL 9.7.4 (tuesday) (7 in 1,000", "shows lost update", `href="/files/tuesday/report.html#lost-update-1"`} {
		if status != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("status %d, no %q", status, want)
		}
	}
	for _, query := range []string{"", "?of=monday", "?of=monday&of=nowhere", "?of=monday&of=../monday", "?of=monday&of=broken"} {
		if status, _, _ := get(t, s, "GET", "/compare"+query, ""); status != http.StatusBadRequest {
			t.Errorf("%s: status %d", query, status)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := New(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a folder that is not there is served")
	}
}
