//go:build unix && !linux

package provision

import (
	"os/exec"
	"strconv"
)

// commandLine returns what a process was started with, "" if there is none.
func commandLine(pid int) string {
	text, err := exec.Command("ps", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return string(text)
}

// parents returns every process's parent.
func parents() map[int]int { return parentsByPS() }
