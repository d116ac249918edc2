package harness

import (
	"context"
	"math/rand/v2"
	"time"
)

// pauses draws one client's pauses between statements, up to the longest.
type pauses struct {
	rng   *rand.Rand
	most  time.Duration
	stop  <-chan struct{}
	timer *time.Timer
}

// wait waits for one pause, or until the run stops.
func (p *pauses) wait(ctx context.Context) {
	d := time.Duration(p.rng.Int64N(int64(p.most) + 1))
	if p.timer == nil {
		p.timer = time.NewTimer(d)
	} else {
		p.timer.Reset(d)
	}
	select {
	case <-p.timer.C:
	case <-p.stop:
	case <-ctx.Done():
	}
}
