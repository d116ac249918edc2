package checker

import (
	"context"
	"time"
)

// Watch is told what a history has shown so far, while it is being read. It is for histories that are
// still being written (history.Follow): the zero Watch is told nothing.
type Watch struct {
	// Seen is called now and then with the anomalies that were found, without
	// witnesses. It is called by the goroutine that called Check, and not for histories of registers.
	Seen func([]Anomaly)
	// Done, if not nil, is closed when nothing more is written. A look that is
	// under way is then given up, so that the verdict need not wait for it.
	Done <-chan struct{}
}

// Looking takes at most one part in so many of the time, and pauses at least for firstLook.
const (
	watchShare = 20
	firstLook  = time.Second
)

// watcher looks at an index from time to time while it grows.
type watcher struct {
	Watch
	opts Options
	next time.Time // when to look again
}

func newWatcher(opts Options) *watcher {
	return &watcher{Watch: opts.Watch, opts: opts, next: time.Now().Add(firstLook)}
}

// look looks at what is in the index, if it is time to. What goes wrong is left to the check at the end.
func (w *watcher) look(ctx context.Context, ix *index, src Source) {
	if w.Seen == nil {
		return
	}
	began := time.Now()
	if began.Before(w.next) {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-w.Done:
			cancel()
		case <-ctx.Done():
		}
	}()
	if seen, err := ix.soFar(ctx, src, w.opts); err == nil {
		w.Seen(seen)
	}
	w.next = time.Now().Add(max(firstLook, watchShare*time.Since(began)))
}

// soFar returns the anomalies of what is in the index. More can be added to it afterwards:
// all that a check derives is derived anew each time.
func (ix *index) soFar(ctx context.Context, src Source, opts Options) ([]Anomaly, error) {
	if err := ix.infer(ctx, src); err != nil {
		return nil, err
	}
	c := newCheck(ix, opts)
	if err := c.run(ctx); err != nil {
		return nil, err
	}
	var seen []Anomaly
	for _, id := range AnomalyIDs() {
		if t := c.by[id]; t != nil && t.count > 0 {
			t.kept = nil
			a, _ := c.anomaly(id, nil)
			seen = append(seen, a)
		}
	}
	return seen, nil
}
