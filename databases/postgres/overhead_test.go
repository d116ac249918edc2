package postgres_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/postgres"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/history"
)

func TestMain(m *testing.M) { provisiontest.Main(m) }

const (
	overheadClients = 8
	overheadRows    = 1000
	// chunk is how many transactions each side runs before the other has its
	// turn, so that both see the same machine.
	chunk = 2000
)

var accounts = []history.Table{{Name: "accounts", Columns: []history.Column{{Name: "balance", Type: history.Int}}}}

// BenchmarkOverhead runs the same transactions (two reads, two updates) through
// Session.Run with everything recorded to a file, and through a bare pgx loop
// that sends the same SQL, prepared, on the same number of connections. It
// reports the medians over all rounds of the transactions a second of both, and of
// the share of the bare loop's that isocheck reaches.
func BenchmarkOverhead(b *testing.B) {
	ctx := context.Background()
	server := provisiontest.Start(b, "postgres")
	namespace := fmt.Sprintf("isocheck_bench_%08x", rand.Uint32())
	db, err := postgres.Open(server.DSN, namespace)
	check(b, err)
	check(b, db.CreateNamespace(ctx))
	defer func() { check(b, db.DropNamespace(ctx)) }()
	check(b, db.Prepare(ctx, accounts))

	recorded := newRecordedLoop(b, db)
	defer recorded.close(b)
	bare := newBareLoop(b, server.DSN, namespace)
	defer bare.close(b)

	together(bare.transaction) // both with warm caches and plans
	together(recorded.transaction)
	var tookRecorded, tookBare []float64 // seconds
	b.ResetTimer()
	for b.Loop() {
		first, second := together(bare.transaction), together(recorded.transaction)
		third, fourth := together(recorded.transaction), together(bare.transaction) // the other way around, against drift
		tookBare = append(tookBare, (first + fourth).Seconds())
		tookRecorded = append(tookRecorded, (second + third).Seconds())
	}
	b.ReportMetric(2*chunk/median(tookBare), "bare-tx/s")
	b.ReportMetric(2*chunk/median(tookRecorded), "recorded-tx/s")
	shares := make([]float64, len(tookBare))
	for i := range shares {
		shares[i] = 100 * tookBare[i] / tookRecorded[i]
	}
	b.ReportMetric(median(shares), "%of-bare")
	b.ReportMetric(0, "ns/op")
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// together runs a chunk of transactions on all clients and returns how long it took.
func together(transaction func(client int, from, to int64)) time.Duration {
	began := time.Now()
	var wg sync.WaitGroup
	for i := range overheadClients {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(1, uint64(i)))
			for range chunk / overheadClients {
				from := rng.Int64N(overheadRows - 1)
				transaction(i, from, from+1) // in one order, so that nothing deadlocks
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

// recordedLoop is isocheck's way.
type recordedLoop struct {
	ctx      context.Context
	cancel   context.CancelFunc
	sessions []*databases.Session
	writer   *history.Writer
}

func newRecordedLoop(b *testing.B, db databases.Database) *recordedLoop {
	l := &recordedLoop{}
	l.ctx, l.cancel = context.WithCancel(context.Background()) // as a run has one
	var sql databases.Statements
	var err error
	l.writer, err = history.Create(filepath.Join(b.TempDir(), "history.jsonl.zst"), history.Header{Tables: accounts}, sql.Texts)
	check(b, err)
	start := time.Now()
	for i := range overheadClients {
		conn, err := db.Connect(l.ctx, databases.ConnectOptions{Level: history.ReadCommitted}, accounts, &sql)
		check(b, err)
		l.sessions = append(l.sessions, &databases.Session{
			Conn: conn, Client: i, Clock: func() int64 { return int64(time.Since(start)) }, Record: l.writer.Recorder().Record,
		})
	}
	for at := int64(0); at < overheadRows; at += 500 {
		_, err := l.sessions[0].Run(l.ctx, "rows", databases.TxOptions{}, func(tx *databases.Tx) {
			for key := at; key < at+500; key++ {
				tx.Insert(0, key, history.IntValue(100))
			}
		})
		check(b, err)
	}
	return l
}

func (l *recordedLoop) transaction(client int, from, to int64) {
	_, err := l.sessions[client].Run(l.ctx, "transfer", databases.TxOptions{}, func(tx *databases.Tx) {
		a, b := tx.Read(0, from), tx.Read(0, to)
		tx.Update(0, from, history.Assign{Value: history.IntValue(a.Int(0) - 1)})
		tx.Update(0, to, history.Assign{Value: history.IntValue(b.Int(0) + 1)})
	})
	if err != nil {
		panic(err)
	}
}

func (l *recordedLoop) close(b *testing.B) {
	l.cancel()
	for _, s := range l.sessions {
		check(b, s.Conn.Close(context.Background()))
	}
	check(b, l.writer.Close())
}

// bareLoop is pgx as its documentation shows it: statements prepared by name,
// rows scanned into variables, nothing kept.
type bareLoop struct {
	conns   []*pgx.Conn
	version []int64
}

func newBareLoop(b *testing.B, dsn, namespace string) *bareLoop {
	ctx := context.Background()
	l := &bareLoop{version: make([]int64, overheadClients)}
	for i := range overheadClients {
		c, err := pgx.Connect(ctx, dsn)
		check(b, err)
		_, err = c.Exec(ctx, "SET search_path TO "+namespace)
		check(b, err)
		_, err = c.Prepare(ctx, "read", "SELECT id, balance, version, previous FROM accounts WHERE id = $1")
		check(b, err)
		_, err = c.Prepare(ctx, "update", "UPDATE accounts SET balance = $1, previous = version, version = $2 WHERE id = $3 RETURNING id, previous")
		check(b, err)
		l.conns = append(l.conns, c)
		l.version[i] = int64(100+i) << 40
	}
	return l
}

func (l *bareLoop) transaction(client int, from, to int64) {
	ctx := context.Background()
	tx, err := l.conns[client].BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		panic(err)
	}
	a, b := l.read(ctx, tx, from), l.read(ctx, tx, to)
	l.update(ctx, tx, client, from, a-1)
	l.update(ctx, tx, client, to, b+1)
	if err := tx.Commit(ctx); err != nil {
		panic(err)
	}
}

func (l *bareLoop) read(ctx context.Context, tx pgx.Tx, key int64) int64 {
	var id, balance, version, previous int64
	if err := tx.QueryRow(ctx, "read", key).Scan(&id, &balance, &version, &previous); err != nil {
		panic(err)
	}
	return balance
}

func (l *bareLoop) update(ctx context.Context, tx pgx.Tx, client int, key, balance int64) {
	var id, previous int64
	l.version[client]++
	if err := tx.QueryRow(ctx, "update", balance, l.version[client], key).Scan(&id, &previous); err != nil {
		panic(err)
	}
}

func (l *bareLoop) close(b *testing.B) {
	for _, c := range l.conns {
		check(b, c.Close(context.Background()))
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
