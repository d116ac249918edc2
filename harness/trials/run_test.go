package trials_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker/advice"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/postgres"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/harness/trials"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

func TestMain(m *testing.M) { provisiontest.Main(m) }

// database returns a database on the tests' own server, with a namespace of its own.
func database(t *testing.T, product string) databases.Database {
	t.Helper()
	server := provisiontest.Start(t, product)
	open := mysql.Open
	var db databases.Database
	var err error
	if product == "postgres" {
		db, err = postgres.Open(server.DSN, "isocheck_trials")
	} else {
		db, err = open(server.DSN, "isocheck_trials")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := db.CreateNamespace(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.DropNamespace(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return db
}

// of returns a workload with some of its strategies only.
func of(w workloads.Workload, strategies ...string) workloads.Workload {
	w.Strategies = slices.DeleteFunc(slices.Clone(w.Strategies), func(s workloads.Strategy) bool { return !slices.Contains(strategies, s.Name) })
	return w
}

// On every real server at read committed, reading a counter and writing the sum
// is unsafe, letting the database add is safe and recommended, and the history of
// what failed, and no other, is kept.
func TestAdviceOnRealServers(t *testing.T) {
	for _, product := range []string{"postgres", "mysql", "mariadb"} {
		t.Run(product, func(t *testing.T) {
			db, folder := database(t, product), t.TempDir()
			plan := &trials.Plan{Product: product, Workloads: []workloads.Workload{of(workloads.Counter(), "plain", "atomic")}, Levels: []history.Level{history.ReadCommitted}, Repeats: 2}
			ended := 0
			result, err := trials.Run(t.Context(), plan, trials.Config{
				Folder: folder, End: func(trials.Trial, advice.Sample) { ended++ },
				Run: harness.Config{Database: db, Duration: 400 * time.Millisecond, Pause: time.Millisecond, Seed: 1},
			})
			if err != nil {
				t.Fatal(err)
			}
			table := result.Tables[0]
			plain, atomic := table.Cell("plain", history.ReadCommitted), table.Cell("atomic", history.ReadCommitted)
			if plain.Verdict != advice.Unsafe || plain.Problems[0].Anomaly != "lost-update" {
				t.Errorf("plain is %s: %+v", plain.Verdict, plain.Problems)
			}
			if atomic.Verdict != advice.Safe || atomic.Repeats != 2 || atomic.Throughput.Median <= 0 || atomic.P99.Median < atomic.P50.Median || atomic.P50.Median <= 0 {
				t.Errorf("atomic is %+v", atomic)
			}
			if r := table.Recommended; r == nil || r.Strategy != "atomic" {
				t.Errorf("recommended is %+v", r)
			}
			if ended != 4 || result.Trials != 4 || result.Header.Database != product {
				t.Errorf("%d ended, %d trials on %q", ended, result.Trials, result.Header.Database)
			}
			files, err := os.ReadDir(folder)
			if err != nil || len(files) != 1 || files[0].Name() != plain.History {
				t.Errorf("the folder has %v (%v), and the history is %q", files, err, plain.History)
			}
		})
	}
}

// Who stops the trials gets what was run until then, and nothing that was cut short.
func TestStoppedTrials(t *testing.T) {
	db, folder := database(t, "postgres"), t.TempDir()
	plan := &trials.Plan{Product: "postgres", Workloads: []workloads.Workload{of(workloads.Counter(), "plain", "atomic")}, Levels: []history.Level{history.ReadCommitted}, Repeats: 2}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	result, err := trials.Run(ctx, plan, trials.Config{
		Folder: folder, Run: harness.Config{Database: db, Duration: 300 * time.Millisecond, Seed: 1},
		Begin: func(trial trials.Trial, _ *harness.Config) {
			if trial.Number == 2 {
				time.AfterFunc(100*time.Millisecond, stop)
			}
		},
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	ran := 0
	for _, c := range result.Tables[0].Cells {
		ran += c.Repeats
	}
	if result.Trials != 1 || ran != 1 {
		t.Errorf("%d trials, %d repeats in the table; want one", result.Trials, ran)
	}
}

// A server that is not there is told after a few trials, not after all of them.
func TestTrialsWithoutServer(t *testing.T) {
	db, err := postgres.Open("postgres://nobody@127.0.0.1:1/nothing", "isocheck_trials")
	if err != nil {
		t.Fatal(err)
	}
	plan := &trials.Plan{Product: "postgres", Workloads: []workloads.Workload{workloads.Counter()}, Levels: history.Levels(), Repeats: 2}
	result, err := trials.Run(t.Context(), plan, trials.Config{Folder: t.TempDir(), Run: harness.Config{Database: db, Duration: time.Second}})
	if err == nil || result.Trials != 0 || result.Tables[0].Recommended != nil {
		t.Errorf("%d trials, %v", result.Trials, err)
	}
}
