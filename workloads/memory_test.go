package workloads

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads/workloadstest"
)

func rngOf(seed uint64, client int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(client))) }

// serially runs transactions of several clients one after another, the clients
// taking turns, and returns them.
func serially(t *testing.T, w Workload, p Params, seed uint64, transactions int) []history.Transaction {
	t.Helper()
	h := record(t, w, p, seed, transactions)
	return slices.DeleteFunc(h.Txns, func(t history.Transaction) bool { return t.Client == 0 })
}

// record does the same and returns the history, with the first rows put in and all tables read at the end.
func record(t *testing.T, w Workload, p Params, seed uint64, transactions int) *history.History {
	t.Helper()
	r := newRecording(t, w.New(p), seed, p.Clients)
	for rows := range slices.Chunk(r.instance.Rows, 100) {
		r.run(0, Transaction{Name: "setup", Body: func(tx *databases.Tx) {
			for _, row := range rows {
				tx.Insert(row.Table, row.Key, row.Values...)
			}
		}})
	}
	for i := range transactions {
		r.run(1+i%p.Clients, r.next[i%p.Clients]())
	}
	r.run(0, Transaction{Name: "final", Body: func(tx *databases.Tx) {
		for table := range r.instance.Tables {
			tx.ReadWhere(table, everyRow())
		}
	}})
	header := history.Header{Format: history.FormatVersion, Workload: w.Name, Tables: r.instance.Tables, Invariants: r.instance.Invariants}
	return &history.History{Header: header, Txns: r.recorded, Closed: true}
}

// recording is a run of an instance's clients on a database in memory.
type recording struct {
	t        *testing.T
	instance Instance
	sessions []*databases.Session
	next     []Generator
	recorded []history.Transaction
	now      int64
}

func newRecording(t *testing.T, instance Instance, seed uint64, clients int) *recording {
	r := &recording{t: t, instance: instance}
	db := workloadstest.Serial()
	if err := db.Prepare(t.Context(), instance.Tables); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{}) // so that nobody waits for slow calls
	close(stopped)
	for c := range clients + 1 {
		conn, err := db.Connect(t.Context(), databases.ConnectOptions{Level: history.Serializable}, instance.Tables, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.sessions = append(r.sessions, &databases.Session{
			Conn:   conn,
			Client: c,
			Stop:   stopped,
			Clock:  func() int64 { r.now++; return r.now },
			Record: func(t *history.Transaction) {
				kept := *t
				kept.Ops = slices.Clone(t.Ops)
				r.recorded = append(r.recorded, kept)
			},
		})
		if c > 0 {
			r.next = append(r.next, instance.Client(c, rngOf(seed, c)))
		}
	}
	return r
}

// run runs a client's transaction. That a constraint refuses it is part of some strategies.
func (r *recording) run(client int, txn Transaction) {
	r.t.Helper()
	options := txn.Options
	options.Deferrable = false
	var refused *history.Error
	_, err := r.sessions[client].Run(context.Background(), txn.Name, options, txn.Body)
	switch {
	case err == nil, errors.As(err, &refused) && refused.Class == history.Constraint:
	case errors.Is(err, databases.ErrRetry) && len(r.instance.Rows) == 0: // what is to be updated is not there
	default:
		r.t.Fatalf("%s: %v", txn.Name, err)
	}
}
