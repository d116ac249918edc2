package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func init() { Register(Queue()) }

// Queue returns the workload of a queue of jobs in a table: clients enqueue
// jobs, take the oldest pending one, and finish it. A job that fails is pending
// again, and parked when it has failed too often. No job may be done twice, and none be lost.
func Queue() Workload {
	return Workload{
		Name:       "queue",
		Summary:    "workers that take the oldest job from a table, some of which fail",
		Strategies: queueGuards().strategies(),
		Keys:       20,
		ReadShare:  0.1,
		New:        newQueue,
		order:      6,
	}
}

// The jobs' table and its columns, the table of what the jobs' work came to, how
// often a job is tried before it is parked, and how many in a hundred tries fail.
const (
	jobs         = 0
	done         = 0
	parked       = 1
	attempts     = 2
	results      = 1
	ofJob        = 0
	mostAttempts = 3
	failures     = 25
)

// A strategy is no more than how the oldest pending job is locked when it is taken.
func queueGuards() guards[history.Lock] {
	return guards[history.Lock]{
		{plain("reads the oldest pending job, then works on it"), history.NoLock},
		{retried("for-update", "reads the oldest pending job with FOR UPDATE, for which workers wait"), history.ForUpdate},
		{retried("skip-locked", "reads the oldest pending job that nobody works on, with FOR UPDATE SKIP LOCKED", databases.SkipLocked), history.SkipLocked},
		{retried("nowait", "reads the oldest pending job with FOR UPDATE NOWAIT, and tries again where it is locked", databases.NoWait), history.NoWait},
	}
}

// pending chooses the jobs that are to be done.
func pending() history.Predicate { return both(Where(done, 0), Where(parked, 0)) }

// work is what a worker does with the job that it takes.
type work struct {
	lock         history.Lock
	result       int64 // its key
	worker       int64
	fails, abort bool
}

func newQueue(p Params) Instance {
	strategy := queueGuards().named(p.Strategy)
	return Instance{
		Tables: []history.Table{
			{Name: "jobs", Columns: intColumns("done", "parked", "attempts"), Indexes: []int{done}},
			{Name: "results", Columns: intColumns("job", "worker")},
		},
		Rows: firstRows(jobs, p.Keys, 0, 0, 0),
		Invariants: []history.Invariant{
			{Kind: history.UniqueValues, Name: "no job done twice", Table: results, Column: ofJob},
			{Kind: history.KeepsInserts, Name: "no job lost", Table: jobs},
			{Kind: history.LinearSum, Name: "a result for each job that is done", Terms: []history.Term{
				{Table: jobs, Column: done, Times: 1}, {Table: results, Column: history.RowCount, Times: -1},
			}},
			{Kind: history.AtMost, Name: "parked in time", Table: jobs, Column: attempts, Value: mostAttempts},
		},
		Params: p.header("jobs at the start"),
		Client: strategy.clients(func(client int, rng *rand.Rand) Generator {
			inTurn, fresh := freshInTurn(client), FreshKeys(client)
			return func() Transaction {
				reads, enqueues := p.reads(rng), rng.IntN(100) < 35
				job := firstJobs + inTurn()
				w := work{
					lock: strategy.does, result: fresh(), worker: int64(client),
					fails: rng.IntN(100) < failures, abort: p.aborts(rng),
				}
				switch {
				case reads:
					return Transaction{Name: "look", Options: readOnly(rng), Body: func(tx *databases.Tx) {
						tx.ReadWhereLocked(jobs, pending(), history.NoLock, 10)
					}}
				case enqueues:
					return Transaction{Name: "enqueue", Body: func(tx *databases.Tx) {
						tx.Insert(jobs, job, ints(0, 0, 0)...)
						abortIf(w.abort, tx)
					}}
				default:
					return Transaction{Name: "work", Body: w.take}
				}
			}
		}),
	}
}

// firstJobs are more than there can be jobs at the start.
const firstJobs = 1_000_000

// take takes the oldest job and finishes it, or leaves it to be tried again, or
// parks it, if it fails. A worker that breaks down in the middle is rolled back.
func (w work) take(tx *databases.Tx) {
	found := tx.ReadWhereLocked(jobs, pending(), w.lock, 1)
	if len(found) == 0 {
		return
	}
	job, tried := found[0].Key, found[0].Int(attempts)+1
	switch {
	case w.fails && tried >= mostAttempts:
		tx.Update(jobs, job, Set(parked, 1), Set(attempts, tried))
	case w.fails:
		tx.Update(jobs, job, Set(attempts, tried))
	default:
		tx.Insert(results, w.result, ints(job, w.worker)...)
		abortIf(w.abort, tx)
		tx.Update(jobs, job, Set(done, 1), Set(attempts, tried))
	}
	abortIf(w.abort, tx)
}
