package history

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
)

// flushEvery is how often all that was recorded goes out to the file, so that a
// process that is killed leaves everything up to then.
const flushEvery = 500 * time.Millisecond

// Writer writes one history file, in a goroutine of its own, from what its
// recorders gather. Create makes one; Close must be called.
type Writer struct {
	header Header
	texts  func(from int) []string
	file   *os.File
	out    flusher

	wanted  chan struct{} // a recorder has enough
	closing chan struct{}
	ended   chan struct{}
	once    sync.Once
	failure atomic.Pointer[error]

	mu        sync.Mutex // guards what follows
	recorders []*Recorder
	events    []Event

	// Only the writing goroutine uses these.
	broken bool // writing failed
	counts counts
	taken  []*buffer
	lines  []mark
	line   []byte
}

// flusher is the way to the file: compressed or not.
type flusher interface {
	io.Writer
	Flush() error
}

// Create makes a file, or empties the one that is there, which must not be in use, and writes the
// header, with the Format of this package. A path that ends in .jsonl is written as plain text, any
// other is compressed with zstd. texts gives the SQL texts that operations refer to by number, from
// the from-th on; it is called by another goroutine and may be nil where there are none.
func Create(path string, h Header, texts func(from int) []string) (*Writer, error) {
	h.Format = FormatVersion
	if err := h.Validate(); err != nil {
		return nil, fmt.Errorf("writing a history: %w", err)
	}
	w := &Writer{
		header: h, texts: texts,
		wanted: make(chan struct{}, 1), closing: make(chan struct{}), ended: make(chan struct{}),
	}
	// The header goes out in one piece right after the file is made: a process that is killed meanwhile leaves no file without one.
	var first bytes.Buffer
	to := &sink{&first}
	if strings.HasSuffix(path, ".jsonl") {
		w.out = bufio.NewWriterSize(to, 64<<10)
	} else {
		z, err := zstd.NewWriter(to, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
		if err != nil {
			return nil, fmt.Errorf("writing a history: %w", err)
		}
		w.out = z
	}
	w.writeOther(otherLines{Header: &w.header})
	w.flush()
	if err := w.Err(); err != nil {
		return nil, err
	}
	f, made, err := makeFile(path)
	if err != nil {
		return nil, fmt.Errorf("writing a history: %w", err)
	}
	if _, err := f.Write(first.Bytes()); err != nil {
		return nil, errors.Join(fmt.Errorf("writing a history: %w", err), discard(f, made))
	}
	w.file, to.Writer = f, f
	go w.run()
	return w, nil
}

// sink is where a Writer's bytes go at the time.
type sink struct{ io.Writer }

// makeFile opens a file to write, and reports whether it had to be made.
func makeFile(path string) (f *os.File, made bool, err error) {
	f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		f, err = os.Create(path)
		return f, false, err
	}
	return f, err == nil, err
}

// discard closes a file that has nothing of worth, and removes it if it was
// made for that. What was there before, such as a device, stays.
func discard(f *os.File, made bool) error {
	err := f.Close()
	if made {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// Recorder returns a new recorder, for one client.
func (w *Writer) Recorder() *Recorder {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := &Recorder{writer: w, index: len(w.recorders)}
	w.recorders = append(w.recorders, r)
	return r
}

// Event records an event. Any goroutine may call it, before Close.
func (w *Writer) Event(e Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, e)
}

// Err returns the first error of recording or writing, such as a full disk; nil
// while all is well. After it nothing more is recorded.
func (w *Writer) Err() error {
	if err := w.failure.Load(); err != nil {
		return *err
	}
	return nil
}

func (w *Writer) fail(err error) { w.failure.CompareAndSwap(nil, &err) }

// Close writes what is left and the closing line, and closes the file. The
// clients must have stopped recording. It returns what Err returns; then the
// file has no closing line.
func (w *Writer) Close() error {
	w.once.Do(func() { close(w.closing) })
	<-w.ended
	return w.Err()
}

func (w *Writer) run() {
	defer close(w.ended)
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case <-w.wanted:
			w.gather()
		case <-ticker.C:
			w.gather()
			w.flush()
		case <-w.closing:
			w.gather()
			w.finish()
			return
		}
	}
}

// gather writes what the recorders have, in the order in which the transactions ended.
func (w *Writer) gather() {
	w.mu.Lock()
	recorders, events := w.recorders, w.events
	w.events = nil
	w.mu.Unlock()
	w.taken, w.lines = w.taken[:0], w.lines[:0]
	needed := 0
	for _, r := range recorders {
		b := r.take()
		w.taken = append(w.taken, b)
		if b == nil {
			continue
		}
		needed = max(needed, b.statements)
		w.counts.Operations += b.operations
		w.counts.Transactions += int64(len(b.lines))
		for _, l := range b.lines {
			l.text = b.text
			w.lines = append(w.lines, l)
		}
	}
	if !w.writeStatements(needed) {
		w.lines = w.lines[:0] // no reader would take them
	}
	slices.SortFunc(w.lines, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.end, b.end), cmp.Compare(a.recorder, b.recorder), cmp.Compare(a.from, b.from))
	})
	for i := range w.lines {
		w.write(w.lines[i].text[w.lines[i].from:w.lines[i].to])
	}
	for i, b := range w.taken {
		if b != nil {
			recorders[i].give(b)
		}
	}
	for i := range events {
		if err := events[i].validate(); err != nil {
			w.fail(fmt.Errorf("recording: %w", err))
			continue
		}
		w.writeOther(otherLines{Event: &events[i]})
		w.counts.Events++
	}
}

// writeStatements writes the texts that are new, before the transactions that
// refer to them, and reports whether those that are needed are there.
func (w *Writer) writeStatements(needed int) bool {
	if w.texts != nil {
		for _, text := range w.texts(int(w.counts.Statements)) {
			w.writeOther(otherLines{Statement: &statementText{Number: int(w.counts.Statements), SQL: text}})
			w.counts.Statements++
		}
	}
	if needed > int(w.counts.Statements) {
		w.fail(fmt.Errorf("recording: an operation refers to statement %d, and there are %d texts", needed-1, w.counts.Statements))
		return false
	}
	return true
}

func (w *Writer) writeOther(l otherLines) {
	var err error
	if w.line, err = appendOther(w.line[:0], l); err != nil {
		w.fail(fmt.Errorf("recording: %w", err))
		return
	}
	w.write(w.line)
}

func (w *Writer) write(line []byte) {
	if w.broken {
		return
	}
	_, err := w.out.Write(line)
	w.written(err)
}

func (w *Writer) flush() {
	if w.broken {
		return
	}
	w.written(w.out.Flush())
}

// written notes an error of writing, after which nothing is written any more.
func (w *Writer) written(err error) {
	if err != nil {
		w.broken = true
		w.fail(fmt.Errorf("writing a history: %w", err))
	}
}

// finish writes the closing line, unless something is missing, and closes the file.
func (w *Writer) finish() {
	if w.failure.Load() == nil {
		w.writeOther(otherLines{Closing: &w.counts})
	}
	w.flush()
	if z, ok := w.out.(*zstd.Encoder); ok {
		w.written(z.Close())
	}
	w.written(w.file.Close())
}
