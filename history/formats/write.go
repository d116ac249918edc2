package formats

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/isocheck/isocheck/history"
)

// replace makes a file by another name first, so that nothing half-done is there if
// that fails, and that a file can be made from itself. What is no regular file, such
// as /dev/stdout, is written as it is, and a link stays one.
func replace(path string, write func(path string) ([]string, error)) ([]string, error) {
	if info, err := os.Stat(path); err == nil {
		target, err := filepath.EvalSymlinks(path)
		if err != nil || !info.Mode().IsRegular() {
			return write(path)
		}
		path = target
	}
	if info, err := os.Stat(filepath.Dir(path)); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("writing %s: %s: no such folder", path, filepath.Dir(path))
	} else if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("writing %s: %s is no folder", path, filepath.Dir(path))
	}
	part := filepath.Join(filepath.Dir(path), ".part-"+filepath.Base(path)) // its ending may mean something
	notes, err := write(part)
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		var at *os.PathError
		if errors.As(err, &at) && at.Path == part {
			err = fmt.Errorf("writing %s: %w", path, at.Err) // it names the file that was asked for
		}
		if removed := os.Remove(part); !errors.Is(removed, os.ErrNotExist) {
			err = errors.Join(err, removed)
		}
		return nil, err
	}
	return notes, nil
}

// writeFile makes a file.
func writeFile(path string, write func(io.Writer) ([]string, error)) ([]string, error) {
	return replace(path, func(path string) ([]string, error) {
		f, err := os.Create(path)
		if err != nil {
			return nil, err
		}
		notes, err := write(f)
		return notes, errors.Join(err, f.Close())
	})
}

// writeIsocheck makes a history file of isocheck's own format.
func writeIsocheck(ctx context.Context, path string, src history.Source) ([]string, error) {
	s, err := src.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // it was only read
	return replace(path, func(path string) ([]string, error) {
		if err := record(ctx, path, s); err != nil {
			return nil, err
		}
		var notes []string
		if !s.Closed() {
			notes = append(notes, "the history was cut off before its end, and the copy does not say so")
		}
		if s.Header().Parts > 1 {
			notes = append(notes, "the history was recorded by several machines, whose clocks do not compare exactly, and the copy does not say so: nothing about real-time order follows from it")
		}
		return notes, nil
	})
}

func record(ctx context.Context, path string, s history.Stream) (err error) {
	var texts texts
	w, err := history.Create(path, *s.Header(), texts.from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	r := w.Recorder()
	var t history.Transaction
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := s.Next(&t)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		texts.take(s.Statements())
		if r.Record(&t); w.Err() != nil {
			return fmt.Errorf("writing %s: %w", path, w.Err())
		}
	}
	for _, e := range s.Events() {
		w.Event(e)
	}
	return nil
}

// texts hands the statements of a stream, as they turn up, to the goroutine that writes.
type texts struct {
	mu  sync.Mutex
	all []string
}

func (t *texts) take(all []string) {
	if len(all) == len(t.all) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, all[len(t.all):]...)
}

func (t *texts) from(n int) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.all[n:]...)
}
