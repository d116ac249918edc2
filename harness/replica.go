package harness

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// With a replica every client has a second connection, to it, and runs there what
// only reads. It is recorded in the same history, and marked: together with what ran on the
// primary it shows what a client of both sees. The replica must be one of
// the primary that this run writes to: the run begins when a table that it made there is on the replica.

// replicaTime is how long a replica may take to show what was written to the primary before the clients begin.
const replicaTime = 30 * time.Second

// checkReplica returns an error for a replica of another product, or one that cannot run at the run's level.
func (r *run) checkReplica(ctx context.Context, primary databases.Server) error {
	if r.cfg.Replica == nil {
		return nil
	}
	replica, err := r.cfg.Replica.Server(ctx)
	if err != nil {
		return fmt.Errorf("the replica: %w", err)
	}
	r.product = primary.Product
	switch {
	case replica.Product != primary.Product:
		return fmt.Errorf("the primary is %s, and the replica %s", primary.Name, replica.Name)
	case !databases.ReplicaRuns(primary.Product, r.cfg.Level):
		return fmt.Errorf("a replica of %s runs no transactions at %s", primary.Name, r.cfg.Level)
	}
	return nil
}

// enterReplica waits until the replica shows all that was written to the primary so far,
// and connects every client to it.
func (r *run) enterReplica(ctx context.Context) error {
	if r.cfg.Replica == nil {
		return nil
	}
	if err := r.catchUp(ctx); err != nil {
		return err
	}
	r.replicated = true
	// The first connects alone: its settings are those that all others must have.
	if err := r.connectReplica(ctx, r.clients[0]); err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(connectTogether)
	for _, c := range r.clients[1:] {
		group.Go(func() error { return r.connectReplica(ctx, c) })
	}
	return group.Wait()
}

// catchUp makes a table on the primary, after everything else there, and waits until it is on the replica.
func (r *run) catchUp(ctx context.Context) error {
	mark := []history.Table{{Name: "replicated_" + strconv.FormatInt(time.Now().UnixNano(), 36), Columns: []history.Column{{Name: "n", Type: history.Int}}}}
	if err := r.cfg.Database.Prepare(ctx, mark); err != nil {
		return fmt.Errorf("making a table that shows how far the replica is: %w", err)
	}
	for deadline := time.Now().Add(replicaTime); ; {
		err := r.look(ctx, mark)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case time.Now().After(deadline):
			return fmt.Errorf("the replica does not show what was written to the primary %v before: is it a replica of that server, and does it follow? %w", replicaTime, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryTime):
		}
	}
}

// look reads a table on the replica, and records nothing.
func (r *run) look(ctx context.Context, tables []history.Table) error {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	var sql databases.Statements
	conn, err := r.cfg.Replica.Connect(ctx, r.cfg.connectOptions(), tables, &sql)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is left to do on it
	s := databases.Session{Conn: conn, Clock: r.clock, Record: func(*history.Transaction) {}}
	outcome, err := s.Run(ctx, "look", databases.TxOptions{}, func(tx *databases.Tx) { tx.ReadWhere(0, nil) })
	if err == nil && outcome != history.Committed {
		err = errors.New("the transaction aborted itself")
	}
	return err
}

// connectReplica gives a client a connection to the replica whose settings are those of all the others.
func (r *run) connectReplica(ctx context.Context, c *client) error {
	if !r.replicated || c == r.setter {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	conn, err := r.cfg.Replica.Connect(ctx, r.cfg.connectOptions(), r.instance.Tables, &r.sql)
	if err != nil {
		return fmt.Errorf("connecting client %d to the replica: %w", c.session.Client, err)
	}
	settings, err := conn.Settings(ctx, databases.TxOptions{})
	if err == nil {
		err = same(&r.replicaSettings, settings)
	}
	if err == nil {
		err = inForce(databases.Server{Product: r.product, Name: "the replica"}, r.cfg.Level, settings)
	}
	if err != nil {
		_ = conn.Close(ctx) // the error is what matters
		return fmt.Errorf("reading the settings of client %d's session on the replica: %w", c.session.Client, err)
	}
	c.session.Replica = conn
	return nil
}

// onReplica reports whether a transaction goes to the replica: one that only reads, and that replicas can run.
func (r *run) onReplica(o databases.TxOptions) bool {
	level := o.Level
	if level == "" {
		level = r.cfg.Level
	}
	return r.replicated && (o.Reads || o.ReadOnly) && !o.Deferrable && databases.ReplicaRuns(r.product, level)
}
