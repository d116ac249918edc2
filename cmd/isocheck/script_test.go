package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){
		"isocheck": func() {
			os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
		},
	})
}

// TestScripts runs the command line as a user does: each file in testdata/script
// is one behaviour. After each, nothing may be left of what was started.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUpScript,
		Condition: func(name string) (bool, error) {
			if database, ok := strings.CutPrefix(name, "has:"); ok {
				return have(database)
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"server":   server,
			"absent":   absent,
			"some":     some,
			"schema":   schema,
			"findings": findings,
			"stopkept": stopKept,
		},
	})
}

// setUpScript gives a script a folder for temporary files, and looks afterwards
// whether anything is left there.
func setUpScript(e *testscript.Env) error {
	dir, err := startFolder()
	if err != nil {
		return err
	}
	e.Setenv("TMPDIR", dir)
	e.Setenv("HISTORY", filepath.Join(testdata(), "lost-update.jsonl"))
	e.Defer(func() {
		if left := leftBehind(dir); len(left) > 0 {
			e.T().Fatal("isocheck left behind: " + strings.Join(left, "\n"))
		}
		_ = os.RemoveAll(dir)
	})
	return nil
}

// testdata is the absolute path of this package's test data.
func testdata() string {
	dir, _ := filepath.Abs("testdata")
	return dir
}

// startFolder returns a folder for temporary files that other users can enter:
// servers do not run as root.
func startFolder() (string, error) {
	dir, err := os.MkdirTemp("", "isocheck-script-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o777|os.ModeSticky)
}

// leftBehind names the files in the folder, and the processes that were started with it.
func leftBehind(dir string) []string {
	var left []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, filepath.Join(dir, e.Name()))
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range lines {
		text, _ := os.ReadFile(file)
		if strings.Contains(string(text), dir) {
			left = append(left, strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	return left
}

// exits STATUS COMMAND… runs a command and wants that exit status of it.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// server DATABASE sets DSN, PASSWORD and HOSTPORT to those of a running server.
func server(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: server DATABASE")
	}
	s, err := servers.start(args[0])
	ts.Check(err)
	ts.Setenv("DSN", s.DSN)
	ts.Setenv("PASSWORD", passwordOf(s.DSN))
	ts.Setenv("HOSTPORT", hostPortOf(s.DSN))
}

// absent TEXT PATH… wants that the text is nowhere in these files and folders, nor
// in what the last command wrote.
func absent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args[0]) < 4 {
		ts.Fatalf("usage: absent TEXT PATH…")
	}
	for _, stream := range []string{"stdout", "stderr"} {
		if strings.Contains(ts.ReadFile(stream), args[0]) {
			ts.Fatalf("%s contains %q", stream, args[0])
		}
	}
	for _, path := range args[1:] {
		ts.Check(filepath.WalkDir(ts.MkAbs(path), func(file string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := readPlain(file)
			if err == nil && strings.Contains(content, args[0]) {
				err = fmt.Errorf("%s contains %q", file, args[0])
			}
			return err
		}))
	}
}
