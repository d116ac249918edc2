package main

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/workloads"
)

// panics catches the panics of a run's clients. Each client is a goroutine of the
// harness: a panic there would end the process before the server is stopped.
type panics struct {
	mu    sync.Mutex
	first string
	// stop ends the run.
	stop func()
}

// catch is to be deferred. It notes the panic, if there is one, and ends the run.
func (p *panics) catch() {
	value := recover()
	if value == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == "" {
		p.first = fmt.Sprintf("%v\n\n%s", value, debug.Stack())
	}
	p.stop()
}

// again panics with the first panic that was caught, if there was one.
func (p *panics) again() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first != "" {
		panic(p.first)
	}
}

// guard returns the workload with all that clients run of it guarded.
func (p *panics) guard(w workloads.Workload) workloads.Workload {
	build := w.New
	w.New = func(params workloads.Params) workloads.Instance {
		instance := build(params)
		client := instance.Client
		instance.Client = func(number int, rng *rand.Rand) workloads.Generator {
			next := client(number, rng)
			return func() workloads.Transaction { return p.next(next) }
		}
		return instance
	}
	return w
}

// next returns the client's next transaction, guarded; after a panic, one that does nothing.
func (p *panics) next(next workloads.Generator) (t workloads.Transaction) {
	t.Body = (*databases.Tx).Abort
	defer p.catch()
	drawn := next()
	body := drawn.Body
	drawn.Body = func(tx *databases.Tx) {
		done := false
		defer func() {
			if !done {
				tx.Abort()
			}
		}()
		defer p.catch()
		body(tx)
		done = true
	}
	return drawn
}
