//go:build unix

package harness_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// BenchmarkOverhead compares the transactions per second of a run with those of a
// bare pgx loop that sends the same statements with the same values, as the
// run's own history has them, at the same server: eight clients, each reading and
// then incrementing one of a thousand counters, so that what is measured is the client and
// not the waiting for locks. The two take turns; the ratios' median is the
// result. The processor time that a client takes for a transaction stands beside
// it: it means something also on a machine that does other work at the time.
func BenchmarkOverhead(b *testing.B) {
	const (
		rounds   = 11
		duration = time.Second
	)
	server := &provision.Server{Database: "postgres", DSN: withoutWaits(b, provisiontest.Start(b, "postgres").DSN)}
	db, namespace := openOn(b, server)
	cfg := config(b, db, "counter", history.ReadCommitted)
	cfg.Workload = increments()
	cfg.Duration = duration
	for b.Loop() {
		var run, runCPU, bare, bareCPU, ratio []float64
		for round := range rounds {
			cfg.Path = filepath.Join(b.TempDir(), fmt.Sprint(round, ".jsonl.zst"))
			var watch stopwatch
			cfg.Progress = watch.look
			result, err := harness.Run(context.Background(), cfg)
			if err != nil {
				b.Fatal(err)
			}
			h, err := history.Load(cfg.Path)
			if err != nil {
				b.Fatal(err)
			}
			run = append(run, float64(result.Totals.Committed)/result.Took.Seconds())
			runCPU = append(runCPU, watch.perTransaction())
			perSecond, cpu := replay(b, db, server.DSN, namespace, h, duration)
			bare, bareCPU = append(bare, perSecond), append(bareCPU, cpu)
			ratio = append(ratio, 100*run[round]/bare[round])
		}
		b.ReportMetric(median(run), "harness-tx/s")
		b.ReportMetric(median(bare), "bare-tx/s")
		b.ReportMetric(median(ratio), "%-of-bare")
		b.ReportMetric(median(runCPU), "harness-cpu-µs/tx")
		b.ReportMetric(median(bareCPU), "bare-cpu-µs/tx")
		b.ReportMetric(0, "ns/op")
	}
}

// withoutWaits lets commits not wait for the disk, which would hide what the client costs.
func withoutWaits(b *testing.B, dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		b.Fatal("the server's DSN is no URL")
	}
	query := u.Query()
	query.Set("synchronous_commit", "off")
	u.RawQuery = query.Encode()
	return u.String()
}

// increments is the workload that is measured.
func increments() workloads.Workload {
	const counters = 1000
	var rows []workloads.Row
	for id := range int64(counters) {
		rows = append(rows, workloads.Row{Key: id, Values: []history.Value{history.IntValue(0)}})
	}
	return workloads.Workload{
		Name: "increments", Strategies: []workloads.Strategy{{Name: "plain"}}, Keys: counters,
		New: func(workloads.Params) workloads.Instance {
			return workloads.Instance{
				Tables: []history.Table{{Name: "counters", Columns: []history.Column{{Name: "n", Type: history.Int}}}},
				Rows:   rows,
				Client: func(_ int, rng *rand.Rand) workloads.Generator {
					return func() workloads.Transaction {
						id := rng.Int64N(counters)
						return workloads.Transaction{Name: "increment", Body: func(tx *databases.Tx) {
							n := tx.Read(0, id).Int(0)
							tx.Update(0, id, workloads.Set(0, n+1))
						}}
					}
				},
			}
		},
	}
}

// stopwatch notes the processor time at the first and the last report while clients run.
type stopwatch struct {
	first, last struct {
		cpu       time.Duration
		committed int64
	}
}

func (w *stopwatch) look(p harness.Progress) {
	if p.Phase != harness.Running {
		return
	}
	w.last.cpu, w.last.committed = processorTime(), p.Committed
	if w.first.cpu == 0 {
		w.first = w.last
	}
}

// perTransaction is in microseconds.
func (w *stopwatch) perTransaction() float64 {
	return (w.last.cpu - w.first.cpu).Seconds() * 1e6 / float64(w.last.committed-w.first.committed)
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// replay makes the tables anew, sends the history's transactions again, each client's by a connection of its own, as
// often as there is time for, and returns how
// many a second committed, and the processor time of each.
func replay(b *testing.B, db databases.Database, dsn, namespace string, h *history.History, duration time.Duration) (perSecond, cpu float64) {
	ctx := context.Background()
	if err := db.Prepare(ctx, h.Header.Tables); err != nil {
		b.Fatal(err)
	}
	texts := make([]statement, len(h.Statements))
	for i, text := range h.Statements {
		texts[i] = prepare(text)
	}
	clients := make([][]history.Transaction, h.Header.Clients+1)
	for _, t := range h.Txns {
		clients[t.Client] = append(clients[t.Client], t)
	}
	var committed atomic.Int64
	var over atomic.Bool
	var running sync.WaitGroup
	begin := make(chan struct{})
	for client, txns := range clients {
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, "SET search_path TO "+namespace); err != nil {
			b.Fatal(err)
		}
		if client == 0 { // what set the tables up, and read them in the end
			for i := range txns[:len(txns)-1] {
				if err := send(ctx, conn, texts, &txns[i]); err != nil {
					b.Fatal(err)
				}
			}
			continue
		}
		running.Go(func() {
			<-begin
			for i := 0; !over.Load(); i = (i + 1) % len(txns) {
				if err := send(ctx, conn, texts, &txns[i]); err != nil {
					b.Error(err)
					return
				}
				committed.Add(1)
			}
		})
	}
	start, used := time.Now(), processorTime()
	close(begin)
	time.Sleep(duration)
	over.Store(true)
	running.Wait()
	n := float64(committed.Load())
	return n / time.Since(start).Seconds(), (processorTime() - used).Seconds() * 1e6 / n
}

// send is the bare loop's transaction: it asks and reads, and keeps nothing.
func send(ctx context.Context, conn *pgx.Conn, texts []statement, t *history.Transaction) error {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	var columns [8]int64
	var args [8]any
	for i := range t.Ops {
		op := &t.Ops[i]
		text := &texts[op.Statement]
		rows, err := tx.Query(ctx, text.sql, text.values(args[:0], op, t.ID().Version(i))...)
		if err != nil {
			return err
		}
		into := make([]any, len(rows.FieldDescriptions()))
		for c := range into {
			into[c] = &columns[c]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				return err
			}
		}
		if rows.Err() != nil {
			return rows.Err()
		}
	}
	return tx.Commit(ctx)
}

// statement is an SQL text of a history as PostgreSQL wants it, and what its parameters are.
type statement struct {
	sql    string
	params []string
}

var placeholder = regexp.MustCompile(`\{[a-z]+(\.[0-9]+)?\}`)

func prepare(text string) statement {
	var s statement
	s.sql = placeholder.ReplaceAllStringFunc(text, func(name string) string {
		name = strings.Trim(name, "{}")
		if !slices.Contains(s.params, name) {
			s.params = append(s.params, name)
		}
		return "$" + strconv.Itoa(slices.Index(s.params, name)+1)
	})
	return s
}

// values appends the operation's values to args.
func (s *statement) values(args []any, op *history.Op, version history.Version) []any {
	for _, name := range s.params {
		kind, number, _ := strings.Cut(name, ".")
		switch n, _ := strconv.Atoi(number); kind {
		case "key":
			args = append(args, op.Key)
		case "version":
			args = append(args, int64(version))
		case "set":
			args = append(args, op.Set[n].Value.Int)
		case "where":
			args = append(args, op.Where[n].Value.Int)
		}
	}
	return args
}
