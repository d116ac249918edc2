package databases_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Clients write the same few rows in every way that there is. Afterwards the
// writes that committed must make unbroken chains: what each one replaced is
// there, and nothing was replaced twice.
func TestChains(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		for _, level := range history.Levels() {
			t.Run(string(level), func(t *testing.T) {
				must(t, s.db.Prepare(t.Context(), s.tables))
				s.next = 0
				setup := s.client(t, level)
				setup.do(insertItems)
				all := slices.Concat(setup.recorded, race(t, s, level))
				all = append(all, setup.do(func(tx *databases.Tx) { tx.ReadWhere(items, nil) }))
				checkChains(t, all)
			})
		}
	})
}

const (
	raceClients      = 6
	raceTransactions = 150
)

// race runs the clients and returns what they recorded.
func race(t *testing.T, s *server, level history.Level) []history.Transaction {
	t.Helper()
	var wg sync.WaitGroup
	var clients []*client
	for range raceClients {
		clients = append(clients, s.client(t, level))
	}
	for i, c := range clients {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		wg.Go(func() {
			for range raceTransactions {
				if _, err := c.Run(context.Background(), "race", databases.TxOptions{}, func(tx *databases.Tx) { raceStep(tx, rng) }); errors.Is(err, databases.ErrBroken) {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	var all []history.Transaction
	for _, c := range clients {
		all = append(all, c.recorded...)
	}
	return all
}

func raceStep(tx *databases.Tx, rng *rand.Rand) {
	key := 1 + rng.Int64N(3)
	group := where(grp, history.Equal, num(7+rng.Int64N(2)))
	switch rng.IntN(7) {
	case 0:
		tx.Update(items, key, set(rank, num(tx.Read(items, key).Int(rank)+1)))
	case 1:
		tx.UpdateWhere(items, group, add(rank, 1))
	case 2: // a predicate without an index, over rows that others lock
		tx.UpdateWhere(items, where(rank, history.GreaterEqual, num(rng.Int64N(40))), add(rank, 1))
	case 3:
		if tx.Delete(items, key) {
			tx.Insert(items, key, num(7+rng.Int64N(2)), num(0), str(""))
		}
	case 4:
		tx.DeleteWhere(items, group)
	case 5:
		tx.Update(items, key, set(grp, num(7+rng.Int64N(2))))
	case 6:
		if row := tx.ReadLocked(items, key, history.ForUpdate); !row.Exists {
			tx.Insert(items, key, num(7), num(0), str(""))
		}
	}
	if rng.IntN(8) == 0 {
		tx.Abort()
	}
}

type object struct {
	key     int64
	version history.Version
}

func checkChains(t *testing.T, all []history.Transaction) {
	t.Helper()
	committed := map[object]bool{}
	for _, txn := range all {
		for _, op := range txn.Ops {
			for _, r := range op.Rows {
				if op.Kind.Writes() && txn.Outcome == history.Committed {
					committed[object{r.Key, r.Version}] = true
				}
			}
		}
	}
	replaced := map[object]history.Version{}
	count, failed := 0, 0
	for _, txn := range all {
		if txn.Outcome != history.Committed {
			failed++
			continue
		}
		for _, op := range txn.Ops {
			if op.Gap {
				t.Errorf("%v: a gap in operation kind %d", txn.ID(), op.Kind)
			}
			for _, r := range op.Rows {
				previous := object{r.Key, r.Previous}
				if r.Previous != 0 && !committed[previous] {
					t.Errorf("%v: row %d: version %v replaced %v, which is not there", txn.ID(), r.Key, r.Version, r.Previous)
				}
				if !op.Kind.Writes() {
					continue
				}
				count++
				if other, again := replaced[previous]; again && r.Previous != 0 {
					t.Errorf("row %d: both %v and %v replaced %v", r.Key, other, r.Version, r.Previous)
				}
				replaced[previous] = r.Version
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d writes committed", count)
	}
	t.Logf("%d writes, %d of %d transactions did not commit", count, failed, len(all))
	final := all[len(all)-1].Ops[0].Rows
	for _, r := range final {
		if next, again := replaced[object{r.Key, r.Version}]; again {
			t.Errorf("row %d ends with %v, which %v replaced", r.Key, r.Version, next)
		}
	}
}
