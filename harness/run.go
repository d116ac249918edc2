package harness

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// run is a run under way.
type run struct {
	cfg      Config
	params   workloads.Params
	instance workloads.Instance
	sql      databases.Statements
	settings map[string]string // that every session must have
	product  string            // of the replica, and replicated says that it has everything for the clients to begin
	// replicaSettings are those that every session on the replica must have.
	replicaSettings map[string]string
	replicated      bool
	setter          *client   // client 0, which sets up and reads the final state
	clients         []*client // 1 and on
	writer          *history.Writer
	began           time.Time // the zero of the history's clock
	watch           *monitor

	// stop is closed when clients must begin nothing more; stopped and cause are set before it is.
	stop     chan struct{}
	stopOnce sync.Once
	stopping atomic.Bool
	stopped  string
	cause    error
}

// Run runs the workload and records it. When the context is cancelled, clients
// stop within about two seconds; what they did until then is recorded, and the
// final state is read if the server still answers.
//
// The error says why there is no history, or not a whole one: the run could not
// be set up, or the history could not be written. A server that was lost once the clients
// ran is no error of Run, but in Result.Err.
func Run(ctx context.Context, cfg Config) (Result, error) {
	r, err := newRun(cfg)
	if err != nil {
		return Result{}, err
	}
	r.watch = startMonitor(r)
	defer r.watch.end()
	result, err := r.all(ctx)
	if err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		return result, fmt.Errorf("running workload %s at %s: %w", cfg.Workload.Name, cfg.Level, err)
	}
	return result, nil
}

func newRun(cfg Config) (*run, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	params, err := cfg.Workload.Complete(cfg.Params)
	if err != nil {
		return nil, err
	}
	if cfg.Level == "" {
		cfg.Level = cfg.LevelMix.Weakest()
	}
	if cfg.Duration == 0 {
		cfg.Duration = DefaultDuration
	}
	params.Level = cfg.Level
	r := &run{cfg: cfg, params: params, instance: cfg.Workload.New(params), stop: make(chan struct{})}
	r.setter = r.newClient(0)
	for n := range params.Clients {
		r.clients = append(r.clients, r.newClient(cfg.Shards.firstClient(params.Clients)+n+1))
	}
	return r, nil
}

// everyone is all clients, and the one that sets up.
func (r *run) everyone() []*client { return append([]*client{r.setter}, r.clients...) }

// all does everything in order.
func (r *run) all(ctx context.Context) (Result, error) {
	defer r.disconnect()
	header, err := r.connect(ctx)
	if err != nil {
		return Result{}, err
	}
	r.began = time.Now()
	header.Started = r.began
	r.writer, err = history.Create(r.cfg.Path, header, r.sql.Texts)
	if err != nil {
		return Result{}, err
	}
	result := Result{Path: r.cfg.Path}
	if err := r.record(ctx, &result); err != nil {
		return result, errors.Join(err, r.writer.Close())
	}
	r.watch.enter(Closing)
	if err := r.writer.Close(); err != nil {
		return result, err
	}
	return result, nil
}

// record does everything that the history is about.
func (r *run) record(ctx context.Context, result *Result) error {
	for _, c := range r.everyone() {
		c.session.Record = r.writer.Recorder().Record
	}
	r.watch.enter(SettingUp)
	if err := r.begin(ctx); err != nil {
		return err
	}
	r.watch.enter(Running)
	start := time.Now()
	r.runClients(ctx)
	result.Took = time.Since(start)
	result.Totals = r.totals()
	result.Stopped, result.Err = r.stopped, r.cause
	if lost := r.serverLost(); lost != nil {
		r.loseServer(result, lost)
		return nil
	}
	if result.Stopped != "" {
		r.event(EventStopped, result.Stopped)
	}
	r.watch.enter(ReadingFinal)
	if err := r.finish(ctx); err != nil || !r.cfg.Shards.prepares() {
		return err
	}
	if err := r.readFinal(ctx); err != nil {
		r.event(EventFinalStateUnread, err.Error())
		if lost := r.nobodyConnected(); lost != nil {
			r.loseServer(result, lost)
		} else if result.Stopped == "" {
			result.Stopped, result.Err = "the final state could not be read", err
		}
		return nil
	}
	result.Final = true
	return nil
}

// loseServer says that the server was lost, in the history and in the result.
func (r *run) loseServer(result *Result, why error) {
	result.Stopped, result.Err = "the server was lost", why
	r.event(EventServerLost, why.Error())
}

const (
	// grace is how long statements in flight may still take when the time is
	// over: they wait for locks, and those who hold them are ending too.
	grace = 5 * time.Second
	// cancelGrace is the same when somebody waits for the run to stop.
	cancelGrace = 300 * time.Millisecond
)

// runClients runs all clients and returns when they have ended.
func (r *run) runClients(ctx context.Context) {
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	begin, ended := make(chan struct{}), make(chan struct{})
	var running sync.WaitGroup
	for _, c := range r.clients {
		running.Go(func() {
			<-begin
			c.run(work)
		})
	}
	go func() {
		running.Wait()
		close(ended)
	}()
	calm := r.disturb(ctx)
	close(begin)
	over := time.NewTimer(r.cfg.Duration)
	defer over.Stop()
	select {
	case <-ended:
	case <-r.stop:
	case <-over.C:
		r.halt("", nil)
	case <-ctx.Done():
	}
	calm()
	if !wait(ended, ctx.Done(), grace) && ctx.Err() != nil {
		r.halt("cancelled", nil)
		wait(ended, nil, cancelGrace)
	}
	select {
	case <-ended:
	default:
		r.event(EventStatementsCut, "statements still in flight when the run ended were cancelled")
		cut()
		<-ended
	}
}

// wait waits until ended is closed and reports true, or gives up when the other
// channel is closed or the time is over.
func wait(ended, giveUp <-chan struct{}, most time.Duration) bool {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ended:
		return true
	case <-giveUp:
	case <-timer.C:
	}
	return false
}

// halt lets the clients begin nothing more. The first reason given counts; "" is that the time is over.
func (r *run) halt(reason string, cause error) {
	r.stopOnce.Do(func() {
		r.stopped, r.cause = reason, cause
		r.stopping.Store(true)
		close(r.stop)
	})
}

// clock is the history's clock: nanoseconds since it began.
func (r *run) clock() int64 { return int64(time.Since(r.began)) }

func (r *run) event(kind, detail string) {
	r.writer.Event(history.Event{At: r.clock(), Kind: kind, Detail: detail})
}
