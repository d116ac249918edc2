package probe

import (
	"context"
	"errors"
	"fmt"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads/probes"
)

// actor is one session of a probe. It takes steps when it is told to, one at a
// time, in a goroutine of its own, so that a step may take as long as the server lets it wait.
type actor struct {
	number  int // of the session
	server  int64
	session databases.Session
	// steps are those to take; closing it ends the actor. Each gets an answer.
	steps   chan *Step
	answers chan *Step
	ended   chan struct{}
	err     error // why it could not go on; to be read after an answer

	over  bool // the transaction has ended before its last step
	found int  // rows that the last statement answered

	// What the stage knows of it.
	running bool
	busy    *Step // that it is taking
}

// run takes steps until there are no more.
func (a *actor) run(ctx context.Context) {
	defer close(a.ended)
	for s := range a.steps {
		if a.over {
			a.over, s.Skipped = !s.Ends(), true
			a.answers <- s
			continue
		}
		a.transaction(ctx, s)
	}
}

// transaction takes all steps of one transaction, of which s is the first.
func (a *actor) transaction(ctx context.Context, s *Step) {
	running := true
	_, err := a.session.Run(ctx, fmt.Sprintf("session %d", a.number), s.Options, func(tx *databases.Tx) {
		for running && a.take(tx, s) {
			a.answers <- s
			next, more := <-a.steps
			if running = more; !more {
				tx.Abort()
				return
			}
			s = next
		}
	})
	if !running {
		return // the probe was given up
	}
	a.over = !s.Ends()
	var failure *history.Error
	switch {
	case err == nil:
	case errors.As(err, &failure) && failure.Class != history.ConnectionLost && failure.Class != history.Cancelled:
		own := *failure
		s.Error = &own
	default:
		a.err = fmt.Errorf("session %d: %s: %w", a.number, s.Text, err)
	}
	a.answers <- s
}

// take takes one step and reports whether the transaction goes on.
func (a *actor) take(tx *databases.Tx, s *Step) bool {
	if s.If == probes.IfNone && a.found > 0 || s.If == probes.IfFound && a.found == 0 {
		s.Skipped = true
		return true
	}
	switch s.Action {
	case probes.Operate:
		a.found = len(tx.Do(s.Op))
		return !tx.Failed()
	case probes.Rollback:
		tx.Abort()
		return false
	case probes.Commit:
		return false
	}
	return true
}
