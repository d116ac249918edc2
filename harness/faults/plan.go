package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Server is a server whose processes can be controlled; *provision.Server is one.
type Server interface {
	// Kill ends it with SIGKILL.
	Kill(ctx context.Context) error
	// Shutdown ends it in order. Its files stay.
	Shutdown(ctx context.Context) error
	// Revive starts it again on the same files, and returns the address, HOST:PORT, at which
	// it was and the one at which it is now.
	Revive(ctx context.Context) (was, is string, err error)
	// Pause makes its processes stand still until Resume.
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
}

// Terminator ends sessions of a server from outside; the databases of isocheck are ones.
type Terminator interface {
	Terminate(ctx context.Context, session int64) error
}

// Plan says how a run is to be disturbed.
type Plan struct {
	Kinds []Kind
	// Interval is about how long after one fault the next one begins; 0 is DefaultInterval.
	Interval time.Duration
	// Seed decides the order and the details.
	Seed uint64

	// What the faults act on; a kind that lacks what it needs is an error of Disturb.
	Server   Server
	Proxy    *Proxy
	Database Terminator
}

// DefaultInterval gives a default run of a few seconds some faults of each kind.
const DefaultInterval = time.Second

// Run is what a Plan knows of the run that it disturbs.
type Run interface {
	// Note records an event.
	Note(kind, detail string)
	// Sessions returns the server's numbers of the clients' sessions.
	Sessions() []int64
}

// reviveTime is how long a server may take to stop, to start again, or to recover.
const reviveTime = time.Minute

// Disturb injects faults until the context ends. It returns when the last one is
// over; its error says why the server is not well again.
func (p *Plan) Disturb(ctx context.Context, run Run) error {
	rng := rand.New(rand.NewPCG(p.Seed, faultStream))
	interval := p.Interval
	if interval == 0 {
		interval = DefaultInterval
	}
	var round []Kind
	for wait(ctx, between(rng, interval/2, interval*3/2)) {
		if len(round) == 0 { // each kind once, then again
			round = append(round, p.Kinds...)
			rng.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
		}
		if err := p.inject(ctx, round[0], rng, run); err != nil {
			return fmt.Errorf("fault %s: %w", round[0], err)
		}
		round = round[1:]
	}
	return nil
}

// faultStream keeps the generator of faults apart from those of the clients.
const faultStream = 1 << 40

// inject does one fault and what makes it good again.
func (p *Plan) inject(ctx context.Context, k Kind, rng *rand.Rand, run Run) error {
	switch {
	case k.NeedsServer() && p.Server == nil:
		return errors.New("the server is not isocheck's to control")
	case k.NeedsProxy() && p.Proxy == nil:
		return errors.New("there is no proxy between clients and server")
	case k == Terminate && p.Database == nil:
		return errors.New("nobody can end sessions")
	}
	// What has begun is brought to its end also when the run is over.
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), reviveTime)
	defer cancel()
	switch k {
	case Kill:
		run.Note(string(k), "SIGKILL to the server")
		return p.restart(work, k, run, p.Server.Kill)
	case Restart:
		run.Note(string(k), "the server is stopped in order")
		return p.restart(work, k, run, p.Server.Shutdown)
	case Pause:
		return p.pause(ctx, work, rng, run)
	case Disconnect:
		p.disconnect(rng, run)
		return nil
	case Latency:
		p.slow(ctx, rng, run)
		return nil
	case Terminate:
		return p.terminate(work, rng, run)
	}
	return fmt.Errorf("nobody knows how to do it")
}

// between draws a time.
func between(rng *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(rng.Int64N(int64(most-least)+1))
}

// wait waits and reports whether the context still lasts.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
