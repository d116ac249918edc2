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
	if err := r.cfg.Database.Prepare(ctx, r.instance.Tables); err != nil {
		return h, fmt.Errorf("making the tables: %w", err)
	}
	// The setter connects first, alone: its settings are those that all others must have.
	if err := r.connectClient(ctx, r.setter); err != nil {
		return h, err
	}
	if err := inForce(server, r.cfg.Level, r.settings); err != nil {
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
	promise := databases.PromiseOf(server, r.cfg.Level, r.settings)
	h.Settings, h.Promise, h.PromiseSource = r.settings, promise.Model, promise.Source
	return h, nil
}

// connectClient gives a client a connection whose settings are those of all the others.
func (r *run) connectClient(ctx context.Context, c *client) error {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	conn, err := r.cfg.Database.Connect(ctx, r.cfg.Level, r.instance.Tables, &r.sql)
	if err != nil {
		return fmt.Errorf("connecting client %d of %d: %w", c.session.Client, r.params.Clients, err)
	}
	settings, err := conn.Settings(ctx)
	if err == nil {
		err = r.sameSettings(settings)
	}
	if err != nil {
		conn.Close(ctx)
		return fmt.Errorf("reading the settings of client %d's session: %w", c.session.Client, err)
	}
	c.session.Resume(conn)
	return nil
}

// sameSettings compares a session's settings with those of the first session.
func (r *run) sameSettings(settings map[string]string) error {
	if r.settings == nil {
		r.settings = settings
		return nil
	}
	if maps.Equal(settings, r.settings) {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(r.settings)) {
		if settings[name] != r.settings[name] {
			return fmt.Errorf("%s is %q there, and %q in the first session", name, settings[name], r.settings[name])
		}
	}
	return fmt.Errorf("they are %v there, and %v in the first session", settings, r.settings)
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
		if conn := c.session.Conn; conn != nil {
			group.Go(func() error { return conn.Close(ctx) })
		}
	}
	// Nothing is left to do with a connection that does not close: its server is gone.
	_ = group.Wait()
}
