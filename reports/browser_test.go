package reports

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases/provision/provisiontest"
)

// browser is a headless Chromium, driven by the DevTools protocol over a pipe:
// messages of JSON, each ended by a zero byte.
type browser struct {
	t   *testing.T
	in  io.WriteCloser
	mu  sync.Mutex
	id  int
	all map[int]chan reply
	// events hears what happens in the session of that name.
	events map[string]func(method string, params json.RawMessage)
	closed error
}

// reply is the answer to one command, or an event.
type reply struct {
	ID      int             `json:"id"`
	Session string          `json:"sessionId"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
	Result  json.RawMessage `json:"result"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// chromiumPath returns where Chromium is.
func chromiumPath(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	provisiontest.Missing(t, "no chromium on PATH")
	return ""
}

// openBrowser starts Chromium for one test.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	commands, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, answers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(chromiumPath(t), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	command.ExtraFiles = []*os.File{commands, answers} // descriptors 3 and 4
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	_, _ = commands.Close(), answers.Close()
	b := &browser{t: t, in: in, all: map[int]chan reply{}, events: map[string]func(string, json.RawMessage){}}
	read := make(chan struct{})
	go func() { defer close(read); b.read(out) }()
	t.Cleanup(func() {
		_ = b.send("", "Browser.close", nil, nil)
		_ = in.Close()
		_ = command.Wait()
		_ = out.Close()
		<-read
	})
	return b
}

// read hands on what Chromium says until it says no more.
func (b *browser) read(from io.Reader) {
	in := bufio.NewReaderSize(from, 1<<20)
	for {
		message, err := in.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			b.closed = errors.New("chromium has gone")
			for id, wait := range b.all {
				close(wait)
				delete(b.all, id)
			}
			b.mu.Unlock()
			return
		}
		var r reply
		if json.Unmarshal(message[:len(message)-1], &r) != nil {
			continue
		}
		b.mu.Lock()
		wait, hear := b.all[r.ID], b.events[r.Session]
		delete(b.all, r.ID)
		b.mu.Unlock()
		switch {
		case r.ID != 0 && wait != nil:
			wait <- r
		case r.Method != "" && hear != nil:
			hear(r.Method, r.Params)
		}
	}
}

// send sends one command, and waits for its result.
func (b *browser) send(session, method string, params, result any) error {
	if params == nil {
		params = struct{}{}
	}
	b.mu.Lock()
	if b.closed != nil {
		b.mu.Unlock()
		return b.closed
	}
	b.id++
	wait := make(chan reply, 1)
	b.all[b.id] = wait
	message, err := json.Marshal(map[string]any{"id": b.id, "method": method, "params": params, "sessionId": session})
	if session == "" {
		message, err = json.Marshal(map[string]any{"id": b.id, "method": method, "params": params})
	}
	if err == nil {
		_, err = b.in.Write(append(message, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case r, ok := <-wait:
		switch {
		case !ok:
			return fmt.Errorf("%s: chromium has gone", method)
		case r.Error != nil:
			return fmt.Errorf("%s: %s", method, r.Error.Message)
		case result != nil:
			return json.Unmarshal(r.Result, result)
		}
		return nil
	case <-time.After(time.Minute):
		return fmt.Errorf("%s: chromium does not answer", method)
	}
}

// tab is one page that is open in the browser.
type tab struct {
	b       *browser
	session string
	target  string
	mu      sync.Mutex
	// console is what the page's scripts, and the browser about the page, complained of.
	console []string
	// requests are the addresses that the page loaded, its own first.
	requests []string
	dialogs  int // that a script opened
	loaded   chan struct{}
}

// view is how a page is looked at. The zero view is light, on a wide screen.
type view struct {
	Width, Height int // 1440 × 900 where they are 0
	Dark          bool
	Print         bool
	NoScript      bool
}

// open opens an address, and waits until it is loaded.
func (b *browser) open(address string, v view) *tab {
	b.t.Helper()
	p := &tab{b: b, loaded: make(chan struct{}, 8)}
	var target struct{ TargetID string }
	b.must(b.send("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target))
	p.target = target.TargetID
	var session struct{ SessionID string }
	b.must(b.send("", "Target.attachToTarget", map[string]any{"targetId": p.target, "flatten": true}, &session))
	p.session = session.SessionID
	b.mu.Lock()
	b.events[p.session] = p.hear
	b.mu.Unlock()
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		p.call(domain+".enable", nil, nil)
	}
	if v.NoScript {
		p.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	}
	p.look(v)
	p.navigate(address)
	return p
}

// look changes how the page is looked at.
func (p *tab) look(v view) {
	if v.Width == 0 {
		v.Width = 1440
	}
	if v.Height == 0 {
		v.Height = 900
	}
	scheme, media := "light", ""
	if v.Dark {
		scheme = "dark"
	}
	if v.Print {
		media = "print"
	}
	p.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": v.Width, "height": v.Height, "deviceScaleFactor": 1, "mobile": v.Width < 600}, nil)
	p.call("Emulation.setEmulatedMedia", map[string]any{"media": media, "features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

func (p *tab) navigate(address string) {
	p.b.t.Helper()
	p.call("Page.navigate", map[string]any{"url": address}, nil)
	select {
	case <-p.loaded:
	case <-time.After(time.Minute):
		p.b.t.Fatalf("%s does not load", address)
	}
}

func (p *tab) close() {
	_ = p.b.send("", "Target.closeTarget", map[string]any{"targetId": p.target}, nil)
	p.b.mu.Lock()
	delete(p.b.events, p.session)
	p.b.mu.Unlock()
}

// hear takes note of what the browser says about the page.
func (p *tab) hear(method string, params json.RawMessage) {
	var e struct {
		Type    string
		Request struct{ URL string }
		Entry   struct{ Level, Text, URL string }
		Args    []struct{ Value any }
		Details struct {
			Text      string
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	_ = json.Unmarshal(params, &e)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch method {
	case "Page.loadEventFired":
		p.loaded <- struct{}{}
	case "Page.javascriptDialogOpening":
		p.dialogs++
		go func() { _ = p.b.send(p.session, "Page.handleJavaScriptDialog", map[string]any{"accept": true}, nil) }()
	case "Network.requestWillBeSent":
		p.requests = append(p.requests, e.Request.URL)
	case "Log.entryAdded":
		p.console = append(p.console, e.Entry.Level+": "+e.Entry.Text)
	case "Runtime.exceptionThrown":
		p.console = append(p.console, "exception: "+e.Details.Text+" "+e.Details.Exception.Description)
	case "Runtime.consoleAPICalled":
		p.console = append(p.console, fmt.Sprint(e.Type, ": ", e.Args))
	}
}

// noted returns what was noted of the page so far.
func (p *tab) noted() (console, requests []string, dialogs int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.console...), append([]string{}, p.requests...), p.dialogs
}

func (p *tab) call(method string, params, result any) {
	p.b.t.Helper()
	p.b.must(p.b.send(p.session, method, params, result))
}

func (b *browser) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// eval runs an expression in the page, whatever its policy forbids the page itself,
// waits for what it promises, and decodes its value.
func (p *tab) eval(expression string, into any) {
	p.b.t.Helper()
	var r struct {
		Result  struct{ Value json.RawMessage }
		Details *struct {
			Text      string
			Exception struct{ Description string }
		} `json:"exceptionDetails"`
	}
	p.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r)
	if r.Details != nil {
		p.b.t.Fatalf("%s: %s %s", strings.SplitN(expression, "\n", 2)[0][:min(60, len(expression))], r.Details.Text, r.Details.Exception.Description)
	}
	if into != nil {
		p.b.must(json.Unmarshal(r.Result.Value, into))
	}
}

// screenshot writes a picture: of what is in view, or of the whole page.
func (p *tab) screenshot(path string, whole bool) {
	p.b.t.Helper()
	var r struct{ Data []byte }
	p.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": whole}, &r)
	p.b.must(os.WriteFile(path, r.Data, 0o666))
}

// pdf prints the page.
func (p *tab) pdf() []byte {
	p.b.t.Helper()
	var r struct{ Data []byte }
	p.call("Page.printToPDF", map[string]any{"printBackground": false, "paperWidth": 8.27, "paperHeight": 11.69}, &r)
	return r.Data
}
