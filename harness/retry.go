package harness

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// passing reports whether a transaction failed for a reason that may be gone when
// it is tried again: it met another one.
func passing(err error) bool {
	if errors.Is(err, databases.ErrRetry) {
		return true
	}
	var failure *history.Error
	if !errors.As(err, &failure) {
		return false
	}
	switch failure.Class {
	case history.SerializationFailure, history.Deadlock, history.LockTimeout, history.LockUnavailable:
		return true
	default:
		return false
	}
}

const (
	// firstBackoff is the longest wait before the first retry; it doubles with every retry.
	firstBackoff = 2 * time.Millisecond
	// mostBackoff is the longest wait before any.
	mostBackoff = 100 * time.Millisecond
)

// backoff draws how long a client waits before it tries a transaction again:
// exponential back-off with full jitter (Marc Brooker, Exponential Backoff And
// Jitter, 2015), from 0 to a limit that doubles with each attempt.
type backoff struct{ rng *rand.Rand }

// draw returns the wait after the attempt, the first of which is 0.
func (b backoff) draw(attempt int) time.Duration {
	most := mostBackoff
	if attempt < 16 {
		most = min(most, firstBackoff<<attempt)
	}
	return time.Duration(b.rng.Int64N(int64(most) + 1))
}
