package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads/probes"
)

// stage is where one probe is played at one level.
type stage struct {
	*runner
	probe  *probes.Probe
	level  history.Level
	began  time.Time // the zero of the history's clock
	tables []history.Table
	sql    databases.Statements

	setter   *actor // client 0, which sets up and reads the final state
	actors   []*actor
	settings map[string]string
	answers  chan *Step
	waits    map[int64][]int64 // as the server last said it

	mu       sync.Mutex
	recorded []history.Transaction
}

// set makes the tables, connects the sessions and puts the rows in.
func (s *stage) set(ctx context.Context) error {
	s.tables = tablesOf(s.probe)
	if err := s.Database.Prepare(ctx, s.tables); err != nil {
		return err
	}
	s.answers = make(chan *Step, s.probe.Sessions())
	var err error
	if s.setter, err = s.connect(ctx, 0, ""); err != nil {
		return err
	}
	for n := range s.probe.Sessions() {
		a, err := s.connect(ctx, n+1, s.probe.LevelSet)
		if err != nil {
			return err
		}
		s.actors = append(s.actors, a)
	}
	if err := s.checkLevel(ctx); err != nil {
		return err
	}
	for _, a := range s.actors {
		go a.run(context.WithoutCancel(ctx))
		a.running = true
	}
	return s.alone(ctx, "setup", func(tx *databases.Tx) {
		for _, r := range s.probe.Rows {
			tx.Insert(r.Table, r.Key, r.Values...)
		}
	})
}

// checkLevel reads back at which level client 0's transactions run. Where the probe
// has its own way to set the level, what it shows tells whether that took effect.
func (s *stage) checkLevel(ctx context.Context) error {
	var err error
	if s.settings, err = s.setter.session.Conn.Settings(ctx, databases.TxOptions{}); err != nil {
		return err
	}
	got := history.Level(s.settings[databases.LevelInForce])
	documented := s.server.Product == "postgres" && s.level == history.ReadUncommitted && got == history.ReadCommitted
	if got != s.level && !documented {
		return fmt.Errorf("its transactions run at %q", got)
	}
	return nil
}

// tablesOf returns the probe's tables under names that no other probe has.
func tablesOf(p *probes.Probe) []history.Table {
	tables := slices.Clone(p.Tables)
	for i := range tables {
		tables[i].Name = strings.ReplaceAll(p.Name, "-", "_") + "_" + tables[i].Name
	}
	return tables
}

// lockTime bounds waits for locks. No step is to wait that long: it is for a
// probe that was given up.
const lockTime = mostTime

// connect opens one session.
func (s *stage) connect(ctx context.Context, number int, way databases.LevelSet) (*actor, error) {
	options := databases.ConnectOptions{Level: s.level, LevelSet: way, LockTimeout: lockTime}
	conn, err := s.Database.Connect(ctx, options, s.tables, &s.sql)
	if err != nil {
		return nil, fmt.Errorf("connecting session %d: %w", number, err)
	}
	a := &actor{number: number, steps: make(chan *Step), answers: s.answers, ended: make(chan struct{})}
	if n, ok := conn.(databases.Numbered); ok {
		a.server = n.SessionNumber()
	}
	a.session = databases.Session{Conn: conn, Client: number, Level: s.level, Clock: s.clock, Record: s.record}
	return a, nil
}

// clock is the history's clock: nanoseconds since the probe began.
func (s *stage) clock() int64 { return int64(time.Since(s.began)) }

func (s *stage) record(t *history.Transaction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recorded = append(s.recorded, t.Clone())
}

// alone runs a transaction of client 0, which nobody is in the way of.
func (s *stage) alone(ctx context.Context, name string, body func(*databases.Tx)) error {
	outcome, err := s.setter.session.Run(ctx, name, databases.TxOptions{}, body)
	if err != nil || outcome != history.Committed {
		return fmt.Errorf("%s: %s: %w", name, outcome, err)
	}
	return nil
}

// readFinal reads every table whole. Serializable may abort it for what was before: then it is tried again.
func (s *stage) readFinal(ctx context.Context) error {
	var err error
	for range 3 {
		err = s.alone(ctx, "final", func(tx *databases.Tx) {
			for i := range s.tables {
				tx.ReadWhere(i, nil)
			}
		})
		if err == nil {
			return nil
		}
	}
	return err
}

// history puts the record together.
func (s *stage) history() *history.History {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortStableFunc(s.recorded, func(a, b history.Transaction) int { return int(a.End - b.End) })
	return &history.History{Header: s.header(), Statements: s.sql.Texts(0), Txns: s.recorded, Closed: true}
}

// header says what was played.
func (s *stage) header() history.Header {
	h := s.Header
	h.Format, h.Level, h.Started = history.FormatVersion, s.level, s.began
	h.Workload, h.Strategy = history.ProbeWorkload, s.probe.Name
	h.Database, h.ServerVersion = s.server.Product, s.server.Version
	h.Clients, h.Tables, h.Settings = s.probe.Sessions(), s.tables, s.settings
	promise := databases.PromiseOfMix(s.server, s.probe.Levels(s.level), s.settings)
	h.Promise, h.PromiseSource = promise.Model, promise.Source
	return h
}

// close ends the actors and their connections. A statement that still waits for
// a lock is asked to stop by the connection's end.
func (s *stage) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for _, a := range s.actors {
		close(a.steps)
		if !a.running {
			close(a.ended)
		}
	}
	for _, a := range s.actors {
		select {
		case <-a.ended:
		case <-ctx.Done():
		}
		_ = a.session.Conn.Close(ctx) // what it did is recorded
	}
	if s.setter != nil {
		_ = s.setter.session.Conn.Close(ctx) // as above
	}
}
