package databases

import (
	"context"
	"sync"
	"time"

	"github.com/isocheck/isocheck/history"
)

// Watch lets a connection notice that the run is being stopped while a statement
// is in flight. The clients of a run share one context, and registering with it
// takes its lock: so Watch does it once, not once per statement.
//
// A connection calls Start when it begins a transaction, Enter (or EnterCommit)
// and Leave around each statement, and End before it is closed.
type Watch struct {
	// Interrupt asks the server to stop the statement in flight, and returns
	// when that can no longer hit a later statement. The function that it
	// returns is called when the statement has ended, to undo what Interrupt
	// did to the connection.
	Interrupt func() (restore func())

	mu      sync.Mutex // held while a statement is interrupted
	busy    activity
	left    chan struct{} // closed by Leave, if anybody waits for it
	restore func()

	watched <-chan struct{}
	stop    func() bool
	done    chan struct{}
}

// activity is what a connection is doing.
type activity uint8

const (
	idle activity = iota // or rolling back, which nothing interrupts
	statement
	commit
)

const (
	// CommitTime is how long a commit may take before its outcome is given up as unknown.
	CommitTime = 30 * time.Second
	// patience is how long a commit in flight when the run is stopped may take.
	patience = 2 * time.Second
)

// Start begins to watch the context, unless it is watched already.
func (w *Watch) Start(ctx context.Context) {
	if w.stop != nil && w.watched == ctx.Done() {
		return
	}
	w.End()
	if ctx.Done() == nil {
		return
	}
	done := make(chan struct{})
	w.watched, w.done = ctx.Done(), done
	w.stop = context.AfterFunc(ctx, func() {
		defer close(done)
		w.fire()
	})
}

// fire interrupts what is in flight. What comes later, Enter refuses.
func (w *Watch) fire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy == commit {
		left := make(chan struct{})
		w.left = left
		w.mu.Unlock()
		select {
		case <-left:
		case <-time.After(patience):
		}
		w.mu.Lock()
		w.left = nil
	}
	if w.busy != idle {
		w.restore = w.Interrupt()
	}
}

// Enter says that a statement is about to be sent, under the context that Start
// was given. It fails if that has ended: then nothing must be sent.
func (w *Watch) Enter(ctx context.Context) error {
	w.set(statement)
	if ctx.Err() != nil { // asked after busy is set, so that fire cannot miss the statement
		w.set(idle)
		return stopped()
	}
	return nil
}

// EnterCommit says that a commit is about to be sent. It is sent, and its answer
// waited for, also when the run has been stopped: a commit that was cut off
// would be indeterminate for no good reason.
func (w *Watch) EnterCommit() { w.set(commit) }

func (w *Watch) set(a activity) {
	w.mu.Lock()
	w.busy = a
	w.mu.Unlock()
}

// Leave says that the statement has ended. It waits for an Interrupt that is at work.
func (w *Watch) Leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy = idle
	if w.left != nil {
		close(w.left)
		w.left = nil
	}
	if w.restore != nil {
		w.restore()
		w.restore = nil
	}
}

// End stops watching.
func (w *Watch) End() {
	if w.stop != nil && !w.stop() {
		<-w.done
	}
	w.stop = nil
}

// stopped is the error of what was not sent because the run is being stopped.
func stopped() *history.Error {
	return &history.Error{Class: history.Cancelled, Message: "the run was stopped"}
}
