package main

import (
	"context"
	"sync"
	"time"
)

// watch checks what a run has recorded while the run goes on, so that the live
// line can say what was seen so far. The zero watch has seen nothing.
type watch struct {
	mu    sync.Mutex
	names []string
}

// seen names the anomalies found when the watch last looked.
func (w *watch) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.names
}

// watchShare bounds what watching costs: the pause between two looks is that many
// times as long as a look, so that the clients keep the machine.
const watchShare = 20

// look looks at the history again and again until the context ends. The file is
// readable while it is written; what cannot be read yet is simply not seen yet.
func (w *watch) look(ctx context.Context, file string, e expectation) {
	pause := time.Second
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		began := time.Now()
		if run, err := checkHistory(ctx, e, []string{file}); err == nil {
			w.mu.Lock()
			w.names = found(run)
			w.mu.Unlock()
		}
		pause = max(time.Second, watchShare*time.Since(began))
	}
}
