package main

import (
	"context"
	"path/filepath"
	"sync"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
)

// watch checks what a run records while the run goes on: it follows the file, so that when the last
// transaction is written nearly all is read. Meanwhile it says what was seen so far, for the live line.
type watch struct {
	ctx     context.Context
	cancel  context.CancelFunc
	file    string
	expect  expectation
	live    bool // somebody wants to know what was seen so far
	started sync.Once
	ended   sync.Once
	done    chan struct{} // closed when the run has ended
	result  chan checked

	mu    sync.Mutex
	names []string
}

// checked is what came of a check.
type checked struct {
	run reports.Run
	err error
}

func newWatch(ctx context.Context, file string, e expectation, live bool) *watch {
	w := &watch{file: file, expect: e, live: live, done: make(chan struct{}), result: make(chan checked, 1)}
	w.ctx, w.cancel = context.WithCancel(ctx)
	return w
}

// begin begins to follow the file, which must be this run's. It may be called often.
func (w *watch) begin() {
	w.started.Do(func() {
		told := checker.Watch{Done: w.done}
		if w.live {
			told.Seen = w.see
		}
		go func() {
			run, err := checkSource(w.ctx, w.expect, history.Follow(w.file, w.done), told)
			run.History = filepath.Base(w.file)
			run.Files = []string{run.History}
			w.result <- checked{run, err}
		}()
	})
}

// end returns what was found, when the run has ended and its file is closed.
func (w *watch) end() (reports.Run, error) {
	w.begin()
	w.ended.Do(func() { close(w.done) })
	c := <-w.result
	w.result <- c
	return c.run, c.err
}

// leave gives up what is not done yet.
func (w *watch) leave() {
	w.cancel()
	w.started.Do(func() { w.result <- checked{} }) // there is nothing to give up
	_, _ = w.end()
}

// see takes down what was seen so far.
func (w *watch) see(anomalies []checker.Anomaly) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names = found(anomalies)
}

// seen names the anomalies that were seen so far.
func (w *watch) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.names
}
