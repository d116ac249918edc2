package checker

import (
	"context"
	"errors"
	"io"

	"github.com/isocheck/isocheck/history"
)

// CheckLooking is Check with a look at what was found so far after every transaction.
func CheckLooking(ctx context.Context, src Source, opts Options) (*Findings, error) {
	stream, err := src.Open()
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	ix := newIndex(*stream.Header())
	var t history.Transaction
	for {
		err := stream.Next(&t)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := ix.add(&t); err != nil {
			return nil, err
		}
		if _, err := ix.soFar(ctx, src, opts); err != nil {
			return nil, err
		}
	}
	ix.closed, ix.events = stream.Closed(), stream.Events()
	return ix.check(ctx, src, opts)
}
