package harness_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// bodies is a workload whose transactions are all alike, on two rows of one table.
func bodies(t workloads.Transaction, strategies ...workloads.Strategy) workloads.Workload {
	if strategies == nil {
		strategies = []workloads.Strategy{{Name: "plain"}}
	}
	return workloads.Workload{Name: "bodies", Strategies: strategies, Keys: 2, New: func(workloads.Params) workloads.Instance {
		return workloads.Instance{
			Tables: []history.Table{{Name: "rows", Columns: []history.Column{{Name: "n", Type: history.Int}}}},
			Rows:   []workloads.Row{{Key: 1, Values: []history.Value{history.IntValue(0)}}, {Key: 2, Values: []history.Value{history.IntValue(0)}}},
			Client: func(int, *rand.Rand) workloads.Generator { return func() workloads.Transaction { return t } },
		}
	}}
}

func increment(tx *databases.Tx) {
	row := tx.Read(0, 1)
	tx.Update(0, 1, workloads.Set(0, row.Int(0)+1))
}

// clients returns each client's transactions in order, those that set up and read the end left out.
func clients(h *history.History) map[int][]*history.Transaction {
	by := map[int][]*history.Transaction{}
	for i := range h.Txns {
		if t := &h.Txns[i]; t.Client > 0 {
			by[t.Client] = append(by[t.Client], t)
		}
	}
	return by
}

// What failed because it met another transaction is tried again, as a new transaction that says so, and asks the same.
func TestRetries(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			cfg := config(t, database(t, product), "counter", history.Serializable)
			cfg.Workload = bodies(workloads.Transaction{Name: "increment", Body: increment, Retries: 1000})
			result, h := run(context.Background(), t, cfg)
			retries, committed := 0, int64(0)
			for _, own := range clients(h) {
				for i, txn := range own {
					if txn.Outcome == history.Committed {
						committed++
					}
					if txn.Attempt == 0 {
						continue
					}
					retries++
					before := own[i-1]
					if before.Attempt != txn.Attempt-1 || before.Name != txn.Name || before.Outcome != history.Aborted || before.Failure() == nil {
						t.Errorf("%s is attempt %d, after attempt %d of %s, which was %s", txn.ID(), txn.Attempt, before.Attempt, before.Name, before.Outcome)
					}
				}
			}
			if retries == 0 || int64(retries) != result.Totals.Retries || result.Totals.GaveUp != 0 {
				t.Errorf("%d retries in the history, %d counted, %d given up", retries, result.Totals.Retries, result.Totals.GaveUp)
			}
			final := h.Txns[len(h.Txns)-1].Ops[0].Rows[0].Values[0].Int
			if final != committed {
				t.Errorf("%d increments committed, and the counter is %d", committed, final)
			}
		})
	}
}

// A transaction that asks for another attempt gets as many as it may have; one that failed for another reason gets none.
func TestRetriesEnd(t *testing.T) {
	db := database(t, "postgres")
	for _, test := range []struct {
		name string
		txn  workloads.Transaction
		last int // the attempt after which the client goes on
	}{
		{"asks for ever", workloads.Transaction{Retries: 3, Body: func(tx *databases.Tx) { tx.Read(0, 1); tx.Retry() }}, 3},
		{"may not", workloads.Transaction{Body: func(tx *databases.Tx) { tx.Read(0, 1); tx.Retry() }}, 0},
		{"aborts itself", workloads.Transaction{Retries: 3, Body: func(tx *databases.Tx) { tx.Read(0, 1); tx.Abort() }}, 0},
		{"breaks a constraint", workloads.Transaction{Retries: 3, Body: func(tx *databases.Tx) { tx.Insert(0, 1, history.IntValue(1)) }}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := config(t, db, "counter", history.ReadCommitted)
			cfg.Workload, cfg.Params.Clients = bodies(test.txn), 1
			result, h := run(context.Background(), t, cfg)
			gaveUp := int64(0)
			own := clients(h)[1]
			for i, txn := range own[:len(own)-1] {
				if want := i % (test.last + 1); txn.Attempt != want {
					t.Fatalf("transaction %d is attempt %d, want %d", i, txn.Attempt, want)
				}
				if test.txn.Retries > 0 && test.last > 0 && txn.Attempt == test.last {
					gaveUp++
				}
			}
			if diff := result.Totals.GaveUp - gaveUp; diff < 0 || diff > 1 { // the last transaction of all may be one
				t.Errorf("%d given up, want %d", result.Totals.GaveUp, gaveUp)
			}
		})
	}
}

// levelsOf returns the levels of a client's transactions, those of the header's as "".
func levelsOf(h *history.History) (levels []history.Level) {
	for _, txn := range clients(h)[1] {
		levels = append(levels, txn.Level)
	}
	return levels
}

// A mix of levels is drawn from the seed, recorded with each transaction, and promises what its weakest level does.
func TestLevelMix(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			cfg := config(t, database(t, product), "counter", "")
			cfg.Params.Clients = 2
			cfg.LevelMix = harness.LevelMix{history.Serializable: 1, history.ReadCommitted: 3}
			_, h := run(context.Background(), t, cfg)
			once := levelsOf(h)
			if h.Header.Level != history.ReadCommitted || h.Header.Promise != "monotonic-atomic-view" || h.Header.Params["level mix"] != "read-committed=3,serializable=1" {
				t.Errorf("the header says %q, %q, %q", h.Header.Level, h.Header.Promise, h.Header.Params["level mix"])
			}
			count := map[history.Level]int{}
			for _, l := range once {
				count[l]++
			}
			if count[""] == 0 || count[history.Serializable] == 0 || len(count) != 2 {
				t.Errorf("the levels are %v", count)
			}
			_, h = run(context.Background(), t, cfg)
			again := levelsOf(h)
			for i := range min(len(once), len(again)) {
				if once[i] != again[i] {
					t.Fatalf("transaction %d is at %q, and with the same seed at %q", i, once[i], again[i])
				}
			}
		})
	}
}

// A paced run begins no more transactions than it should.
func TestRate(t *testing.T) {
	cfg := config(t, database(t, "postgres"), "counter", history.ReadCommitted)
	cfg.Rate, cfg.Duration = 100, time.Second
	result, h := run(context.Background(), t, cfg)
	all := result.Totals.Committed + result.Totals.Indeterminate + result.Totals.AllAborted()
	if most := int64(cfg.Rate*result.Took.Seconds()) + int64(h.Header.Clients); all > most || all == 0 {
		t.Errorf("%d transactions in %v, at most %d are due", all, result.Took, most)
	}
}

// However the level is set, the run is at it, and every session waits as long for a lock as it was told to.
func TestConnectOptions(t *testing.T) {
	for _, product := range products() {
		for _, set := range databases.LevelSets() {
			t.Run(fmt.Sprint(product, "/", set), func(t *testing.T) {
				cfg := config(t, database(t, product), "counter", history.RepeatableRead)
				cfg.LevelSet, cfg.LockTimeout = set, 2*time.Second
				_, h := run(context.Background(), t, cfg)
				timeout := h.Header.Settings["lock_timeout"] + h.Header.Settings["innodb_lock_wait_timeout"]
				if h.Header.Settings[databases.LevelInForce] != "repeatable-read" || strings.TrimSuffix(timeout, "s") != "2" {
					t.Errorf("in force are %q and %q", h.Header.Settings[databases.LevelInForce], timeout)
				}
				if h.Header.Params["level set"] != string(set) || h.Header.Params["lock timeout"] != "2s" {
					t.Errorf("the header says %v", h.Header.Params)
				}
			})
		}
	}
}

// A strategy that the product cannot have is refused before anything is run.
func TestStrategyThatTheProductLacks(t *testing.T) {
	cfg := config(t, database(t, "mysql"), "counter", history.Serializable)
	cfg.Workload = bodies(workloads.Transaction{Body: increment}, workloads.Strategy{Name: "deferrable", Needs: []databases.Feature{databases.Deferrable}})
	_, err := harness.Run(context.Background(), cfg)
	if err == nil || !strings.Contains(err.Error(), "strategy deferrable of workload bodies needs deferrable, which MySQL does not have") {
		t.Errorf("the error is %v", err)
	}
}

func TestWrongConfigs(t *testing.T) {
	db := database(t, "postgres")
	for want, change := range map[string]func(*harness.Config){
		"a rate of -1":                        func(c *harness.Config) { c.Rate = -1 },
		"a lock cannot be waited for":         func(c *harness.Config) { c.LockTimeout = -1 },
		"unknown isolation level":             func(c *harness.Config) { c.LevelMix = harness.LevelMix{"snapshot": 1} },
		"it takes from 0 to":                  func(c *harness.Config) { c.LevelMix = harness.LevelMix{history.Serializable: -1} },
		"every weight is 0":                   func(c *harness.Config) { c.LevelMix = harness.LevelMix{history.Serializable: 0} },
		"the weakest of the mix":              func(c *harness.Config) { c.LevelMix = harness.LevelMix{history.ReadCommitted: 1} },
		`unknown way to set the level "mine"`: func(c *harness.Config) { c.LevelSet = "mine" },
	} {
		cfg := config(t, db, "counter", history.Serializable)
		change(&cfg)
		if _, err := harness.Run(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
