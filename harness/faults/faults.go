// Package faults disturbs a run on purpose: it kills, restarts and pauses the
// server, ends sessions of clients, and cuts or slows connections. Isolation that
// holds only while nothing happens is not isolation.
//
// A Plan says which kinds of faults, how often, and the seed that decides the
// order and all details. Plan.Disturb is what harness.Config.Disturb takes: it
// injects one fault after another until its context ends, and always leaves the server well again. What
// it did goes to the history as events: a kind such as "pause" when it
// begins, and "pause-over" when it is over.
//
// The faults reach the server in three ways: through its Server, where isocheck started
// it (kill, restart, pause); through a Proxy on loopback that carries the
// clients' connections (disconnect, latency); and through SQL of a session of their own (terminate).
package faults

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// Kind is one kind of fault.
type Kind string

// The kinds of faults.
const (
	// Kill ends the server with SIGKILL and starts it again.
	Kill Kind = history.EventKilled
	// Restart stops the server in order and starts it again.
	Restart Kind = "restart"
	// Pause stops the server's processes for a while, with SIGSTOP.
	Pause Kind = "pause"
	// Disconnect cuts a client's connection: at once, before its commit reaches the
	// server, or after, so that the answer is lost.
	Disconnect Kind = "disconnect"
	// Latency delays everything between clients and server for a while.
	Latency Kind = "latency"
	// Terminate has the server end the sessions of clients: pg_terminate_backend, KILL.
	Terminate Kind = "terminate"
)

// Kinds returns all kinds of faults.
func Kinds() []Kind {
	return []Kind{Kill, Restart, Pause, Disconnect, Latency, Terminate}
}

// NeedsServer reports whether the fault takes control of the server's processes, which
// isocheck has of a server that it started only.
func (k Kind) NeedsServer() bool { return k == Kill || k == Restart || k == Pause }

// NeedsProxy reports whether the fault happens on the way between clients and server.
func (k Kind) NeedsProxy() bool { return k == Disconnect || k == Latency }

// Parse reads names of kinds; "all" stands for every kind, or for every kind that needs no control of
// the server where it is not ours. The error names what is wrong, and what would do.
func Parse(names []string, ours bool) ([]Kind, error) {
	var kinds []Kind
	for _, name := range names {
		k := Kind(strings.TrimSpace(name))
		switch {
		case k == "all":
			kinds = append(kinds, offered(ours)...)
			continue
		case !slices.Contains(Kinds(), k):
			return nil, fmt.Errorf("unknown fault %q; known are %s, all", name, list(Kinds()))
		case k.NeedsServer() && !ours:
			return nil, fmt.Errorf("fault %s takes control of the server's processes, and isocheck did not start this server; without it there are %s", k, list(offered(false)))
		}
		kinds = append(kinds, k)
	}
	if len(kinds) == 0 {
		return nil, errors.New("no fault is named; known are " + list(Kinds()) + ", all")
	}
	slices.Sort(kinds)
	return slices.Compact(kinds), nil
}

// offered are the kinds that can be had of a server that is ours, or is not.
func offered(ours bool) []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return k.NeedsServer() && !ours })
}

func list(kinds []Kind) string {
	texts := make([]string, len(kinds))
	for i, k := range kinds {
		texts[i] = string(k)
	}
	return strings.Join(texts, ", ")
}
