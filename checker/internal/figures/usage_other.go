//go:build !unix

package main

import (
	"os"
	"time"
)

// spent is a moment: where the processor time is not to be had, the time that passes stands for it.
type spent struct{ at time.Time }

func spentNow() spent              { return spent{time.Now()} }
func (s spent) cpuSince() float64  { return s.wallSince() }
func (s spent) wallSince() float64 { return time.Since(s.at).Seconds() }

// peakMegabytes returns 0: it is not known.
func peakMegabytes(*os.ProcessState) float64 { return 0 }
