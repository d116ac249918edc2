package harness

import (
	"context"
	"time"
)

// Disturbed is a run as those who disturb it on purpose see it.
type Disturbed struct{ of *run }

// Note records an event of the run.
func (d Disturbed) Note(kind, detail string) { d.of.event(kind, detail) }

// Sessions returns the numbers by which the server knows the clients' connections.
func (d Disturbed) Sessions() []int64 {
	var numbers []int64
	for _, c := range d.of.clients {
		if n := c.number.Load(); n != 0 {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// disturb starts what disturbs the run, and returns what ends it and waits until the server is well again.
func (r *run) disturb(ctx context.Context) (calm func()) {
	if r.cfg.Disturb == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := r.cfg.Disturb(ctx, Disturbed{r}); err != nil {
			r.halt("a fault went wrong", err)
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// disturbedTime is how long a server may refuse a client where it is ended on purpose: it has to recover.
const disturbedTime = 30 * time.Second

// patience is how long a server may refuse a client that lost its connection before the client gives up.
func (r *run) patience() time.Duration {
	if r.cfg.Disturb != nil {
		return disturbedTime
	}
	return refusedTime
}
