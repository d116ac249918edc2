package provision

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// sweep removes what dead runs of the same user have left behind, and only
// that: folders of isocheck's whose lock nobody holds.
func sweep() {
	seen := map[string]bool{}
	for _, dir := range temporaries() {
		found, _ := filepath.Glob(filepath.Join(dir, folderPrefix+"*"))
		for _, path := range found {
			if !seen[path] {
				seen[path] = true
				sweepFolder(path)
			}
		}
	}
}

// sweepFolder removes one folder if a dead run left it.
func sweepFolder(path string) {
	// Anybody may write to the folder for temporary files: believe only what
	// this user has made and nobody else can have changed.
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o022 != 0 || !ours(info) {
		return
	}
	lock, err := lockFree(filepath.Join(path, lockName))
	if err != nil {
		return
	}
	defer lock.Close()
	endLeftover(path)
	_ = os.RemoveAll(path)
}

// endLeftover ends the server of a dead run. A process is that server only if
// its command line names the folder, since numbers of processes are used again.
func endLeftover(path string) {
	text, err := os.ReadFile(filepath.Join(path, pidName))
	if err != nil {
		return
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid < 2 {
		return
	}
	for i := 0; i < 100 && strings.Contains(commandLine(pid), path); i++ {
		signalTree(pid, killTree)
		killSession(pid)
		time.Sleep(20 * time.Millisecond)
	}
}
