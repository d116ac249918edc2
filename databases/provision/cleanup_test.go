package provision_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
)

// child is another isocheck with a server of its own.
type child struct {
	cmd    *exec.Cmd
	folder string // of its server
	stop   string // the command that stops its server
	dsn    string
}

// startChild starts another isocheck, which then dies in the way given, or waits.
func startChild(t *testing.T, how, database string, via provision.Via, image string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+how, "ISOCHECK_TEST_DATABASE="+database,
		"ISOCHECK_TEST_VIA="+string(via), "ISOCHECK_TEST_IMAGE="+image)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	var lines []string
	for scan := bufio.NewScanner(out); len(lines) < 3 && scan.Scan(); {
		lines = append(lines, scan.Text())
	}
	if len(lines) > 0 && strings.HasPrefix(lines[0], "error:") {
		provisiontest.Missing(t, "%s", strings.Join(lines, "\n"))
	}
	if len(lines) < 3 {
		t.Fatalf("the other isocheck said only %q", lines)
	}
	return &child{cmd, filepath.Dir(lines[0]), lines[1], lines[2]}
}

// using returns the processes whose command line names the folder. It reads
// /proc, so only Linux sees them.
func using(folder string) []string {
	var found []string
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), folder) {
			found = append(found, fmt.Sprintf("%s: %q", file, text))
		}
	}
	return found
}

// gone waits until no process uses the folder, and it is no more.
func gone(t *testing.T, folder string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		processes := using(folder)
		_, err := os.Stat(folder)
		if len(processes) == 0 && os.IsNotExist(err) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind: folder %s (%v), processes %v", folder, err, processes)
		}
	}
}

func TestNothingIsLeftBehindByTheDead(t *testing.T) {
	for _, database := range []string{"postgres", "mariadb"} {
		for _, how := range []string{"kill -9", "panic", "panic elsewhere", "exit"} {
			t.Run(database+" "+how, func(t *testing.T) {
				t.Parallel()
				c := startChild(t, how, database, provision.Local, "")
				if how == "kill -9" {
					if len(using(c.folder)) < 2 {
						t.Errorf("the server and its guard should run, but there is only %v", using(c.folder))
					}
					_ = c.cmd.Process.Kill()
				}
				_ = c.cmd.Wait()
				gone(t, c.folder)
			})
		}
	}
}

// TestNextStartCleansUp kills the guard too, so that nobody is left to clean up.
func TestNextStartCleansUp(t *testing.T) {
	c := startChild(t, "kill -9", "postgres", provision.Local, "")
	guards := 0
	for _, line := range using(c.folder) {
		if pid := regexp.MustCompile(`\d+`).FindString(line); strings.Contains(line, "isocheck-guard") {
			guards++
			if err := exec.Command("kill", "-KILL", pid).Run(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if guards != 1 {
		t.Fatalf("there are %d guards, want 1", guards)
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	if _, err := os.Stat(c.folder); err != nil {
		t.Fatalf("without its guard the folder should still be there: %v", err)
	}
	s := start(t, provision.Options{Database: "postgres", Via: provision.Local})
	gone(t, c.folder)
	if _, err := os.Stat(filepath.Dir(s.LogPath)); err != nil {
		t.Errorf("the new server's own folder must stay: %v", err)
	}
}

func TestKeep(t *testing.T) {
	c := startChild(t, "keep", "postgres", provision.Local, "")
	if err := c.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	// The start of another server must not take it for something left behind.
	start(t, provision.Options{Database: "postgres", Via: provision.Local})
	if _, err := provision.Start(t.Context(), provision.Options{Database: "postgres", DSN: c.dsn}); err != nil {
		t.Errorf("the server that was kept does not answer: %v", err)
	}
	if out, err := exec.Command("sh", "-c", c.stop).CombinedOutput(); err != nil {
		t.Errorf("%s: %v: %s", c.stop, err, out)
	}
	gone(t, c.folder)
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	for _, database := range []string{"postgres", "mysql"} {
		t.Run(database, func(t *testing.T) {
			temp := enterable(t)
			t.Setenv("TMPDIR", temp)
			ctx, cancel := context.WithCancel(t.Context())
			o := provision.Options{Database: database, Via: provision.Local, Progress: func(string) {
				time.AfterFunc(300*time.Millisecond, cancel)
			}}
			s, err := provision.Start(ctx, o)
			if err == nil {
				err = s.Stop(t.Context())
				t.Logf("started before it was cancelled; stopping it: %v", err)
			}
			left, _ := filepath.Glob(filepath.Join(temp, "*"))
			if len(left) > 0 || len(using(temp)) > 0 {
				t.Errorf("left behind: %v, %v", left, using(temp))
			}
		})
	}
}
