package provision

import (
	"fmt"
	"os"
)

// commandLine returns what a process was started with, "" if there is none.
func commandLine(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	return string(text)
}
