package harness

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// client is one client of a run.
type client struct {
	of      *run
	session databases.Session
	next    workloads.Generator
	levels  *levels // draws each transaction's level; nil where all have the header's
	backoff backoff
	pace    *pace // nil where the client goes as fast as it can
	counts  counts
	refused int   // transactions in a row that failed for no reason of isolation
	lost    error // why it gave up
	away    error // why it has no connection; nil while it has one
	// number is the server's for the client's connection, 0 where it has none.
	number atomic.Int64
}

// The streams keep a client's generators apart, so that pauses, waits before a retry and
// levels do not change what is asked.
const (
	pauseStream = (iota + 1) << 32
	retryStream
	levelStream
)

// rng returns a generator of the client's own.
func (r *run) rng(stream uint64, client int) *rand.Rand {
	return rand.New(rand.NewPCG(r.cfg.Seed, stream|uint64(client)))
}

func (r *run) newClient(number int) *client {
	c := &client{of: r}
	c.session.Client = number
	c.session.Clock = r.clock
	c.session.Stop = r.stop
	c.session.Level = r.cfg.Level
	if number == 0 {
		return c
	}
	c.next = r.instance.Client(number, r.rng(0, number))
	c.backoff = backoff{rng: r.rng(retryStream, number)}
	if r.cfg.Pause > 0 {
		c.session.Pause = (&pauses{rng: r.rng(pauseStream, number), most: r.cfg.Pause, stop: r.stop}).wait
	}
	if len(r.cfg.LevelMix) > 0 {
		c.levels = newLevels(r.cfg.LevelMix, r.rng(levelStream, number))
	}
	if r.cfg.Rate > 0 {
		c.pace = &pace{every: time.Duration(float64(r.params.Clients) / r.cfg.Rate * float64(time.Second))}
	}
	return c
}

// run runs transactions, one after another, until the run stops or the client is lost.
func (c *client) run(ctx context.Context) {
	for !c.of.stopping.Load() {
		t := c.next()
		if c.levels != nil && t.Options.Level == "" {
			t.Options.Level = c.levels.draw()
		}
		t.Options.Replica = c.of.onReplica(t.Options)
		if !c.pace.wait(c) || !c.attempt(ctx, t) {
			return
		}
	}
}

// attempt runs the transaction, and runs it again, as often as it asks for, when it
// failed in a way that another attempt can mend. It reports whether the client goes on.
func (c *client) attempt(ctx context.Context, t workloads.Transaction) bool {
	if t.Before > 0 {
		c.sleep(t.Before)
	}
	for {
		outcome, err := c.session.Run(ctx, t.Name, t.Options, t.Body)
		c.counts.add(outcome, err)
		if err == nil {
			c.refused = 0
			return true
		}
		if !c.goesOn(ctx, err) {
			return false
		}
		switch {
		case outcome != history.Aborted || !passing(err) || t.Retries == 0:
			return true
		case t.Options.Attempt >= t.Retries:
			c.counts.gaveUp.Add(1)
			return true
		}
		c.sleep(c.backoff.draw(t.Options.Attempt))
		if c.of.stopping.Load() {
			return true
		}
		t.Options.Attempt++
		c.counts.retries.Add(1)
	}
}

// mostRefused is how many transactions in a row the server may refuse, for no
// reason of isolation, before the run is given up.
const mostRefused = 100

// goesOn decides what comes after a transaction that failed: most often simply the next one.
func (c *client) goesOn(ctx context.Context, err error) bool {
	if c.session.Broken() {
		return c.reconnect(ctx, err)
	}
	var failure *history.Error
	if errors.Is(err, databases.ErrRetry) {
		c.refused = 0
		return true
	}
	if !errors.As(err, &failure) { // the session cannot count any further
		c.giveUp(err)
		return false
	}
	if failure.Class != history.OtherError {
		c.refused = 0
		return true
	}
	if c.refused++; c.refused >= mostRefused {
		c.of.halt("the server refuses the workload's statements",
			fmt.Errorf("client %d had %d errors in a row, the last one: %w", c.session.Client, c.refused, err))
		return false
	}
	c.sleep(min(time.Duration(c.refused)*time.Millisecond, 10*time.Millisecond))
	return true
}

const (
	// refusedTime is how long a server may refuse a client that lost its
	// connection before the client gives up.
	refusedTime = 5 * time.Second
	// retryTime is how long a client waits between two tries to connect.
	retryTime = 50 * time.Millisecond
)

// reconnect gets the client a new connection after it has lost its own. A
// transaction that was under way has been recorded as it stood; the client goes on with its next one.
func (c *client) reconnect(ctx context.Context, cause error) bool {
	c.of.event(EventConnectionLost, fmt.Sprintf("client %d: %s", c.session.Client, lossOf(cause)))
	c.away = fmt.Errorf("client %d: %s", c.session.Client, lossOf(cause))
	c.close()
	deadline := time.Now().Add(c.of.patience())
	for {
		if c.of.stopping.Load() {
			return false // the final read will find out whether the server is still there
		}
		tryTime, cancel := context.WithDeadline(ctx, deadline)
		err := c.of.connectClient(tryTime, c)
		cancel()
		if err == nil {
			c.away = nil
			c.of.event(EventReconnected, fmt.Sprintf("client %d", c.session.Client))
			return true
		}
		c.away = err
		if time.Now().After(deadline) {
			c.giveUp(err)
			return false
		}
		c.sleep(retryTime)
	}
}

// lossOf says how a connection was lost: by the error that says so, or else at the
// rollback after the error that made the transaction fail.
func lossOf(err error) string {
	var failure *history.Error
	if !errors.As(err, &failure) || failure.Class != history.ConnectionLost {
		return fmt.Sprintf("it was lost at the rollback, after %v", err)
	}
	if failure.Code != "" {
		return fmt.Sprintf("%s (%s)", failure.Message, failure.Code)
	}
	return failure.Message
}

// giveUp ends the client before its time. The error names the client.
func (c *client) giveUp(err error) {
	c.lost = err
	c.of.event(EventClientLost, err.Error())
}

// close closes what is left of a lost connection.
func (c *client) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if c.session.Conn != nil {
		_ = c.session.Conn.Close(ctx) // it is lost: there is nothing to learn from its error
		c.session.Conn = nil
	}
	if c.session.Replica != nil {
		_ = c.session.Replica.Close(ctx) // it will get both anew
		c.session.Replica = nil
	}
}

// sleep sleeps, but not longer than the run.
func (c *client) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.of.stop:
	}
}

// serverLost returns why every client was lost, nil if one of them was not.
func (r *run) serverLost() error {
	for _, c := range r.clients {
		if c.lost == nil {
			return nil
		}
	}
	return fmt.Errorf("every client lost its connection; the last error was: %w", r.clients[0].lost)
}

// nobodyConnected returns why no client had a connection when the time was over,
// nil if one of them had. Whether the server is lost, the final read tells.
func (r *run) nobodyConnected() error {
	for _, c := range r.clients {
		if c.away == nil {
			return nil
		}
	}
	return fmt.Errorf("every client lost its connection; the last error was: %w", r.clients[0].away)
}
