package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// over ends the kind of the event that says that a fault is over.
const over = "-over"

// restart ends the server and starts it again.
func (p *Plan) restart(ctx context.Context, k Kind, run Run, end func(context.Context) error) error {
	err := end(ctx)
	if err != nil {
		err = fmt.Errorf("ending the server: %w", err)
	}
	was, is, failed := p.Server.Revive(ctx)
	if failed != nil {
		return errors.Join(err, fmt.Errorf("starting the server again: %w", failed))
	}
	if p.Proxy != nil && was != is {
		p.Proxy.Move(was, is)
	}
	run.Note(string(k)+over, "the server takes connections again")
	return err
}

// The times that faults last, which are long enough to be noticed and short
// enough to leave most of a run undisturbed.
const (
	shortestPause, longestPause = 50 * time.Millisecond, 500 * time.Millisecond
	shortestSlow, longestSlow   = 200 * time.Millisecond, time.Second
	leastDelay, mostDelay       = 2 * time.Millisecond, 20 * time.Millisecond
)

// pause makes the server stand still for a while.
func (p *Plan) pause(ctx, work context.Context, rng *rand.Rand, run Run) error {
	d := between(rng, shortestPause, longestPause)
	run.Note(string(Pause), fmt.Sprintf("the server stands still for %v", d.Round(time.Millisecond)))
	err := p.Server.Pause(work)
	if err == nil {
		wait(ctx, d)
	}
	// Also after an error: some of its processes may stand still.
	if err := errors.Join(err, p.Server.Resume(work)); err != nil {
		return err
	}
	run.Note(string(Pause)+over, "")
	return nil
}

// slow delays all that passes between clients and server for a while.
func (p *Plan) slow(ctx context.Context, rng *rand.Rand, run Run) {
	d, delay := between(rng, shortestSlow, longestSlow), between(rng, leastDelay, mostDelay)
	run.Note(string(Latency), fmt.Sprintf("everything takes %v longer, each way, for %v", delay.Round(time.Millisecond/10), d.Round(time.Millisecond)))
	p.Proxy.SetDelay(delay)
	wait(ctx, d)
	p.Proxy.SetDelay(0)
	run.Note(string(Latency)+over, "")
}

// armedTime is how long a connection may take to come to its next commit.
const armedTime = 200 * time.Millisecond

// disconnect cuts a third of the connections, each in a way of its own. It reports whether there were any.
func (p *Plan) disconnect(rng *rand.Rand, run Run) bool {
	all := p.Proxy.connections()
	if len(all) == 0 {
		return false
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	some := all[:(len(all)+2)/3]
	var now, before, after int
	for _, c := range some {
		switch rng.IntN(4) {
		case 0:
			now++
			c.cut()
		case 1:
			before++
			c.arm(cutRequest, armedTime)
		default: // the case that clients get wrong
			after++
			c.arm(cutAnswer, armedTime)
		}
	}
	run.Note(string(Disconnect), fmt.Sprintf("of %d connections: %d cut at once, %d before their next commit reaches the server, %d before its answer comes back",
		len(all), now, before, after))
	return true
}

// terminate has the server end a third of the clients' sessions, some when they
// are likely to be in the middle of a commit. It reports whether there were any.
func (p *Plan) terminate(ctx context.Context, rng *rand.Rand, run Run) (did bool, err error) {
	all := run.Sessions()
	if len(all) == 0 {
		return false, nil
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	some := all[:(len(all)+2)/3]
	run.Note(string(Terminate), fmt.Sprintf("the server ends %d of the clients' %d sessions", len(some), len(all)))
	for _, session := range some {
		if err := p.Database.Terminate(ctx, session); err != nil {
			return true, err
		}
	}
	return true, nil
}
