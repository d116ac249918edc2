package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/isocheck/isocheck/history"
)

// TestLittleDisk says before the run that there is too little room, and leaves no folder.
func TestLittleDisk(t *testing.T) {
	out := filepath.Join(t.TempDir(), "a", "b")
	_, err := makeFolder(out, "", func(string) (uint64, error) { return 10 << 20, nil })
	if err == nil || !strings.Contains(err.Error(), "only 10 MiB are free") || !strings.Contains(err.Error(), "--out") {
		t.Errorf("error: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(out)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the folders that were made are still there")
	}
}

func TestFreeDisk(t *testing.T) {
	free, err := freeDisk(t.TempDir())
	if err != nil || free == 0 {
		t.Errorf("%d bytes are free, %v", free, err)
	}
}

// TestNewFolders gives runs that start in the same second folders of their own.
func TestNewFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	p := &plan{database: postgreSQL, version: "17", levels: []history.Level{history.ReadCommitted, history.Serializable}}
	name := folderName(time.Date(2026, 3, 1, 10, 15, 0, 0, time.UTC), p)
	if want := "20260301-101500-postgres-17-read-committed+serializable"; name != want {
		t.Errorf("the folder is called %s, want %s", name, want)
	}
	first, err := makeFolder("", name, freeDisk)
	if err != nil {
		t.Fatal(err)
	}
	second, err := makeFolder("", name, freeDisk)
	if err != nil {
		t.Fatal(err)
	}
	if first.path == second.path {
		t.Errorf("two runs share %s", first.path)
	}
	second.removeIfEmpty()
	first.removeIfEmpty()
	if _, err := os.Stat("isocheck-results"); !errors.Is(err, os.ErrNotExist) {
		t.Error("isocheck-results is still there, though nothing is in it")
	}
}

// TestRemoveOld removes an earlier run's files, and nobody else's.
func TestRemoveOld(t *testing.T) {
	f := &folder{path: filepath.Join(t.TempDir(), "a[b]*")}
	if err := os.Mkdir(f.path, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{reportFile, "history-bank-serializable.jsonl.zst", "history.edn", "mine.jsonl.zst"} {
		if err := os.WriteFile(f.file(name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.removeOld(reportFile, findingsFile, histories); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, _ := os.ReadDir(f.path)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if got := strings.Join(left, " "); got != "history.edn mine.jsonl.zst" {
		t.Errorf("left are %s", got)
	}
}

// TestRemoveOldRun removes the histories that an earlier run's findings or advice name, and
// leaves those that nobody knows of, and what is not in the folder.
func TestRemoveOldRun(t *testing.T) {
	top := t.TempDir()
	f := &folder{path: filepath.Join(top, "a[b]*")}
	if err := os.Mkdir(f.path, 0o755); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(top, "history-outside.jsonl.zst")
	for name, text := range map[string]string{
		outside: "",
		f.file("history-bank-serializable.jsonl.zst"):       "",
		f.file("history-bank-plain-serializable.jsonl.zst"): "",
		f.file("history-mine.jsonl.zst"):                    "",
		f.file("notes.txt"):                                 "",
		f.file(findingsFile): `{"runs": [{"history": "history-bank-serializable.jsonl.zst"}, {"history": "notes.txt"},
			{"history": "../history-outside.jsonl.zst"}, {"history": "history-*.jsonl.zst"}]}`,
		f.file(adviceData): `{"workloads": [{"cells": [{"history": "history-bank-plain-serializable.jsonl.zst"}, {}]}]}`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := f.removeOldRun(findingsFile, adviceData)
	if err != nil || strings.Join(kept, " ") != "history-mine.jsonl.zst" {
		t.Errorf("kept are %v, %v", kept, err)
	}
	var left []string
	entries, _ := os.ReadDir(f.path)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if got := strings.Join(left, " "); got != "history-mine.jsonl.zst notes.txt" {
		t.Errorf("left are %s", got)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Errorf("a file outside of the folder is gone: %v", err)
	}
}

// TestWriteWhole leaves a file as it was when a new one cannot be made.
func TestWriteWhole(t *testing.T) {
	f := &folder{path: t.TempDir()}
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	if err := f.write("a", 0o600, text("first")); err != nil {
		t.Fatal(err)
	}
	if err := f.write("a", 0o600, func(io.Writer) error { return errors.New("broken") }); err == nil {
		t.Error("no error")
	}
	if got, _ := os.ReadFile(f.file("a")); string(got) != "first" {
		t.Errorf("the file has %q", got)
	}
	if err := f.write("a", 0o600, text("second")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(f.file("a")); string(got) != "second" {
		t.Errorf("the file has %q", got)
	}
	if info, _ := os.Stat(f.file("a")); info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v", info.Mode())
	}
	if entries, _ := os.ReadDir(f.path); len(entries) != 1 {
		t.Errorf("there are %d files", len(entries))
	}
}
