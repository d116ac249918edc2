package history

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"time"
)

// followPause is how long a stream that follows a file waits at its end before it looks again.
const followPause = 20 * time.Millisecond

// Follow returns the history in a file while it is being written, by this process or another. done
// is closed when the writer has closed the file. The first stream that is opened follows the
// file: at its end it waits for more, until done is closed; it also waits for the file to be there.
// So whoever reads it has read nearly all when the last transaction is written. Streams that are
// opened later end where the file ends at the time.
//
// What can be read is what the Writer has sent to the file, which it does twice a second.
func Follow(path string, done <-chan struct{}) Source { return &followed{path: path, done: done} }

type followed struct {
	path   string
	done   <-chan struct{}
	opened atomic.Bool
}

// Open implements Source.
func (f *followed) Open() (Stream, error) {
	if f.opened.Swap(true) {
		return openReader(f.path)
	}
	file, err := f.wait()
	if err != nil {
		return nil, fmt.Errorf("opening a history: %w", err)
	}
	return newReader(f.path, &tail{file: file, done: f.done, closed: make(chan struct{})}, 0)
}

// wait opens the file as soon as it is there.
func (f *followed) wait() (*os.File, error) {
	for {
		ended := isClosed(f.done)
		file, err := os.Open(f.path)
		if ended || !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
		select {
		case <-f.done:
		case <-time.After(followPause):
		}
	}
}

// tail reads a file that grows.
type tail struct {
	file   *os.File
	done   <-chan struct{} // nothing will be added any more
	closed chan struct{}   // whoever reads has lost interest
}

// Read implements io.Reader. It returns io.EOF only when nothing will be added any more.
func (t *tail) Read(p []byte) (int, error) {
	for {
		ended := isClosed(t.done)
		n, err := t.file.Read(p)
		if n > 0 || ended || !errors.Is(err, io.EOF) {
			return n, err
		}
		select {
		case <-t.done:
		case <-t.closed:
			return 0, io.EOF
		case <-time.After(followPause):
		}
	}
}

// Close lets a reader go that waits, and closes the file.
func (t *tail) Close() error {
	close(t.closed)
	return t.file.Close()
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
