package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// invocation is an isocheck process of its own, with a folder for its
// temporary files and one for its results.
type invocation struct {
	t       *testing.T
	cmd     *exec.Cmd
	temp    string
	out     string
	lines   chan string // of stderr
	stdout  bytes.Buffer
	mu      sync.Mutex
	stderr  strings.Builder
	reading sync.WaitGroup
}

// start starts isocheck with the arguments.
func start(t *testing.T, args ...string) *invocation {
	t.Helper()
	temp, err := startFolder()
	if err != nil {
		t.Fatal(err)
	}
	i := startWith(t, temp, nil, args...)
	t.Cleanup(func() {
		_ = i.cmd.Process.Kill()
		_ = os.RemoveAll(temp)
	})
	return i
}

func (i *invocation) read(pipe io.Reader) {
	defer close(i.lines)
	s := bufio.NewScanner(pipe)
	for s.Scan() {
		i.mu.Lock()
		i.stderr.WriteString(s.Text() + "\n")
		i.mu.Unlock()
		i.lines <- s.Text()
	}
}

// waitFor waits until a line of stderr has the text.
func (i *invocation) waitFor(text string) {
	i.t.Helper()
	for line := range i.lines {
		if strings.Contains(line, text) {
			return
		}
	}
	i.t.Fatalf("isocheck ended without saying %q:\n%s", text, i.said())
}

// exit waits for the end and returns the exit status. Nothing may be left behind.
func (i *invocation) exit() int {
	i.t.Helper()
	status := i.wait()
	if left := leftBehind(i.temp); len(left) > 0 {
		i.t.Errorf("left behind: %s", strings.Join(left, "\n"))
	}
	return status
}

// said returns all that was written to stderr.
func (i *invocation) said() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.stderr.String()
}

func (i *invocation) signal(s os.Signal) {
	i.t.Helper()
	if err := i.cmd.Process.Signal(s); err != nil {
		i.t.Fatal(err)
	}
}

// waitForRecords waits until so many bytes of a history are in its file.
func (i *invocation) waitForRecords(name string, least int64) {
	i.t.Helper()
	for {
		if info, err := os.Stat(filepath.Join(i.out, name)); err == nil && info.Size() >= least {
			return
		}
		if i.cmd.ProcessState != nil {
			i.t.Fatalf("isocheck ended before it recorded anything:\n%s", i.said())
		}
		pause()
	}
}

// TestInterrupt stops a run with one Ctrl-C: what was recorded is checked and
// reported, and the server is gone.
func TestInterrupt(t *testing.T) {
	requireServer(t, postgreSQL)
	for _, tt := range []struct {
		name   string
		signal os.Signal
		args   []string
		want   int
	}{
		{"as expected", os.Interrupt, nil, int(inconclusive)},
		{"terminated", syscall.SIGTERM, nil, int(inconclusive)},
		{"violated", os.Interrupt, []string{"--expect", "snapshot-isolation"}, int(violated)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const name = "history-counter-read-committed.jsonl.zst"
			i := start(t, append(tt.args, "--db", "postgres", "--via", "local", "--level", "read-committed", "--workload", "counter", "--duration", "10m")...)
			i.waitFor("counter at read-committed: started")
			i.waitForRecords(name, 50_000)
			i.signal(tt.signal)
			if got := i.exit(); got != tt.want {
				t.Errorf("exit status %d, want %d\n%s", got, tt.want, i.said())
			}
			h, err := history.Load(filepath.Join(i.out, name))
			if err != nil {
				t.Fatal(err)
			}
			if !h.Closed || len(h.Txns) < 100 {
				t.Errorf("the history is closed: %v, with %d transactions", h.Closed, len(h.Txns))
			}
			if !strings.Contains(i.stdout.String(), "lost update") {
				t.Errorf("the summary does not say what was seen:\n%s", i.stdout.String())
			}
			for _, file := range []string{reportFile, findingsFile} {
				if _, err := os.Stat(filepath.Join(i.out, file)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestInterruptTwice stops a run at once: nothing is checked, but the server is gone.
func TestInterruptTwice(t *testing.T) {
	requireServer(t, postgreSQL)
	i := start(t, "--db", "postgres", "--via", "local", "--workload", "counter", "--duration", "10m")
	i.waitFor("started")
	i.signal(os.Interrupt)
	i.waitFor("Stopping")
	i.signal(os.Interrupt)
	if got := i.exit(); got != int(inconclusive) && got != int(asExpected) {
		t.Errorf("exit status %d, want %d\n%s", got, inconclusive, i.said())
	}
}

// TestInterruptStart stops isocheck while it starts a server.
func TestInterruptStart(t *testing.T) {
	requireServer(t, postgreSQL)
	i := start(t, "--db", "postgres", "--via", "local")
	i.waitFor("Starting")
	i.signal(os.Interrupt)
	if got := i.exit(); got != int(inconclusive) {
		t.Errorf("exit status %d, want %d\n%s", got, inconclusive, i.said())
	}
	if _, err := os.Stat(filepath.Join(i.out, reportFile)); err == nil {
		t.Error("there is a report, though nothing was recorded")
	}
}

// TestServerDies ends the server in the middle of a run: what was recorded until
// then is checked, and isocheck says what happened.
func TestServerDies(t *testing.T) {
	requireServer(t, postgreSQL)
	for _, tt := range []struct {
		name string
		args []string
		want int
	}{
		{"nothing found", []string{"--expect", string(checker.ReadUncommitted)}, int(notDone)},
		{"violation found", []string{"--expect", string(checker.Serializable)}, int(violated)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const name = "history-counter-read-committed.jsonl.zst"
			i := start(t, append(tt.args, "--db", "postgres", "--via", "local", "--level", "read-committed", "--workload", "counter", "--duration", "10m")...)
			i.waitFor("started")
			i.waitForRecords(name, 50_000)
			killServer(t, i.temp)
			if got := i.exit(); got != tt.want {
				t.Errorf("exit status %d, want %d\n%s", got, tt.want, i.said())
			}
			if said := i.said(); !strings.Contains(said, "the server was lost") || strings.Contains(said, "goroutine") {
				t.Errorf("stderr does not say, or not well, that the server was lost:\n%s", said)
			}
			if log := filepath.Join(i.out, serverLog); !strings.Contains(i.said(), "the server died during the run; its log is "+log) {
				t.Errorf("stderr does not say that the server died and where its log is:\n%s", i.said())
			}
			findings, err := os.ReadFile(filepath.Join(i.out, findingsFile))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(findings), "the server was lost") {
				t.Error("findings.json does not say that the server was lost")
			}
		})
	}
}

// killServer kills all processes of the PostgreSQL server in the folder.
func killServer(t *testing.T, temp string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(temp, "*", "data", "postmaster.pid"))
	if len(files) != 1 {
		t.Fatalf("found %d servers", len(files))
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	server, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
}
