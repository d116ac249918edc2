package databases_test

import (
	"context"
	"testing"

	"github.com/isocheck/isocheck/databases"
)

// A statement in flight is interrupted once; Leave waits for that and undoes it.
func TestWatchInterruptsWhatIsInFlight(t *testing.T) {
	var interrupted, restored int
	called := make(chan struct{})
	w := databases.Watch{Interrupt: func() func() {
		interrupted++
		close(called)
		return func() { restored++ }
	}}
	ctx, stop := context.WithCancel(t.Context())
	w.Start(ctx)
	must(t, w.Enter(ctx))
	stop()
	<-called
	w.Leave()
	if interrupted != 1 || restored != 1 {
		t.Errorf("interrupted %d times, restored %d times", interrupted, restored)
	}
	if err := w.Enter(ctx); err == nil {
		t.Error("another statement may be sent")
	}
	w.End()
}

// Nothing is interrupted between statements, in a rollback, or after the end,
// and a context that was watched before does not matter.
func TestWatchLeavesTheRestAlone(t *testing.T) {
	w := databases.Watch{Interrupt: func() func() {
		t.Error("interrupted")
		return nil
	}}
	before, stopBefore := context.WithCancel(t.Context())
	w.Start(before)
	ctx, stop := context.WithCancel(t.Context())
	w.Start(ctx)
	w.Start(ctx)
	must(t, w.Enter(ctx))
	stopBefore()
	w.Leave()
	stop()
	w.End()
	w.Start(context.Background())
	must(t, w.Enter(context.Background()))
	w.Leave()
	w.End()
}

// A commit that is answered in time is not interrupted, though the run was stopped.
func TestWatchIsPatientWithCommits(t *testing.T) {
	w := databases.Watch{Interrupt: func() func() {
		t.Error("interrupted")
		return nil
	}}
	ctx, stop := context.WithCancel(t.Context())
	w.Start(ctx)
	stop()
	w.EnterCommit()
	w.Leave()
	w.End()
}
