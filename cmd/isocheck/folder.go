package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// folder is where all output of a run goes.
type folder struct {
	path string
	// made is the topmost folder that had to be made for it, "" if none.
	made string
}

// leastDisk is how much free disk a run must find, in bytes: a default run
// writes a few megabytes.
const leastDisk = 64 << 20

// makeFolder makes the folder for a run's output, or takes it if it is there, and
// makes sure before anything else is started that it can be written to.
// Without a path, it is a new one in isocheck-results.
func makeFolder(path, name string, free func(string) (uint64, error)) (*folder, error) {
	var err error
	f := &folder{path: path}
	if path == standardStream {
		return nil, usagef("--out -: the results are several files, which go to no stream; name a folder (./- if it is to be called that)")
	}
	if path == "" {
		f.path, f.made, err = newFolder(name)
	} else {
		f.made, err = makeAll(path)
	}
	if err != nil {
		return nil, fmt.Errorf("making the folder for the results: %w (choose another with --out)", err)
	}
	if err := f.tryOut(free); err != nil {
		f.removeIfEmpty()
		return nil, err
	}
	return f, nil
}

// newFolder makes a folder in isocheck-results that was not there before.
func newFolder(name string) (path, made string, err error) {
	const results = "isocheck-results"
	made, err = makeAll(results)
	if err != nil {
		return "", "", err
	}
	for n := 1; ; n++ {
		path = filepath.Join(results, name)
		if n > 1 {
			path += fmt.Sprintf("-%d", n)
		}
		err = os.Mkdir(path, 0o755)
		if err == nil && made == "" {
			made = path
		}
		if !errors.Is(err, os.ErrExist) {
			return path, made, err
		}
	}
}

// makeAll makes the folder and its parents, and returns the topmost one that was not there.
func makeAll(path string) (made string, err error) {
	for p := filepath.Clean(path); ; p = filepath.Dir(p) {
		if _, err := os.Stat(p); err == nil || filepath.Dir(p) == p {
			break
		}
		made = p
	}
	return made, os.MkdirAll(path, 0o755)
}

// removeOld removes what an earlier run left in the same folder, files whose
// names match one of the patterns, so that nobody takes them for this run's.
func (f *folder) removeOld(patterns ...string) error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return fmt.Errorf("looking for what an earlier run left: %w", err)
	}
	for _, e := range entries {
		old := slices.ContainsFunc(patterns, func(p string) bool {
			match, _ := filepath.Match(p, e.Name()) // the patterns are well formed
			return match
		})
		if !old {
			continue
		}
		if err := os.Remove(f.file(e.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("removing what an earlier run left: %w", err)
		}
	}
	return nil
}

// tryOut writes a file and looks at the free disk.
func (f *folder) tryOut(free func(string) (uint64, error)) error {
	probe, err := os.CreateTemp(f.path, ".isocheck-*")
	if err != nil {
		return fmt.Errorf("the folder for the results cannot be written to: %w (choose another with --out)", err)
	}
	_, err = probe.Write(make([]byte, 4096))
	err = errors.Join(err, probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return fmt.Errorf("the folder for the results cannot be written to: %w (choose another with --out)", err)
	}
	bytes, err := free(f.path)
	if err == nil && bytes < leastDisk {
		return fmt.Errorf("only %d MiB are free on the disk of %s, and a run needs %d MiB; make room or choose another folder with --out",
			bytes>>20, f.path, leastDisk>>20)
	}
	return nil
}

// file returns the path of a file in the folder.
func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// write writes a file whole or not at all.
func (f *folder) write(name string, mode os.FileMode, content func(io.Writer) error) error {
	var b bytes.Buffer
	if err := content(&b); err != nil {
		return fmt.Errorf("making %s: %w", name, err)
	}
	temporary, err := os.CreateTemp(f.path, "."+name+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = temporary.Write(b.Bytes())
	err = errors.Join(err, temporary.Chmod(mode), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), f.file(name))
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// removeIfEmpty removes what makeFolder made, as far as nothing is in it. The log
// of a server that never started is nothing.
func (f *folder) removeIfEmpty() {
	if info, err := os.Stat(f.file(serverLog)); err == nil && info.Size() == 0 {
		_ = os.Remove(f.file(serverLog))
	}
	if f.made == "" {
		return
	}
	for p := filepath.Clean(f.path); os.Remove(p) == nil && p != f.made; {
		p = filepath.Dir(p)
	}
}

// folderName is the name of a run's folder: when, what, at which levels.
func folderName(started time.Time, p *plan) string {
	levels := strings.Join(texts(p.levels), "+")
	if len(p.levels) > 3 {
		levels = all
	}
	return strings.Join([]string{started.Format("20060102-150405"), strings.ReplaceAll(p.asked(), ":", "-"), levels}, "-")
}
