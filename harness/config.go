// Package harness runs a workload's clients against a database and records what
// they did.
//
// Run makes the tables, connects the clients, each on a connection of its own,
// checks that every session got the level that was asked for, puts the workload's
// rows in, lets all clients start together, stops them when the time is over,
// reads every table whole, and closes the history. Each client draws its
// transactions from a generator of its own, seeded by the run's seed and the
// client's number, and never retries: a transaction that failed is followed by the
// client's next one.
//
// The package knows no workload and judges nothing.
package harness

import (
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
	Level    history.Level
	// Duration is how long the clients begin new transactions; 0 is DefaultDuration.
	Duration time.Duration
	// Seed decides what every client asks.
	Seed uint64
	// Pause is the longest pause before a statement; each pause is drawn, from 0
	// on. 0 is no pauses.
	Pause time.Duration
	// Progress, if set, is called about five times a second while Run is at
	// work, and once at its end, always by the same goroutine.
	Progress func(Progress)
}

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
	h.Params["abort share"] = strconv.FormatFloat(r.params.AbortShare, 'g', -1, 64)
	return h
}

// check returns an error for a Config that cannot be run.
func (c *Config) check() error {
	switch {
	case c.Database == nil:
		return fmt.Errorf("no database to run workload %s on", c.Workload.Name)
	case c.Workload.New == nil:
		return fmt.Errorf("no workload to run")
	case c.Duration < 0:
		return fmt.Errorf("a run cannot take %v", c.Duration)
	case c.Pause < 0:
		return fmt.Errorf("a pause cannot take %v", c.Pause)
	}
	return nil
}
