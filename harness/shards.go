package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/isocheck/isocheck/databases"
)

// Shards says that a run is one of several, processes which each run clients of
// their own against the same tables, at the same time. They meet in the
// database: shard 0 makes the tables, puts the rows in, and reads the final
// state when all have ended; the others wait for it. Each records a history of its
// own; together they are one (history.Files).
type Shards struct {
	Index, Of int
	Meeting   databases.Meeting
	// Task tells the runs apart for which the shards meet; it is the same in all shards.
	Task string
	// Patience is how long to wait for the others; 0 is DefaultPatience.
	Patience time.Duration
}

// DefaultPatience is how long shards wait for each other: machines take their time to start.
const DefaultPatience = 5 * time.Minute

// The points at which shards wait for each other.
const (
	tablesMade = "tables made"
	rowsIn     = "rows in"
	ready      = "ready"
	ended      = "ended"
)

// check returns an error for shards that cannot be.
func (s *Shards) check() error {
	switch {
	case s == nil:
		return nil
	case s.Of < 1 || s.Index < 0 || s.Index >= s.Of:
		return fmt.Errorf("there is no shard %d of %d: they count from 0", s.Index, s.Of)
	case s.Meeting == nil:
		return errors.New("the shards have nowhere to meet")
	}
	return nil
}

// prepares reports whether this process makes the tables and reads the final state.
func (s *Shards) prepares() bool { return s == nil || s.Index == 0 }

// firstClient is the number before that of the process's first client.
func (s *Shards) firstClient(clients int) int {
	if s == nil {
		return 0
	}
	return s.Index * clients
}

// tell says that this shard has come to a point. Without shards there is nobody to tell.
func (s *Shards) tell(ctx context.Context, point string) error {
	if s == nil {
		return nil
	}
	err := s.Meeting.Tell(ctx, s.Task+": "+point, s.Index)
	if errors.Is(err, databases.ErrTold) {
		return fmt.Errorf("%w: is another process shard %d of the same run? Each run of the shards needs an id of its own", err, s.Index)
	}
	return err
}

// meetEvery is how long to wait between two looks at how far the others are.
const meetEvery = 100 * time.Millisecond

// await waits until so many shards have come to a point.
func (s *Shards) await(ctx context.Context, point string, shards int) error {
	if s == nil {
		return nil
	}
	patience := s.Patience
	if patience == 0 {
		patience = DefaultPatience
	}
	until := time.Now().Add(patience)
	waiting, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	var here []int
	failed := errors.New("the server did not answer the question how far they are") // as long as there is no answer
	for {
		told, err := s.Meeting.Told(waiting, s.Task+": "+point)
		switch {
		case err == nil:
			here, failed = told, nil
		case time.Now().Before(until): // else it was cut off, and a connection may know that before the context does
			failed = err
		}
		if len(here) >= shards {
			return nil
		}
		select {
		case <-waiting.Done():
		case <-time.After(meetEvery):
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if waiting.Err() != nil {
			return errors.Join(s.alone(point, patience, here, shards), failed)
		}
	}
}

// alone is the error of a shard that waited in vain for so many shards to come to a point.
func (s *Shards) alone(point string, waited time.Duration, here []int, shards int) error {
	var missing []string
	for n := range shards {
		if !slices.Contains(here, n) {
			missing = append(missing, strconv.Itoa(n))
		}
	}
	who := "shard " + strings.Join(missing, ", ")
	if len(missing) > 1 {
		who = "shards " + strings.Join(missing, ", ")
	}
	what := map[string]string{
		tablesMade: "never came: the tables of the run are not made",
		rowsIn:     "made the tables, but did not put the first rows in",
		ready:      "never got ready to start",
		ended:      "began, but did not end",
	}[point]
	return fmt.Errorf("shard %d of %d waited %v for the others: %s %s (%s). Start every shard with the same run id and the same flags, or have them wait longer for each other",
		s.Index, s.Of, waited, who, what, s.Task)
}

// prepare makes the tables, or waits until shard 0 has made them.
func (r *run) prepare(ctx context.Context) error {
	s := r.cfg.Shards
	if !s.prepares() {
		return s.await(ctx, tablesMade, 1)
	}
	if err := r.cfg.Database.Prepare(ctx, r.instance.Tables); err != nil {
		return fmt.Errorf("making the tables: %w", err)
	}
	return s.tell(ctx, tablesMade)
}

// begin puts the rows in, or waits until shard 0 has, and waits until all shards are ready to start.
func (r *run) begin(ctx context.Context) error {
	s := r.cfg.Shards
	if s.prepares() {
		if err := r.setUp(ctx); err != nil {
			return fmt.Errorf("putting the first rows in: %w", err)
		}
		if err := s.tell(ctx, rowsIn); err != nil {
			return err
		}
	} else if err := s.await(ctx, rowsIn, 1); err != nil {
		return err
	}
	if err := r.enterReplica(ctx); err != nil || s == nil {
		return err
	}
	if err := s.tell(ctx, ready); err != nil {
		return err
	}
	return s.await(ctx, ready, s.Of)
}

// finish tells the others that this shard's clients have ended; shard 0 waits for
// all, so that the final state is that of the whole run.
func (r *run) finish(ctx context.Context) error {
	s := r.cfg.Shards
	if s == nil {
		return nil
	}
	if err := s.tell(context.WithoutCancel(ctx), ended); err != nil || s.Index > 0 {
		return err
	}
	return s.await(ctx, ended, s.Of)
}
