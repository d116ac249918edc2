package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// standardStream is the name that stands for standard input or output.
const standardStream = "-"

// errNothingChecked says that the user stopped a command before it had read all of its input.
var errNothingChecked = incompletef("interrupted while reading: nothing was checked")

// spool is where what comes through pipes is kept: histories are read more than
// once, and a pipe only once. A nil spool holds nothing.
type spool struct {
	dir   string
	names map[string]string // what the user calls each file of the spool
}

// spoolFiles returns the files, with copies of those that are pipes and the like in their places. The spool
// is to be removed when they have been read. Where the context ends first, the error is errNothingChecked.
func (a *app) spoolFiles(ctx context.Context, files []string) ([]string, *spool, error) {
	var s *spool
	own := make([]string, len(files))
	for i, file := range files {
		own[i] = file
		info, err := os.Stat(file)
		switch {
		case file == standardStream:
			if contains(files[:i], file) {
				return nil, s, usagef("standard input, which - stands for, can be read once only")
			}
		case err != nil || info.IsDir() || info.Mode().IsRegular():
			continue // what is not there is said when it is to be read
		}
		if s == nil {
			if s, err = newSpool(); err != nil {
				return nil, nil, err
			}
		}
		if own[i], err = s.take(ctx, a.stdin, file, i); err != nil {
			return nil, s, err
		}
	}
	return own, s, nil
}

func newSpool() (*spool, error) {
	dir, err := os.MkdirTemp("", "isocheck-input-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for what comes through a pipe: %w", err)
	}
	return &spool{dir: dir, names: map[string]string{}}, nil
}

// take copies what comes through a pipe, and returns the copy's path.
func (s *spool) take(ctx context.Context, stdin io.Reader, file string, number int) (string, error) {
	base, name := filepath.Base(file), file
	if file == standardStream {
		base, name = "stdin", "standard input"
	}
	path := filepath.Join(s.dir, strconv.Itoa(number), base)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("keeping what comes through %s: %w", name, err)
	}
	copied, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("keeping what comes through %s: %w", name, err)
	}
	s.names[path] = name
	done := make(chan error, 1)
	go func() { // a pipe to which nobody writes holds up already who opens it
		done <- errors.Join(copyFrom(copied, stdin, file), copied.Close())
	}()
	select {
	case err = <-done:
	case <-ctx.Done():
		return "", errNothingChecked
	}
	if err != nil {
		return "", fmt.Errorf("keeping what comes through %s: %w", name, err)
	}
	return path, nil
}

func copyFrom(to io.Writer, stdin io.Reader, file string) error {
	if file == standardStream {
		_, err := io.Copy(to, stdin)
		return err
	}
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was only read
	_, err = io.Copy(to, from)
	return err
}

// remove removes the copies.
func (s *spool) remove() {
	if s != nil {
		_ = os.RemoveAll(s.dir)
	}
}

// rename puts the names that the user knows into a text, in place of those of the copies.
func (s *spool) rename(text string) string {
	if s != nil {
		for path, name := range s.names {
			text = strings.ReplaceAll(text, path, name)
		}
	}
	return text
}

// renamed is the error with the names that the user knows.
func (s *spool) renamed(err error) error {
	if err == nil || s.rename(err.Error()) == err.Error() {
		return err
	}
	return &renamedError{s.rename(err.Error()), err}
}

type renamedError struct {
	text string
	err  error
}

func (e *renamedError) Error() string { return e.text }

func (e *renamedError) Unwrap() error { return e.err }
