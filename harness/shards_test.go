package harness_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
)

// shard returns one of the shards of a run, as a process of its own would have it.
func shard(t *testing.T, product, namespace string, index, of int) harness.Config {
	t.Helper()
	db, err := open(product, provisiontest.Start(t, product).DSN, namespace)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config(t, db, "counter", history.ReadCommitted)
	cfg.Duration = time.Second
	cfg.Params.Clients = 3
	cfg.Header.Run = "shards"
	cfg.Shards = &harness.Shards{Index: index, Of: of, Meeting: db.(databases.Meeting), Task: "a test", Patience: time.Minute}
	if index == 0 {
		err := db.CreateNamespace(t.Context())
		if err == nil {
			err = cfg.Shards.Meeting.OpenMeeting(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.DropNamespace(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	return cfg
}

// The histories that shards record are one, and what it shows is what one process with as many clients shows.
func TestShards(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			const of = 3
			namespace := fmt.Sprintf("isocheck_shards_%d", namespaces.Add(1))
			configs := make([]harness.Config, of)
			for i := range of {
				configs[i] = shard(t, product, namespace, i, of)
			}
			var group sync.WaitGroup
			paths := make([]string, of)
			for i := of - 1; i >= 0; i-- {
				group.Go(func() {
					result, err := harness.Run(context.Background(), configs[i])
					if err != nil || result.Err != nil || result.Totals.Committed == 0 || result.Final != (i == 0) {
						t.Errorf("shard %d: %+v, %v", i, result, err)
					}
					paths[i] = result.Path
				})
			}
			group.Wait()
			if t.Failed() {
				return
			}
			checkShards(t, paths)
		})
	}
}

func checkShards(t *testing.T, paths []string) {
	t.Helper()
	whole, err := checker.Check(t.Context(), history.Files(paths...), checker.Options{Expect: checker.MonotonicAtomicView})
	if err != nil {
		t.Fatal(err)
	}
	if whole.Verdict != checker.Kept {
		t.Errorf("the whole is %s: %v", whole.Verdict, whole.Reasons)
	}
	lost := false
	for _, a := range whole.Anomalies {
		lost = lost || a.ID == checker.LostUpdate && a.Count > 0
		if strings.HasSuffix(string(a.ID), "-real-time") && a.Count > 0 {
			t.Errorf("%s was found, though clocks of several machines do not compare", a.ID)
		}
	}
	if !lost {
		t.Error("nine clients lost no update")
	}
	for _, inv := range whole.Invariants {
		if inv.Unknown {
			t.Errorf("%s is not known: %s", inv.Name, inv.Text)
		}
	}
	for _, path := range paths { // a part is not taken for the whole
		part, err := checker.Check(t.Context(), history.Files(path), checker.Options{Expect: checker.MonotonicAtomicView})
		if err != nil {
			t.Fatal(err)
		}
		if part.Verdict != checker.Inconclusive || !strings.Contains(strings.Join(part.Reasons, " "), "2 of 3 shards are not here") {
			t.Errorf("%s alone is %s: %v", filepath.Base(path), part.Verdict, part.Reasons)
		}
	}
}

// A shard whose others do not come says so.
func TestShardAlone(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			cfg := shard(t, product, fmt.Sprintf("isocheck_shards_%d", namespaces.Add(1)), 1, 2)
			cfg.Shards.Patience = 2 * time.Second
			_, err := harness.Run(context.Background(), cfg)
			const want = "running workload counter at read-committed: shard 1 of 2 waited 2s for the others: shard 0 never came: the tables of the run are not made (a test). " +
				"Start every shard with the same run id and the same flags, or have them wait longer for each other"
			if err == nil || err.Error() != want { // and nothing of a server that answered all the time
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// A shard names those that did not come, and how far they were.
func TestShardsLate(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			cfg := shard(t, product, fmt.Sprintf("isocheck_shards_%d", namespaces.Add(1)), 0, 4)
			cfg.Shards.Patience = 2 * time.Second
			ready := func(task string, shards ...int) {
				for _, n := range shards {
					if err := cfg.Shards.Meeting.Tell(t.Context(), task+": ready", n); err != nil {
						t.Fatal(err)
					}
				}
			}
			ready("a test", 2)
			if _, err := harness.Run(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "waited 2s for the others: shards 1, 3 never got ready to start (a test).") {
				t.Errorf("where two of four are ready, the error is %v", err)
			}
			cfg.Shards.Task, cfg.Path = "another", cfg.Path+".another"
			ready("another", 1, 2, 3)
			if _, err := harness.Run(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "shards 1, 2, 3 began, but did not end (another).") {
				t.Errorf("where three of four do not end, the error is %v", err)
			}
		})
	}
}

// Two processes cannot both be the same shard of a run.
func TestShardTwice(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			cfg := shard(t, product, fmt.Sprintf("isocheck_shards_%d", namespaces.Add(1)), 0, 1)
			if _, err := harness.Run(context.Background(), cfg); err != nil {
				t.Fatal(err)
			}
			cfg.Path += ".again"
			_, err := harness.Run(context.Background(), cfg)
			if !errors.Is(err, databases.ErrTold) || !strings.Contains(err.Error(), "Each run of the shards needs an id of its own") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}
