package harness_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/postgres"
	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { provisiontest.Main(m) }

// products are the databases that the tests run against.
func products() []string { return []string{"postgres", "mysql", "mariadb"} }

// namespaces numbers the namespaces of this test binary.
var namespaces atomic.Int64

// database returns a database on the tests' own server, with a namespace of its own.
func database(t testing.TB, product string) databases.Database {
	t.Helper()
	db, _ := openOn(t, provisiontest.Start(t, product))
	return db
}

// openOn returns a database on the server, and the name of its namespace.
func openOn(t testing.TB, server *provision.Server) (databases.Database, string) {
	t.Helper()
	name := fmt.Sprintf("isocheck_harness_%d", namespaces.Add(1))
	db, err := open(server.Database, server.DSN, name)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := db.CreateNamespace(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		// Some tests kill the server: then the namespace goes with its files.
		if err := db.DropNamespace(ctx); err != nil {
			t.Logf("dropping %s: %v", name, err)
		}
	})
	return db, name
}

func open(product, dsn, namespace string) (databases.Database, error) {
	if product == "postgres" {
		return postgres.Open(dsn, namespace)
	}
	return mysql.Open(dsn, namespace)
}

// config is a short run of the workload.
func config(t testing.TB, db databases.Database, workload string, level history.Level) harness.Config {
	t.Helper()
	w, err := workloads.Find(workload)
	if err != nil {
		t.Fatal(err)
	}
	return harness.Config{
		Database: db, Workload: w, Level: level, Seed: 1, Duration: 200 * time.Millisecond,
		Path: filepath.Join(t.TempDir(), "history.jsonl.zst"),
	}
}

// run runs and returns the history that was recorded.
func run(ctx context.Context, t testing.TB, cfg harness.Config) (harness.Result, *history.History) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	result, err := harness.Run(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	goleak.VerifyNone(t, before)
	h, err := history.Load(result.Path)
	if err != nil {
		t.Fatal(err)
	}
	if !h.Closed {
		t.Error("the history is not closed")
	}
	return result, h
}

// hasEvent reports whether such an event was recorded.
func hasEvent(h *history.History, kind string) bool {
	for _, e := range h.Events {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

// errorsOf lists the errors of a class, for messages.
func errorsOf(h *history.History, class history.ErrorClass) string {
	var all []string
	for i := range h.Txns {
		if e := h.Txns[i].Failure(); e != nil && e.Class == class {
			all = append(all, h.Txns[i].Name+": "+e.Error())
		}
	}
	return strings.Join(all, "\n")
}
