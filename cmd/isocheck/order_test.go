package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/history"
)

// TestRunOrder puts a folder's histories in the order of a run, not of their names.
func TestRunOrder(t *testing.T) {
	dir := t.TempDir()
	write := func(workload string, level history.Level) string {
		path := filepath.Join(dir, "history-"+workload+"-"+string(level)+".jsonl")
		w, err := history.Create(path, history.Header{Workload: workload, Level: level}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	want := []string{
		write("counter", history.ReadUncommitted), write("counter", history.ReadCommitted), write("bank", history.ReadCommitted),
		write("bank", history.RepeatableRead), write("counter", history.Serializable), filepath.Join(dir, "a.jsonl"),
	}
	if err := os.WriteFile(want[len(want)-1], []byte("no history"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := expandFolders([]string{dir}, "")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
