package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interrupts are the two ways in which a user stops a run. The first signal
// cancels soft: clients stop, and what was recorded is checked and
// reported. The second cancels hard: nothing is waited for but the server's end.
type interrupts struct {
	soft, hard context.Context
	// release gives the signals back. It must be called.
	release func()
}

// catchSignals listens for Ctrl-C and the signals that mean the same. Until
// release is called they do not end the process, nor does a reader of our output
// that went away: a server that was started would stay behind.
func catchSignals(ctx context.Context, noted func(second bool)) *interrupts {
	hard, stopHard := context.WithCancel(context.WithoutCancel(ctx))
	soft, stopSoft := context.WithCancel(ctx)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup has it ignored, so that the run outlives its terminal
		signal.Notify(signals, syscall.SIGHUP)
	}
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)
	done := make(chan struct{})
	var listener sync.WaitGroup
	listener.Go(func() {
		for count := 0; ; count++ {
			select {
			case <-done:
				return
			case <-signals:
			}
			switch count {
			case 0:
				noted(false)
				stopSoft()
			case 1:
				noted(true)
				stopHard()
			}
		}
	})
	release := func() {
		signal.Stop(signals)
		signal.Stop(pipes)
		close(done)
		listener.Wait()
		stopSoft()
		stopHard()
	}
	return &interrupts{soft: soft, hard: hard, release: release}
}
