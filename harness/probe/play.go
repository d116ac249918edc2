package probe

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// act plays the steps. Each is given to its session when all sessions are either
// done with what they were given before or blocked. Those of a blocked session
// wait for it, and the others' go on.
func (s *stage) act(ctx context.Context) ([]Step, error) {
	steps := make([]Step, len(s.probe.Steps))
	for i := range steps {
		steps[i].Step = s.probe.Steps[i]
	}
	given := make([]bool, len(steps))
	for {
		next := s.next(steps, given)
		if next < 0 {
			if !s.anyBusy() {
				return steps, nil
			}
			if err := s.finishOne(ctx); err != nil { // the rest waits for what the server does by itself
				return nil, err
			}
			continue
		}
		given[next] = true
		a := s.actors[steps[next].Session-1]
		a.busy = &steps[next]
		a.steps <- a.busy
		if err := s.settle(ctx); err != nil {
			return nil, err
		}
	}
}

// next returns the first step that was not given yet, of a session that is not busy; -1 if there is none.
func (s *stage) next(steps []Step, given []bool) int {
	for i := range steps {
		if !given[i] && s.actors[steps[i].Session-1].busy == nil {
			return i
		}
	}
	return -1
}

func (s *stage) anyBusy() bool {
	return slices.ContainsFunc(s.actors, func(a *actor) bool { return a.busy != nil })
}

// finished takes in that a session is done with its step.
func (s *stage) finished(step *Step) error {
	a := s.actors[step.Session-1]
	a.busy = nil
	return a.err
}

// finishOne waits until one more session is done.
func (s *stage) finishOne(ctx context.Context) error {
	select {
	case step := <-s.answers:
		return s.finished(step)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// quick is how long most statements take at most: so long the server is not asked. It decides nothing.
const quick = 3 * time.Millisecond

// settle waits until every session is done with its step or, so says the server,
// blocked by another that is not itself waiting for it.
func (s *stage) settle(ctx context.Context) error {
	for s.anyBusy() {
		blocked, err := s.look(ctx)
		if err != nil {
			return err
		}
		if blocked {
			return s.pastDeadlockCheck(ctx)
		}
	}
	return nil
}

// look waits until a session is done, or the server has been asked, and reports
// whether it said that all who are not done are blocked. What it was asked before a
// session was done is worth nothing: another may go on since.
func (s *stage) look(ctx context.Context) (blocked bool, err error) {
	asking, stop := context.WithCancel(ctx)
	defer stop()
	timer := time.NewTimer(quick)
	defer timer.Stop()
	var told <-chan answered
	for {
		select {
		case step := <-s.answers:
			return false, s.finished(step)
		case <-timer.C:
			told = s.watch.ask(asking)
		case a := <-told:
			if a.err != nil {
				return false, fmt.Errorf("%w; the sessions waited for each other like this: %v", a.err, s.waits)
			}
			s.waits = a.waits
			return len(s.answers) == 0 && s.allBlocked(a.waits), nil
		}
	}
}

// allBlocked reports whether every busy session waits for another one of the
// probe, and not in a circle, which the server is about to break. It notes which are blocked.
func (s *stage) allBlocked(waits map[int64][]int64) bool {
	for _, a := range s.actors {
		if a.busy == nil {
			continue
		}
		if len(s.blockers(a, waits)) == 0 || s.inCircle(a, waits) {
			return false
		}
	}
	for _, a := range s.actors {
		if a.busy != nil {
			a.busy.Blocked = true
		}
	}
	return true
}

// blockers returns the sessions of the probe that a session waits for.
func (s *stage) blockers(a *actor, waits map[int64][]int64) []*actor {
	var found []*actor
	for _, b := range s.actors {
		if b != a && slices.Contains(waits[a.server], b.server) {
			found = append(found, b)
		}
	}
	return found
}

// inCircle reports whether a session waits, over others, for itself.
func (s *stage) inCircle(a *actor, waits map[int64][]int64) bool {
	seen := map[*actor]bool{}
	queue := s.blockers(a, waits)
	for len(queue) > 0 {
		b := queue[0]
		queue = queue[1:]
		if b == a {
			return true
		}
		if !seen[b] {
			seen[b] = true
			queue = append(queue, s.blockers(b, waits)...)
		}
	}
	return false
}

// pastDeadlockCheck lets PostgreSQL look for a deadlock, which it does once,
// deadlock_timeout after a wait began. Of a circle that is closed later the last
// to join is then always the one that finds it, and fails, unless the server is too busy to look in
// time. Where the timeout could not be set low it is not waited for: then it may be either.
func (s *stage) pastDeadlockCheck(ctx context.Context) error {
	timeout, _ := time.ParseDuration(s.settings["deadlock_timeout"]) // 0 where there is no such setting
	if timeout > lowTimeout {
		return nil
	}
	select {
	case <-time.After(5 * timeout):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// lowTimeout is the longest deadlock_timeout that is waited for.
const lowTimeout = 50 * time.Millisecond
