package harness

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"golang.org/x/sync/errgroup"
)

const (
	// connectTime is how long one connection may take.
	connectTime = 10 * time.Second
	// connectTogether is how many connections are made at a time.
	connectTogether = 8
)

// connect makes the tables, connects every client and returns the history's header.
func (r *run) connect(ctx context.Context) (history.Header, error) {
	r.watch.enter(Connecting)
	h := r.header()
	server, err := r.cfg.Database.Server(ctx)
	if err != nil {
		return h, err
	}
	h.Database, h.ServerVersion = server.Product, server.Version
	if missing := r.cfg.Workload.Missing(r.params.Strategy, server.Product); len(missing) > 0 {
		return h, fmt.Errorf("strategy %s of workload %s needs %s, which %s does not have", r.params.Strategy, r.cfg.Workload.Name, missing[0], server.Name)
	}
	if err := r.checkReplica(ctx, server); err != nil {
		return h, err
	}
	if err := r.prepare(ctx); err != nil {
		return h, err
	}
	// The setter connects first, alone: its settings are those that all others must have.
	if err := r.connectClient(ctx, r.setter); err != nil {
		return h, err
	}
	if err := r.levelsInForce(ctx, server); err != nil {
		return h, err
	}
	var group errgroup.Group
	group.SetLimit(connectTogether)
	for _, c := range r.clients {
		group.Go(func() error { return r.connectClient(ctx, c) })
	}
	if err := group.Wait(); err != nil {
		return h, err
	}
	promise := databases.PromiseOfMix(server, r.cfg.levels(), r.settings)
	if r.cfg.Replica != nil {
		promise = databases.ReplicaPromise(server, promise)
	}
	h.Settings, h.Promise, h.PromiseSource = r.settings, promise.Model, promise.Source
	return h, nil
}

// connectClient gives a client a connection whose settings are those of all the others.
func (r *run) connectClient(ctx context.Context, c *client) error {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	conn, err := r.cfg.Database.Connect(ctx, r.cfg.connectOptions(), r.instance.Tables, &r.sql)
	if err != nil {
		return fmt.Errorf("connecting client %d of %d: %w", c.session.Client, r.params.Clients, err)
	}
	settings, err := conn.Settings(ctx, databases.TxOptions{})
	if err == nil {
		err = same(&r.settings, settings)
	}
	if err != nil {
		conn.Close(ctx)
		return fmt.Errorf("reading the settings of client %d's session: %w", c.session.Client, err)
	}
	if err := r.connectReplica(ctx, c); err != nil {
		_ = conn.Close(ctx) // the error is what matters
		return err
	}
	c.session.Resume(conn)
	if n, ok := conn.(databases.Numbered); ok {
		c.number.Store(n.SessionNumber())
	}
	return nil
}

// levels returns the levels that transactions of the run can have.
func (c *Config) levels() []history.Level {
	levels := []history.Level{c.Level}
	for level, weight := range c.LevelMix {
		if weight > 0 {
			levels = append(levels, level)
		}
	}
	return levels
}

func (c *Config) connectOptions() databases.ConnectOptions {
	return databases.ConnectOptions{Level: c.Level, LevelSet: c.LevelSet, LockTimeout: c.LockTimeout}
}

// same compares a session's settings with those of the first session, which it takes down when they are.
func same(first *map[string]string, settings map[string]string) error {
	if *first == nil {
		*first = settings
		return nil
	}
	if maps.Equal(settings, *first) {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(*first)) {
		if settings[name] != (*first)[name] {
			return fmt.Errorf("%s is %q there, and %q in the first session", name, settings[name], (*first)[name])
		}
	}
	return fmt.Errorf("they are %v there, and %v in the first session", settings, *first)
}

// levelsInForce returns an error unless transactions run at the level that was
// asked for, and at each of the mix where there is one.
func (r *run) levelsInForce(ctx context.Context, server databases.Server) error {
	if err := inForce(server, r.cfg.Level, r.settings); err != nil {
		return err
	}
	for _, level := range history.Levels() {
		if r.cfg.LevelMix[level] == 0 {
			continue
		}
		settings, err := r.setter.session.Conn.Settings(ctx, databases.TxOptions{Level: level})
		if err == nil {
			err = inForce(server, level, settings)
		}
		if err != nil {
			return fmt.Errorf("a transaction of its own level: %w", err)
		}
	}
	return nil
}

// inForce returns an error unless transactions run at the level that was asked for.
// PostgreSQL may say that read uncommitted is read committed, as it documents.
func inForce(server databases.Server, asked history.Level, settings map[string]string) error {
	got := history.Level(settings[databases.LevelInForce])
	switch {
	case got == asked:
		return nil
	case server.Product == "postgres" && asked == history.ReadUncommitted && got == history.ReadCommitted:
		return nil
	case got == "":
		return fmt.Errorf("%s %s does not say at which level its transactions run", server.Name, server.Version)
	}
	return fmt.Errorf("%s %s runs transactions at %s, though %s was asked for: nothing that is recorded would be about %s",
		server.Name, server.Version, got, asked, asked)
}

// disconnect closes every connection there is.
func (r *run) disconnect() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var group errgroup.Group
	for _, c := range r.everyone() {
		for _, conn := range []databases.Conn{c.session.Conn, c.session.Replica} {
			if conn != nil {
				group.Go(func() error { return conn.Close(ctx) })
			}
		}
	}
	// Nothing is left to do with a connection that does not close: its server is gone.
	_ = group.Wait()
}
