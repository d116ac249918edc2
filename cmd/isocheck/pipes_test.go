//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// endless is an input that never ends, and gives nothing.
type endless struct{ done <-chan struct{} }

func (e endless) Read([]byte) (int, error) {
	<-e.done
	return 0, os.ErrClosed
}

// A pipe through which nothing comes does not keep the user from stopping, and nothing is left of what came.
func TestInterruptReading(t *testing.T) {
	named := filepath.Join(t.TempDir(), "named")
	if err := syscall.Mkfifo(named, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "history.txt")
	for name, args := range map[string][]string{
		"check standard input":   {"check", "-"},
		"check a named pipe":     {"check", named},
		"convert standard input": {"convert", "-", "--to", "plume", "--out", out},
		"convert a named pipe":   {"convert", named, "--to", "plume", "--out", out},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			ctx, stop := context.WithCancel(t.Context())
			stdin := endless{t.Context().Done()}
			time.AfterFunc(100*time.Millisecond, stop)
			var stdout, stderr bytes.Buffer
			if got := run(ctx, args, stdin, &stdout, &stderr, nil); got != int(inconclusive) {
				t.Errorf("exit status %d, want %d", got, inconclusive)
			}
			if !strings.HasPrefix(stderr.String(), "isocheck: interrupted") || stdout.Len() > 0 {
				t.Errorf("it says %q and %q", stdout.String(), stderr.String())
			}
			if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if exists(out) {
				t.Error("something was written")
			}
		})
	}
	if release, err := os.OpenFile(named, os.O_RDWR, 0); err == nil { // ends those that wait for a writer
		_ = release.Close()
	}
}

// What was interrupted says so, has the exit status of all that is, and leaves what was there before.
func TestInterruptWriting(t *testing.T) {
	for name, args := range map[string][]string{
		"generate":                 {"generate", "--txns", "100000"},
		"generate registers":       {"generate", "--txns", "100000", "--kind", "register", "--to", "plume"},
		"convert":                  {"convert", filepath.Join(testdata(), "lost-update.jsonl"), "--to", "isocheck"},
		"generate to a stream":     {"generate", "--txns", "100000", "--out", "-"},
		"convert into other forms": {"convert", filepath.Join(testdata(), "lost-update.jsonl"), "--to", "jepsen-edn"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "history.jsonl")
			if err := os.WriteFile(out, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
			if args[len(args)-1] != standardStream {
				args = append(args, "--out", out)
			}
			ctx, stop := context.WithCancel(t.Context())
			stop()
			var stdout, stderr bytes.Buffer
			got := run(ctx, args, strings.NewReader(""), &stdout, &stderr, nil)
			if got != int(inconclusive) || stderr.String() != "isocheck: interrupted: nothing was written\n" || stdout.Len() > 0 {
				t.Errorf("exit status %d, and it says %q and %q", got, stdout.String(), stderr.String())
			}
			if text, err := os.ReadFile(out); string(text) != "before" {
				t.Errorf("what was there is now %q, %v", text, err)
			}
			if files, _ := os.ReadDir(filepath.Dir(out)); len(files) != 1 {
				t.Errorf("there is more than before: %v", files)
			}
		})
	}
}
