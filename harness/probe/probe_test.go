package probe_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/postgres"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/harness/probe"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads/probes"
)

func TestMain(m *testing.M) { provisiontest.Main(m) }

// products are the databases that everything here holds for.
var products = []string{"postgres", "mysql", "mariadb"}

// open returns a server with a namespace of the test's own. The settings, if any, are those of every session.
func open(t *testing.T, product string, settings ...string) databases.Database {
	t.Helper()
	dsn, namespace := provisiontest.Start(t, product).DSN, fmt.Sprintf("isocheck_test_%08x", rand.Uint32())
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		u, err := url.Parse(dsn)
		must(t, err)
		query := u.Query()
		query.Set(name, value)
		u.RawQuery = query.Encode()
		dsn = u.String()
	}
	var db databases.Database
	var err error
	if product == "postgres" {
		db, err = postgres.Open(dsn, namespace)
	} else {
		db, err = mysql.Open(dsn, namespace)
	}
	must(t, err)
	ctx := context.Background()
	must(t, db.CreateNamespace(ctx))
	t.Cleanup(func() { must(t, db.DropNamespace(ctx)) })
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// documented holds a history against what its database documents.
func documented(h *history.Header) (checker.Options, error) {
	model, err := checker.ParseModel(h.Promise)
	return checker.Options{Expect: model, Source: h.PromiseSource}, err
}

// own returns isocheck's probes of these names, all of them without names.
func own(t *testing.T, names ...string) []probes.Probe {
	t.Helper()
	list, err := probes.All()
	must(t, err)
	if len(names) == 0 {
		return list
	}
	var chosen []probes.Probe
	for _, p := range list {
		for _, name := range names {
			if p.Name == name {
				chosen = append(chosen, p)
			}
		}
	}
	if len(chosen) != len(names) {
		t.Fatalf("not all of %v are there", names)
	}
	return chosen
}

func play(t *testing.T, db databases.Database, list []probes.Probe, levels ...history.Level) []*probe.Result {
	t.Helper()
	if len(levels) == 0 {
		levels = history.Levels()
	}
	results, err := probe.Run(context.Background(), probe.Config{
		Database: db, Header: history.Header{Run: "test"}, Probes: list, Levels: levels, Options: documented,
	})
	must(t, err)
	return results
}

// table is what the results say, in lines: what a user sees, and every step's answer, but
// where PostgreSQL found a deadlock: on a busy machine either session may be the one that fails.
func table(results []*probe.Result) (answers, steps string) {
	var a, b strings.Builder
	for _, r := range results {
		fmt.Fprintf(&a, "%s at %s: %s, %s\n", r.Probe.Name, r.Level, r.Answer.State, r.Answer.How)
		fmt.Fprintf(&b, "%s at %s\n", r.Probe.Name, r.Level)
		if slices.Contains(r.Answer.Codes, "40P01") {
			continue
		}
		for i := range r.Steps {
			fmt.Fprintf(&b, "  %d: %s → %s\n", r.Steps[i].Session, r.Steps[i].Text, r.Steps[i].Said(r.Probe.Tables))
		}
	}
	return a.String(), b.String()
}

// Nothing that the databases promise is broken, and the table is the same each time: twice here, and 20 times
// with ISOCHECK_SOAK=1.
func TestSameTable(t *testing.T) {
	times := 2
	if os.Getenv("ISOCHECK_SOAK") != "" {
		times = 20
	}
	for _, product := range products {
		t.Run(product, func(t *testing.T) {
			db := open(t, product)
			firstAnswers, firstSteps := "", ""
			for n := range times {
				results := play(t, db, own(t))
				answers, steps := table(results)
				if n == 0 {
					firstAnswers, firstSteps = answers, steps
				}
				if diff := cmp.Diff(firstAnswers, answers); diff != "" {
					t.Errorf("the table is another one (-first +now, the %d. time):\n%s", n+1, diff)
				}
				if diff := cmp.Diff(firstSteps, steps); diff != "" {
					t.Errorf("the steps are other ones (-first +now, the %d. time):\n%s", n+1, diff)
				}
				for _, r := range results {
					if r.Answer.State == probe.Violation {
						t.Errorf("%s at %s: %s is a violation of %s", r.Probe.Name, r.Level, r.Answer.Anomaly, r.History.Header.Promise)
					}
				}
			}
		})
	}
}

// What a probe is judged by is its history alone: checked again, it says the same.
func TestHistoryIsEnough(t *testing.T) {
	for _, r := range play(t, open(t, "postgres"), own(t, "p4", "g2-item", "check-then-insert")) {
		if err := r.History.Header.Validate(); err != nil {
			t.Error(err)
		}
		options, err := documented(&r.History.Header)
		must(t, err)
		again, err := checker.Check(context.Background(), r.History, options)
		must(t, err)
		if again.Verdict != r.Findings.Verdict || again.Verdict != checker.Kept {
			t.Errorf("%s at %s: %s, and checked again %s", r.Probe.Name, r.Level, r.Findings.Verdict, again.Verdict)
		}
	}
}

// A database that breaks what is expected of it is told so by the probe that shows it.
func TestViolation(t *testing.T) {
	results, err := probe.Run(context.Background(), probe.Config{
		Database: open(t, "postgres"), Header: history.Header{Run: "test"}, Probes: own(t, "p4", "g1a"), Levels: []history.Level{history.ReadCommitted},
		Options: func(*history.Header) (checker.Options, error) {
			return checker.Options{Expect: checker.SnapshotIsolation}, nil
		},
	})
	must(t, err)
	answers, _ := table(results)
	want := "g1a at read-committed: prevented, snapshot\np4 at read-committed: violation, violation\n"
	if answers != want {
		t.Errorf("got\n%swant\n%s", answers, want)
	}
}

// With innodb_snapshot_isolation on, MariaDB's repeatable read is snapshot isolation: what
// MySQL's allows fails with error 1020.
func TestMariaDBSnapshotIsolation(t *testing.T) {
	db := open(t, "mariadb", "innodb_snapshot_isolation=ON")
	answers, _ := table(play(t, db, own(t, "p4", "own-write", "own-update-phantom", "g-single-write", "g2-item"), history.RepeatableRead))
	want := `p4 at repeatable-read: prevented, 1020
g-single-write at repeatable-read: prevented, 1020
g2-item at repeatable-read: allowed, allowed
own-write at repeatable-read: prevented, 1020
own-update-phantom at repeatable-read: prevented, 1020
`
	if diff := cmp.Diff(want, answers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// parse reads a probe that a test brings along.
func parse(t *testing.T, text string) []probes.Probe {
	t.Helper()
	list, err := probes.Parse("test.probe", []byte(text))
	must(t, err)
	return list
}

// A step that is blocked does not hold up the other sessions, finishes when it can, and
// what its session is asked next waits for it.
func TestGoesOnPastBlockedSteps(t *testing.T) {
	const text = `
probe three
table: test (value)
rows: 1 value=10, 2 value=20

1: update 1 set value=11
2: update 1 set value=12
2: update 2 set value=22
3: update 1 set value=13
3: commit
1: update 2 set value=21
1: commit
2: commit
`
	want := `three at read-committed
  1: update 1 set value=11 → 1 row
  2: update 1 set value=12 → blocked, then 1 row
  2: update 2 set value=22 → 1 row
  3: update 1 set value=13 → blocked, then 1 row
  3: commit → done
  1: update 2 set value=21 → 1 row
  1: commit → done
  2: commit → done
`
	for _, product := range products {
		t.Run(product, func(t *testing.T) {
			_, steps := table(play(t, open(t, product), parse(t, text), history.ReadCommitted))
			if diff := cmp.Diff(want, steps); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// After an error, and after a condition that ends a transaction, the rest of it is left
// out, and the session's next transaction is not.
func TestSkipsTheRest(t *testing.T) {
	const text = `
probe rest
table: test (value)
rows: 1 value=10

1: insert 1 value=11
1: update 1 set value=12
1: commit
2: update 1 where value = 99 set value=13
2: rollback if none
2: read 1
2: commit
1: read 1
1: rollback if none
1: commit
`
	results := play(t, open(t, "postgres"), parse(t, text), history.ReadCommitted)
	_, steps := table(results)
	want := `rest at read-committed
  1: insert 1 value=11 → 23505
  1: update 1 set value=12 → left out
  1: commit → left out
  2: update 1 where value = 99 set value=13 → 0 rows
  2: rollback if none → done
  2: read 1 → left out
  2: commit → left out
  1: read 1 → 1: value=10
  1: rollback if none → left out
  1: commit → done
`
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
