package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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

// Plan says how runs are to be disturbed. Runs that are disturbed one after the other
// share a Plan: each goes on in the order of faults where the one before stopped,
// so that every kind has its turn also where a run is too short for all.
type Plan struct {
	Kinds []Kind
	// Interval is about how long after one fault the next one begins; 0 is DefaultInterval.
	Interval time.Duration
	// Seed decides the order and the details. The order depends on nothing else.
	Seed uint64

	// What the faults act on; a kind that lacks what it needs is an error of Disturb.
	Server   Server
	Proxy    *Proxy
	Database Terminator

	order, details *rand.Rand
	next           []Kind // what is left of the round of all kinds
	happened       map[Kind]int
}

// DefaultInterval is short enough that four runs of four seconds, one after the other, see each
// kind of fault, and long enough that most transactions are not disturbed.
const DefaultInterval = 750 * time.Millisecond

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
// over; its error says why the server is not well again. It disturbs one run at a time.
func (p *Plan) Disturb(ctx context.Context, run Run) error {
	if p.order == nil {
		p.order = rand.New(rand.NewPCG(p.Seed, orderStream))
		p.details = rand.New(rand.NewPCG(p.Seed, faultStream))
		p.happened = map[Kind]int{}
	}
	interval := p.Interval
	if interval == 0 {
		interval = DefaultInterval
	}
	for wait(ctx, between(p.details, interval/2, interval*3/2)) {
		k := p.turn()
		did, err := p.inject(ctx, k, p.details, run)
		if err != nil {
			return fmt.Errorf("fault %s: %w", k, err)
		}
		if did { // else there was nothing to do it to: it keeps its turn
			p.happened[k]++
			p.next = p.next[1:]
		}
	}
	return nil
}

// turn returns the kind whose turn it is: each comes once before any comes again.
func (p *Plan) turn() Kind {
	if len(p.next) == 0 {
		p.next = append(p.next, p.Kinds...)
		p.order.Shuffle(len(p.next), func(i, j int) { p.next[i], p.next[j] = p.next[j], p.next[i] })
	}
	return p.next[0]
}

// Missing returns the kinds of the plan that have not happened in any run so far.
func (p *Plan) Missing() []Kind {
	return slices.DeleteFunc(slices.Clone(p.Kinds), func(k Kind) bool { return p.happened[k] > 0 })
}

// The generator of faults is kept apart from those of the clients, and that of their
// order from that of their details: how many details there are depends on the time.
const (
	faultStream = 1 << 40
	orderStream = faultStream + 1
)

// inject does one fault and what makes it good again. It reports whether there was anything to do it to.
func (p *Plan) inject(ctx context.Context, k Kind, rng *rand.Rand, run Run) (did bool, err error) {
	switch {
	case k.NeedsServer() && p.Server == nil:
		return false, errors.New("the server is not isocheck's to control")
	case k.NeedsProxy() && p.Proxy == nil:
		return false, errors.New("there is no proxy between clients and server")
	case k == Terminate && p.Database == nil:
		return false, errors.New("nobody can end sessions")
	}
	// What has begun is brought to its end also when the run is over.
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), reviveTime)
	defer cancel()
	switch k {
	case Kill:
		run.Note(string(k), "SIGKILL to the server")
		return true, p.restart(work, k, run, p.Server.Kill)
	case Restart:
		run.Note(string(k), "the server is stopped in order")
		return true, p.restart(work, k, run, p.Server.Shutdown)
	case Pause:
		return true, p.pause(ctx, work, rng, run)
	case Disconnect:
		return p.disconnect(rng, run), nil
	case Latency:
		p.slow(ctx, rng, run)
		return true, nil
	case Terminate:
		return p.terminate(work, rng, run)
	}
	return false, fmt.Errorf("nobody knows how to do it")
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
