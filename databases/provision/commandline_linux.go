package provision

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// commandLine returns what a process was started with, "" if there is none.
func commandLine(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	return string(text)
}

// parents returns every process's parent, from /proc: ps is not on every machine.
func parents() map[int]int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return parentsByPS()
	}
	parent := map[int]int{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // it has ended
		}
		// pid (name) state ppid …, where the name may have spaces and parentheses.
		if fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])); len(fields) > 1 {
			if of, err := strconv.Atoi(fields[1]); err == nil {
				parent[pid] = of
			}
		}
	}
	return parent
}
