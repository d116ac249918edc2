package provision

import (
	"context"
	"errors"
	"os"
	"time"
)

var errLocked = errors.New("somebody else has it locked")

// lockNew makes a file that is locked from the moment that it can be seen.
func lockNew(path string) (*os.File, error) {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, os.Rename(path+".new", path)
}

// lockFree locks a file that nobody has locked. It fails with errLocked where somebody has.
func lockFree(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|noFollow, 0)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// lockWait locks a file, which it makes if there is none, when nobody else has it locked.
func lockWait(ctx context.Context, path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	f.Close()
	for {
		locked, err := lockFree(path)
		if !errors.Is(err, errLocked) {
			return locked, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
