package workloads_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
	"github.com/isocheck/isocheck/workloads/workloadstest"
)

// Tickets is a workload of one's own: clients sell the tickets of a few shows,
// and no show may be sold out twice over. In a program of one's own this is a
// file, with
//
//	func init() { workloads.Register(Tickets()) }
func Tickets() workloads.Workload {
	return workloads.Workload{
		Name:    "tickets",
		Summary: "tickets of a few shows, none of which may be sold twice",
		Strategies: []workloads.Strategy{
			{Name: "plain", Summary: "reads how many are left, then writes one less"},
			{Name: "for-update", Summary: "reads how many are left with FOR UPDATE", Retries: 10},
		},
		Keys:      3,
		ReadShare: 0.2,
		New:       newTickets,
	}
}

// The tables and their columns, by number.
const (
	shows = 0
	left  = 0

	tickets = 1
	ofShow  = 0
)

const seats = 1000

func newTickets(p workloads.Params) workloads.Instance {
	lock := history.NoLock
	if p.Strategy == "for-update" {
		lock = history.ForUpdate
	}
	instance := workloads.Instance{
		Tables: []history.Table{
			{Name: "shows", Columns: []history.Column{{Name: "seats_left", Type: history.Int}}},
			{Name: "tickets", Columns: []history.Column{{Name: "show", Type: history.Int}}, Indexes: []int{ofShow}},
		},
		// Invariants are data: they are saved with the history, and can be checked again.
		Invariants: []history.Invariant{
			{Kind: history.AtLeast, Name: "no seat sold twice", Table: shows, Column: left, Value: 0},
			{Kind: history.LinearSum, Name: "tickets and seats", Value: int64(p.Keys) * seats, Terms: []history.Term{
				{Table: shows, Column: left, Times: 1}, {Table: tickets, Column: history.RowCount, Times: 1},
			}},
		},
		Client: func(client int, rng *rand.Rand) workloads.Generator {
			which, fresh := p.Picker(), workloads.FreshKeys(client)
			return func() workloads.Transaction {
				// Everything random is drawn here, so that the same seed asks the same.
				show, ticket, looks, abort := which.Key(rng), fresh(), rng.Float64() < p.ReadShare, rng.Float64() < p.AbortShare
				if looks {
					return workloads.Transaction{Name: "look", Body: func(tx *databases.Tx) { tx.Read(shows, show) }}
				}
				return workloads.Transaction{Name: "sell", Retries: 10, Body: func(tx *databases.Tx) {
					n := tx.ReadLocked(shows, show, lock).Int(left)
					if n == 0 {
						return
					}
					tx.Update(shows, show, workloads.Set(left, n-1))
					tx.Insert(tickets, ticket, history.IntValue(show))
					if abort {
						tx.Abort()
					}
				}}
			}
		},
	}
	for show := range int64(p.Keys) {
		instance.Rows = append(instance.Rows, workloads.Row{Table: shows, Key: show + 1, Values: []history.Value{history.IntValue(seats)}})
	}
	return instance
}

// A workload of one's own, tried on a database in memory; postgres.Open and
// mysql.Open in package databases give real ones.
func Example() {
	findings, err := try(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, model := range findings.Models {
		if model.Model == checker.Serializable {
			fmt.Println("serializable:", model.Holds)
		}
	}
	for _, invariant := range findings.Invariants {
		fmt.Printf("%s: %t\n", invariant.Name, invariant.Held)
	}
	// Output:
	// serializable: true
	// no seat sold twice: true
	// tickets and seats: true
}

// try runs the workload for a moment and checks what was recorded.
func try(ctx context.Context) (*checker.Findings, error) {
	folder, err := os.MkdirTemp("", "tickets")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	result, err := harness.Run(ctx, harness.Config{
		Database: workloadstest.Serial(),
		Workload: Tickets(),
		Level:    history.Serializable,
		Params:   workloads.Params{Strategy: "for-update", Distribution: workloads.Zipf},
		Duration: 100 * time.Millisecond,
		Path:     filepath.Join(folder, "history.jsonl.zst"),
	})
	if err != nil {
		return nil, err
	}
	recorded, err := history.Load(result.Path)
	if err != nil {
		return nil, err
	}
	return checker.Check(ctx, recorded, checker.Options{Expect: checker.Serializable})
}
