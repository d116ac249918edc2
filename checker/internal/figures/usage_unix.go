//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// spent is how much processor time this process had used at a moment.
type spent struct {
	cpu time.Duration
	at  time.Time
}

func spentNow() spent {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return spent{at: time.Now()}
	}
	return spent{cpu: time.Duration(u.Utime.Nano() + u.Stime.Nano()), at: time.Now()}
}

func (s spent) cpuSince() float64  { return (spentNow().cpu - s.cpu).Seconds() }
func (s spent) wallSince() float64 { return time.Since(s.at).Seconds() }

// peakMegabytes returns the most memory that a process held which has ended.
func peakMegabytes(p *os.ProcessState) float64 {
	u, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return float64(u.Maxrss) / 1e6
	}
	return float64(u.Maxrss) * 1024 / 1e6
}
