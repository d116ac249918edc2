package probe

import (
	"context"
	"errors"

	"github.com/isocheck/isocheck/databases"
)

// RefusedError says that the server cannot be asked, or does not tell its user,
// which sessions wait for locks, so that no probe can be played.
type RefusedError struct{ err error }

// Error returns the server's reason.
func (e *RefusedError) Error() string { return e.err.Error() }

// Unwrap returns the server's error.
func (e *RefusedError) Unwrap() error { return e.err }

// watch asks the server who waits for whom, for all probes that are being played,
// over one connection: a question answers all who want to know at that moment.
type watch struct {
	questions chan question
	cancel    context.CancelFunc
	ended     chan struct{}
	waits     databases.LockWaits
}

// question is one wish to know who waits for whom, from now on.
type question struct{ answer chan<- answered }

type answered struct {
	waits map[int64][]int64
	err   error
}

func startWatch(ctx context.Context, db databases.Database) (*watch, error) {
	watcher, ok := db.(databases.LockWatcher)
	if !ok {
		return nil, &RefusedError{errors.New("this database cannot be asked which sessions wait for locks")}
	}
	waits, err := watcher.WatchLocks(ctx)
	if err != nil {
		return nil, &RefusedError{err}
	}
	ctx, cancel := context.WithCancel(ctx)
	w := &watch{questions: make(chan question), cancel: cancel, ended: make(chan struct{}), waits: waits}
	go w.run(ctx)
	return w, nil
}

// run answers questions. All that have come in when the server is asked get the same answer.
func (w *watch) run(ctx context.Context) {
	defer close(w.ended)
	for {
		var asked []question
		select {
		case <-ctx.Done():
			return
		case q := <-w.questions:
			asked = append(asked, q)
		}
		for more := true; more; {
			select {
			case q := <-w.questions:
				asked = append(asked, q)
			default:
				more = false
			}
		}
		waits, err := w.waits.Waits(ctx)
		for _, q := range asked {
			q.answer <- answered{waits, err}
		}
	}
}

// ask gets an answer that says who waits for whom at some moment after ask was called.
func (w *watch) ask(ctx context.Context) <-chan answered {
	answer := make(chan answered, 1)
	go func() {
		select {
		case w.questions <- question{answer}:
		case <-ctx.Done():
			answer <- answered{err: context.Cause(ctx)}
		case <-w.ended:
			answer <- answered{err: context.Canceled}
		}
	}()
	return answer
}

// stop ends the connection.
func (w *watch) stop() {
	w.cancel()
	<-w.ended
	_ = w.waits.Close() // nothing was changed over it
}
