// Package provisiontest gives tests real servers: one for each database and test
// binary, started when the first test asks for it and stopped at the end.
//
// A package that uses it needs
//
//	func TestMain(m *testing.M) { provisiontest.Main(m) }
package provisiontest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases/provision"
)

// servers are those of this process. A test binary is one process, and only
// its end can stop what its tests share: so they are held here.
var servers registry

// registry holds the servers that tests share.
type registry struct {
	mu      sync.Mutex
	entries map[string]*entry
	running bool // Main is at work
}

// entry is one database's server, started by the first test that needs it.
type entry struct {
	once   sync.Once
	server *provision.Server
	err    error
}

// startTime is how long a server may take to start on a busy machine.
const startTime = 2 * time.Minute

// Main runs a package's tests and stops their servers. It does not return.
func Main(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	servers.mu.Lock()
	servers.running = true
	servers.mu.Unlock()
	defer servers.stop()
	return m.Run()
}

// Start returns a server of the database (postgres, mysql or mariadb) that the
// tests of this binary share; each test uses a namespace of its own. Where no
// server can be had, the test fails in CI (the variable CI is set and not
// false), and is skipped elsewhere. A DSN in ISOCHECK_TEST_POSTGRES_DSN (or …MYSQL…,
// …MARIADB…) is used instead of a server of our own.
func Start(t testing.TB, database string) *provision.Server {
	t.Helper()
	e := servers.entry(t, database)
	e.once.Do(func() { e.server, e.err = start(t, database) })
	if e.err != nil {
		Missing(t, "%s: %v", database, e.err)
	}
	return e.server
}

// Missing fails the test in CI, and skips it elsewhere, because something that
// it needs cannot be had.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	if ci := os.Getenv("CI"); ci != "" && ci != "false" {
		t.Fatalf("this test needs something that CI must have: %s", text)
	}
	fmt.Fprintf(os.Stderr, "\n*** SKIPPED %s: %s\n*** (make setup installs what the tests need)\n\n", t.Name(), text)
	t.Skip(text)
}

// start starts a server for the tests: from local binaries, which is quickest,
// or as isocheck itself would.
func start(t testing.TB, database string) (*provision.Server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	o := provision.Options{Database: database, Via: provision.Local, Run: "test"}
	o.DSN = os.Getenv("ISOCHECK_TEST_" + strings.ToUpper(database) + "_DSN")
	began := time.Now()
	s, err := provision.Start(ctx, o)
	if unavailable := (*provision.Unavailable)(nil); errors.As(err, &unavailable) {
		o.Via = provision.Auto
		s, err = provision.Start(ctx, o)
	}
	if err == nil {
		t.Logf("%s %s runs after %v", database, s.Version, time.Since(began).Round(10*time.Millisecond))
	}
	return s, err
}

// entry returns the place of a database's server.
func (r *registry) entry(t testing.TB, database string) *entry {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.running {
		t.Fatal("the package's TestMain must call provisiontest.Main, or nobody stops the servers")
	}
	if r.entries == nil {
		r.entries = map[string]*entry{}
	}
	e, ok := r.entries[database]
	if !ok {
		e = &entry{}
		r.entries[database] = e
	}
	return e
}

// stop stops all servers.
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
