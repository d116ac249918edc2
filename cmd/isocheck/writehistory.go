package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
)

// writeHistory writes a history to where --out says, - for standard output, and says what the format does not.
func (a *app) writeHistory(ctx context.Context, out string, to formats.Format, src history.Source, options formats.Options) error {
	path := out
	if out == standardStream {
		if to == formats.Cobra {
			return usagef("--out -: %s is a folder of several files; name it", to)
		}
		dir, err := os.MkdirTemp("", "isocheck-output-")
		if err != nil {
			return fmt.Errorf("making a folder for what goes to standard output: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		path = filepath.Join(dir, "history.jsonl") // not compressed
	}
	notes, err := formats.Write(ctx, path, to, src, options)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return interruptedWriting(out)
	}
	if err == nil && out == standardStream {
		err = a.toStdout(ctx, path)
	}
	for _, note := range notes {
		fmt.Fprintf(a.stderr, "isocheck: %s\n", note)
	}
	return err
}

// interruptedWriting says what is there after a user stopped a command that writes one file.
func interruptedWriting(out string) error {
	if info, err := os.Stat(out); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return incompletef("interrupted: what was written to %s is not all", out)
	}
	return incompletef("interrupted: nothing was written")
}

// toStdout copies a file to standard output. A reader that does not read does not keep
// the user from stopping it.
func (a *app) toStdout(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	done := make(chan error, 1)
	go func() {
		_, err := io.Copy(a.stdout, file)
		done <- err
	}()
	select {
	case err = <-done:
	case <-ctx.Done():
		return incompletef("interrupted: what was written to standard output is not all")
	}
	if err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	return nil
}
