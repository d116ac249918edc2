//go:build unix

package provision

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// What can be sent to a server's processes.
const (
	killTree     = syscall.SIGKILL
	stopTree     = syscall.SIGSTOP
	continueTree = syscall.SIGCONT
)

// signalTree sends a signal to a process and to all that descend from it, the
// parent first, so that it starts no new ones. PostgreSQL's processes each lead a
// session of their own, which no process group reaches.
func signalTree(pid int, s syscall.Signal) {
	_ = syscall.Kill(pid, s) // one that has ended needs no signal
	for _, child := range descendants(pid, parents()) {
		_ = syscall.Kill(child, s)
	}
}

// descendants returns the children of a process, their children, and so on.
func descendants(pid int, parent map[int]int) []int {
	var found []int
	for child, of := range parent {
		if of == pid {
			found = append(append(found, child), descendants(child, parent)...)
		}
	}
	return found
}

// parseParents reads what ps says, a process and its parent on each line.
func parseParents(text string) map[int]int {
	parent := map[int]int{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 2 {
			continue
		}
		child, err := strconv.Atoi(fields[0])
		of, err2 := strconv.Atoi(fields[1])
		if err == nil && err2 == nil && child != of {
			parent[child] = of
		}
	}
	return parent
}

// parentsByPS asks ps for every process's parent.
func parentsByPS() map[int]int {
	text, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		return nil
	}
	return parseParents(string(text))
}
