//go:build unix

package workloads_test

import (
	"syscall"
	"testing"
	"time"
)

// crowded reports whether the machine is so busy with something else that what a
// run of the default duration gets done says nothing about that duration: whether
// this process waits for the processor more than it computes.
func crowded(t *testing.T) bool {
	t.Helper()
	const work = 50 * time.Millisecond
	began, used := time.Now(), processorTime(t)
	for processorTime(t)-used < work {
		for range 100_000 {
		}
	}
	return time.Since(began) > 3*work
}

// processorTime is how long this process has computed.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
