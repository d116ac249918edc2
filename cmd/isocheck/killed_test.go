package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/isocheck/isocheck/history"
)

// kills is how often isocheck is killed: a few times, and with ISOCHECK_SOAK=1 two hundred.
func kills() int {
	if os.Getenv("ISOCHECK_SOAK") != "" {
		return 200
	}
	return 5
}

// lostAtMost is how much of the end of a run may be missing after SIGKILL: the file gets what was
// recorded twice a second, and this machine may be busy.
const lostAtMost = 2 * time.Second

// longestLife is how long a run goes on, at most, before it is killed: twice as long as may be missing.
const longestLife = 2 * lostAtMost

// TestKilledAtAnyMoment kills isocheck with SIGKILL, each second time with the process that would
// clean up after it. What was recorded can be read, check says that it is cut off, and
// nothing of the dead is left after the next start, while a run that goes on is left alone.
func TestKilledAtAnyMoment(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it looks for processes in /proc")
	}
	requireServer(t, postgreSQL)
	living := start(t, "--db", "postgres", "--via", "local", "--workload", "counter", "--duration", "24h")
	living.waitFor("started")
	folders, _ := filepath.Glob(filepath.Join(living.temp, "*"))
	if len(folders) != 1 {
		t.Fatalf("a run has the folders %v", folders)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var lost []time.Duration
	for n := range kills() {
		lost = append(lost, killOnce(t, living.temp, folders[0], n, rng)...)
	}
	if len(lost) < kills()/2 {
		t.Errorf("only %d of %d runs had recorded anything when they were killed", len(lost), kills())
	}
	if slices.Sort(lost); len(lost) > 0 {
		t.Logf("%d histories lack the last %v (median) to %v of their run", len(lost), lost[len(lost)/2], lost[len(lost)-1])
	}
	// The next start cleans up what nobody did.
	next := startIn(t, living.temp, "--db", "postgres", "--via", "local", "--workload", "counter", "--duration", "300ms")
	if got := next.wait(); got != int(asExpected) {
		t.Errorf("the next run's exit status is %d\n%s", got, next.said())
	}
	waitUntilGone(t, living.temp, folders[0])
	living.signal(os.Interrupt)
	if got := living.exit(); got != int(inconclusive) {
		t.Errorf("the run that went on: exit status %d\n%s", got, living.said())
	}
}

// killOnce starts a run, kills it after some time, and checks what it left. It
// returns how much of the run's end is missing in its history, if there is one.
func killOnce(t *testing.T, temp, living string, n int, rng *rand.Rand) []time.Duration {
	t.Helper()
	old := leftBehind(temp)
	i := startIn(t, temp, "--db", "postgres", "--via", "local", "--workload", "bank", "--level", "read-committed", "--duration", "10m")
	if n%4 > 0 { // else it may hit the start
		i.waitFor("started")
	}
	time.Sleep(time.Duration(rng.Int64N(int64(longestLife))))
	orphaned := n%2 > 0
	if orphaned {
		killGuards(t, temp, living)
	}
	killed := time.Now()
	if err := i.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	i.wait()
	if strings.Contains(i.said(), "started") {
		old = nil // the start has cleaned up
	}
	if !orphaned {
		waitUntilGone(t, temp, append(old, living)...)
	}
	files, _ := filepath.Glob(filepath.Join(i.out, "history-*"))
	var lost []time.Duration
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Size() == 0 {
			continue // it was killed in between making the file and writing the first line
		}
		lost = append(lost, checkTruncated(t, file, killed))
	}
	return lost
}

// checkTruncated checks that a history can be read up to nearly when its run was killed, and that isocheck
// says that it is cut off. It returns how much is missing.
func checkTruncated(t *testing.T, file string, killed time.Time) time.Duration {
	t.Helper()
	h, err := history.Load(file)
	if err != nil || h.Closed {
		t.Fatalf("%s is closed or cannot be read: %v", file, err)
	}
	ran, last := killed.Sub(h.Header.Started), time.Duration(0)
	for i := range h.Txns {
		last = max(last, time.Duration(h.Txns[i].End))
	}
	if last < ran-lostAtMost {
		t.Errorf("%s ends at %v, and the run was killed at %v", file, last, ran)
	}
	out, err := exec.Command(isocheckProgram(t), "check", file).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != int(inconclusive) || !strings.Contains(string(out), "cut off before its end") {
		t.Errorf("isocheck check of %s: %v\n%s", file, err, out)
	}
	return ran - last
}

// isocheckProgram is the path of isocheck: testscript.Main puts it on the PATH.
func isocheckProgram(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("isocheck")
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// killGuards kills the processes that clean up after dead runs, but not those of the living.
func killGuards(t *testing.T, temp, living string) {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		line := string(text)
		if !strings.Contains(line, "isocheck-guard") || !strings.Contains(line, temp) || strings.Contains(line, living) {
			continue
		}
		pid, err := strconv.Atoi(strings.Split(file, "/")[2])
		if err != nil {
			t.Fatal(err)
		}
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may be gone already
	}
}

// waitUntilGone waits until nothing is left in the folder for temporary files, and no process that
// was started with it, but what has one of the words in it: the living run's, for one.
func waitUntilGone(t *testing.T, temp string, but ...string) {
	t.Helper()
	var left []string
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); pause() {
		left = left[:0]
		for _, l := range leftBehind(temp) {
			if !slices.ContainsFunc(but, func(word string) bool { return strings.Contains(l, word) }) {
				left = append(left, l)
			}
		}
		if len(left) == 0 {
			return
		}
	}
	t.Errorf("left behind: %s", strings.Join(left, "\n"))
}

// startIn starts isocheck as start does, with another run's folder for temporary files.
func startIn(t *testing.T, temp string, args ...string) *invocation {
	t.Helper()
	return startWith(t, temp, nil, args...)
}

// wait waits for the end and returns the exit status, -1 after SIGKILL.
func (i *invocation) wait() int {
	i.t.Helper()
	go func() {
		for range i.lines { // lets read go on
		}
	}()
	i.reading.Wait()
	var failed *exec.ExitError
	if err := i.cmd.Wait(); err != nil && !errors.As(err, &failed) {
		i.t.Fatal(err)
	}
	return i.cmd.ProcessState.ExitCode()
}

// startWith starts isocheck with more variables in its environment.
func startWith(t *testing.T, temp string, env []string, args ...string) *invocation {
	t.Helper()
	return startOn(t, temp, filepath.Join(t.TempDir(), "results"), env, args...)
}

// startOn starts isocheck with a folder for its results.
func startOn(t *testing.T, temp, out string, env []string, args ...string) *invocation {
	t.Helper()
	i := &invocation{t: t, temp: temp, out: out, lines: make(chan string, 1000)}
	i.cmd = exec.CommandContext(context.Background(), isocheckProgram(t), append(args, "--out", i.out)...)
	i.cmd.Env = append(append(os.Environ(), "TMPDIR="+temp), env...)
	i.cmd.Stdout = &i.stdout
	pipe, err := i.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := i.cmd.Start(); err != nil {
		t.Fatal(fmt.Errorf("starting isocheck: %w", err))
	}
	i.reading.Go(func() { i.read(pipe) })
	t.Cleanup(func() { _ = i.cmd.Process.Kill() })
	return i
}
