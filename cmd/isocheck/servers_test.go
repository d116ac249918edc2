package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases/provision"
)

// servers are those that the tests of this binary share: only its end can stop them.
var servers registry

// registry holds one server for each database, started when the first test asks for it.
type registry struct {
	mu      sync.Mutex
	entries map[string]*entry
}

type entry struct {
	once   sync.Once
	server *provision.Server
	err    error
}

// start returns the shared server of a database.
func (r *registry) start(database string) (*provision.Server, error) {
	r.mu.Lock()
	e := r.entries[database]
	if e == nil {
		e = &entry{}
		if r.entries == nil {
			r.entries = map[string]*entry{}
		}
		r.entries[database] = e
	}
	r.mu.Unlock()
	e.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		e.server, e.err = provision.Start(ctx, provision.Options{Database: database, Via: provision.Local, Run: "test"})
	})
	return e.server, e.err
}

func (r *registry) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for database, e := range r.entries {
		if e.server == nil {
			continue
		}
		if err := e.server.Stop(context.Background()); err != nil {
			fmt.Fprintf(os.Stderr, "stopping %s: %v\n", database, err)
		}
	}
}

// suite is the tests of this package, and the end of their servers.
type suite struct{ m *testing.M }

func (s suite) Run() int {
	defer servers.stop()
	return s.m.Run()
}

// have reports whether a server of the database can be started from binaries on
// this machine. Where it cannot, that is an error in CI, and said loudly elsewhere.
func have(database string) (bool, error) {
	_, err := servers.start(database)
	if err == nil {
		return true, nil
	}
	if ci := os.Getenv("CI"); ci != "" && ci != "false" {
		return false, fmt.Errorf("CI must have a %s server: %w", database, err)
	}
	fmt.Fprintf(os.Stderr, "\n*** SKIPPED, for lack of a %s server: %v\n\n", database, err)
	return false, nil
}

// requireServer returns the shared server of a database, or skips the test.
func requireServer(t *testing.T, database string) *provision.Server {
	t.Helper()
	ok, err := have(database)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		t.Skipf("no %s server", database)
	}
	s, _ := servers.start(database)
	return s
}

// passwordOf and hostPortOf return parts of the DSN of a server that isocheck started.
func passwordOf(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || u.User == nil {
		return ""
	}
	password, _ := u.User.Password()
	return password
}

func hostPortOf(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return ""
	}
	return u.Host
}
