package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/history"
)

// TestDiskFull fills the disk of the results while a run records: isocheck says so, stops the
// server, and what was recorded can be read.
func TestDiskFull(t *testing.T) {
	requireServer(t, postgreSQL)
	disk := smallDisk(t)
	temp, err := startFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	i := startOn(t, temp, filepath.Join(disk, "results"), nil,
		"--db", "postgres", "--via", "local", "--workload", "counter", "--duration", "10m", "--pause", "0")
	i.waitFor("started")
	const name = "history-counter-read-committed.jsonl.zst"
	i.waitForRecords(name, 20_000)
	fill(t, filepath.Join(disk, "others"))
	if got := i.exit(); got != int(notDone) {
		t.Errorf("exit status %d, want %d\n%s", got, notDone, i.said())
	}
	if !strings.Contains(i.said(), "no space left on device") {
		t.Errorf("stderr does not say that the disk is full:\n%s", i.said())
	}
	h, err := history.Load(filepath.Join(i.out, name))
	if err != nil {
		t.Fatal(err)
	}
	if h.Closed || len(h.Txns) < 100 {
		t.Errorf("the history is closed: %v, with %d transactions", h.Closed, len(h.Txns))
	}
}

// smallDisk returns a folder on a disk of its own which is just large enough for isocheck to begin.
func smallDisk(t *testing.T) string {
	t.Helper()
	disk := t.TempDir()
	if err := syscall.Mount("isocheck-test", disk, "tmpfs", 0, "size=80m"); err != nil {
		provisiontest.Missing(t, "a disk of its own (mounting one takes root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk
}

// fill writes a file until no space is left.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = file.Write(make([]byte, 1<<20))
	}
	for err = nil; err == nil; { // the last of it
		_, err = file.Write(make([]byte, 4<<10))
	}
	_ = file.Close() // that it is not written whole is what is wanted
}
