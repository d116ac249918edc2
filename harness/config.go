// Package harness runs a workload's clients against a database and records what
// they did.
//
// Run makes the tables, connects the clients, each on a connection of its own,
// checks that every session got the level that was asked for, puts the workload's
// rows in, lets all clients start together, stops them when the time is over,
// reads every table whole, and closes the history. Each client draws its
// transactions from a generator of its own, seeded by the run's seed and the
// client's number. A transaction that failed is followed by the client's next one, unless
// it asks for retries: then by another attempt, which is a new transaction.
//
// The package knows no workload and judges nothing.
package harness

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// Config says what to run. Database, Path, Workload and Level are required.
type Config struct {
	// Database is the server. Its namespace is there already; Run makes the
	// workload's tables in it, and leaves them behind.
	Database databases.Database
	// Header is what the caller knows of the run, such as its id. Run fills in
	// the rest: what it asked for, and what the server says about itself.
	Header history.Header
	// Path is the history file that Run makes.
	Path     string
	Workload workloads.Workload
	Params   workloads.Params
	// Level is what the connections run at. With a LevelMix it is the weakest of the mix, or "".
	Level history.Level
	// LevelMix, if not empty, draws a level for each transaction that has none of its own.
	// The header's level, and what is promised, are the weakest's.
	LevelMix LevelMix
	// LevelSet is how connections get their level; "" is the product's usual way.
	LevelSet databases.LevelSet
	// LockTimeout is how long a statement may wait for a lock; 0 is the product's usual time.
	LockTimeout time.Duration
	// Duration is how long the clients begin new transactions; 0 is DefaultDuration.
	Duration time.Duration
	// Seed decides what every client asks.
	Seed uint64
	// Pause is the longest pause before a statement; each pause is drawn, from 0
	// on. 0 is no pauses.
	Pause time.Duration
	// Rate is how many transactions all clients together begin in a second, not counting
	// retries; 0 is as many as they can.
	Rate float64
	// Replica, if not nil, is a replica of Database, with the same namespace: what only reads runs there.
	Replica databases.Database
	// Shards, if set, makes this run one of several that go on at the same time.
	Shards *Shards
	// Disturb, if set, runs beside the clients and disturbs them, until its context
	// ends; when it returns the server is well again. Its error stops the run.
	// Clients then wait longer for a server that refuses them. See package faults.
	Disturb func(context.Context, Disturbed) error
	// Progress, if set, is called about five times a second while Run is at
	// work, and once at its end, always by the same goroutine.
	Progress func(Progress)
}

// mostRate is more transactions a second than any server does.
const mostRate = 1_000_000

// DefaultDuration is how long clients run unless Config says otherwise.
const DefaultDuration = 4 * time.Second

// Result is what became of a run.
type Result struct {
	Path string // the history file
	// Stopped says why the run ended before its time, "" if it did not.
	Stopped string
	// Err is set where the server was the reason: it was lost, or refused what
	// every client asked. What was recorded until then is in the history.
	Err error
	// Totals are the clients' transactions, those that set up and that read the
	// final state left out.
	Totals Totals
	// Final says that the final state was read.
	Final bool
	// Took is how long the clients ran.
	Took time.Duration
}

// The kinds of events that Run records in the history.
const (
	EventConnectionLost   = "connection-lost" // of one client
	EventReconnected      = "reconnected"     // that client goes on
	EventClientLost       = "client-lost"     // that client gave up
	EventServerLost       = history.EventServerLost
	EventStopped          = history.EventStopped
	EventStatementsCut    = "statements-cut" // statements in flight were cancelled
	EventFinalStateUnread = history.EventFinalStateUnread
)

// header completes the caller's header with everything but what the server says.
func (r *run) header() history.Header {
	h := r.cfg.Header
	h.Format = history.FormatVersion
	h.Level = r.cfg.Level
	h.Workload = r.cfg.Workload.Name
	h.Strategy = r.params.Strategy
	h.Clients = r.params.Clients
	if s := r.cfg.Shards; s != nil {
		h.Shard, h.Shards = s.Index, s.Of
	}
	h.Seed = r.cfg.Seed
	h.Tables = r.instance.Tables
	h.Invariants = r.instance.Invariants
	h.Params = maps.Clone(h.Params)
	if h.Params == nil {
		h.Params = map[string]string{}
	}
	maps.Copy(h.Params, r.instance.Params)
	h.Params["duration"] = r.cfg.Duration.String()
	h.Params["pause"] = r.cfg.Pause.String()
	r.note(h.Params)
	h.Params["abort share"] = strconv.FormatFloat(r.params.AbortShare, 'g', -1, 64)
	return h
}

// note adds the parameters that most runs leave at their defaults.
func (r *run) note(params map[string]string) {
	for name, value := range map[string]string{
		"replica":   notZero("yes", r.cfg.Replica != nil),
		"level mix": r.cfg.LevelMix.String(), "level set": string(r.cfg.LevelSet),
		"lock timeout": notZero(r.cfg.LockTimeout.String(), r.cfg.LockTimeout != 0),
		"rate":         notZero(strconv.FormatFloat(r.cfg.Rate, 'g', -1, 64), r.cfg.Rate != 0),
	} {
		if value != "" {
			params[name] = value
		}
	}
}

func notZero(text string, set bool) string {
	if !set {
		return ""
	}
	return text
}

// check returns an error for a Config that cannot be run.
func (c *Config) check() error {
	if err := c.LevelMix.check(); err != nil {
		return err
	}
	if err := c.Shards.check(); err != nil {
		return err
	}
	if weakest := c.LevelMix.Weakest(); weakest != "" && c.Level != "" && c.Level != weakest {
		return fmt.Errorf("the level is %s, and the weakest of the mix %s: a run with a mix is at its weakest level", c.Level, weakest)
	}
	switch {
	case c.Database == nil:
		return fmt.Errorf("no database to run workload %s on", c.Workload.Name)
	case c.Workload.New == nil:
		return fmt.Errorf("no workload to run")
	case c.Duration < 0:
		return fmt.Errorf("a run cannot take %v", c.Duration)
	case c.Pause < 0:
		return fmt.Errorf("a pause cannot take %v", c.Pause)
	case !(c.Rate >= 0) || c.Rate > mostRate: // NaN too
		return fmt.Errorf("a rate of %v transactions a second: it takes from 0 to %v", c.Rate, float64(mostRate))
	case c.LockTimeout < 0:
		return fmt.Errorf("a lock cannot be waited for %v", c.LockTimeout)
	}
	return nil
}
