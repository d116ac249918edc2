package checker

import (
	"context"
	"fmt"
	"time"

	"github.com/isocheck/isocheck/history"
)

// Source is a history that can be read more than once: first to check it, then
// to fetch the transactions of the witnesses. *history.History is one, and so
// are files (history.Files).
type Source interface {
	Open() (history.Stream, error)
}

// Options are what a history is held against. The zero Options holds it against
// serializability.
type Options struct {
	// Expect is the model that the history should keep.
	Expect Model
	// Source is where the database's documentation promises the model.
	Source string
	// Forbid and Allow are anomalies to add to, and to remove from, what Expect rules out.
	Forbid, Allow []AnomalyID
	// Witnesses is how many examples of each anomaly are kept; 0 means 3.
	Witnesses int
	// Limit is how long to search for a version order of a history of
	// registers, for each model that needs a search; 0 means a minute.
	Limit time.Duration
	// Watch is told what was found so far while the history is read.
	Watch Watch
}

// Check finds out what happened in a history and holds it against what is expected.
func Check(ctx context.Context, src Source, opts Options) (*Findings, error) {
	if opts.Expect == "" {
		opts.Expect = Serializable
	}
	if opts.Witnesses == 0 {
		opts.Witnesses = 3
	}
	stream, err := src.Open()
	if err != nil {
		return nil, fmt.Errorf("opening the history: %w", err)
	}
	if stream.Header().Traces == history.Registers {
		return checkRegisters(ctx, stream, src, opts)
	}
	ix, err := load(ctx, &opened{Source: src, stream: stream}, opts)
	if err != nil {
		return nil, err
	}
	return ix.check(ctx, src, opts)
}

// check finds out what happened in the history in the index.
func (ix *index) check(ctx context.Context, src Source, opts Options) (*Findings, error) {
	if err := ix.infer(ctx, src); err != nil {
		return nil, err
	}
	if ix.header.Traces == history.Untraced {
		return (&untraced{ix: ix, opts: opts}).findings(), nil
	}
	c := newCheck(ix, opts)
	if err := c.run(ctx); err != nil {
		return nil, err
	}
	return c.findings(ctx, src)
}

// opened is a source of which a stream is open already, which it gives out first.
type opened struct {
	Source
	stream history.Stream
}

// Open implements Source.
func (o *opened) Open() (history.Stream, error) {
	if stream := o.stream; stream != nil {
		o.stream = nil
		return stream, nil
	}
	return o.Source.Open()
}
