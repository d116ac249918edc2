package harness

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

const (
	// rowsTogether is how many of the first rows one transaction puts in.
	rowsTogether = 500
	// finalTime is how long the final read may take, and finalTimeCancelled
	// when somebody waits for the run to stop.
	finalTime          = 30 * time.Second
	finalTimeCancelled = 2 * time.Second
)

// setUp puts the workload's first rows in, in ordinary transactions of client 0.
func (r *run) setUp(ctx context.Context) error {
	for rows := range slices.Chunk(r.instance.Rows, rowsTogether) {
		err := r.setter.must(ctx, "setup", func(tx *databases.Tx) {
			for _, row := range rows {
				tx.Insert(row.Table, row.Key, row.Values...)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readFinal reads every table whole, in one transaction of client 0. It tries
// again when it fails, as long as a server may refuse a client: transactions that were cut
// off hold their locks until the server has rolled them back.
func (r *run) readFinal(ctx context.Context) error {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), finalTime)
	defer cancel()
	hurry := context.AfterFunc(ctx, func() { time.AfterFunc(finalTimeCancelled, cancel) })
	defer hurry()
	for deadline := time.Now().Add(r.patience()); ; {
		err := r.tryFinal(limited)
		if err == nil {
			return nil
		}
		if limited.Err() != nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(retryTime)
	}
}

func (r *run) tryFinal(ctx context.Context) error {
	c := r.setter
	if c.session.Broken() {
		c.close()
		if err := r.connectClient(ctx, c); err != nil {
			return err
		}
	}
	return c.must(ctx, "final", func(tx *databases.Tx) {
		for table := range r.instance.Tables {
			tx.ReadWhere(table, nil)
		}
	})
}

// must runs a transaction that has to commit.
func (c *client) must(ctx context.Context, name string, body func(*databases.Tx)) error {
	outcome, err := c.session.Run(ctx, name, databases.TxOptions{}, body)
	if err == nil && outcome != history.Committed {
		err = errors.New("the transaction aborted itself")
	}
	return err
}
