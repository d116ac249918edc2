//go:build !unix

package provision

import (
	"io/fs"
	"os"
	"syscall"
)

// Here servers run in containers or are given by their DSN. A container's
// folder has no lock and no guard: the reaper of testcontainers does that work.
const (
	startsBinaries = false
	noFollow       = 0
)

func apart(*account) *syscall.SysProcAttr { return nil }

func killSession(int) {}

func lock(*os.File) error { return nil }

func ours(fs.FileInfo) bool { return false }

func commandLine(int) string { return "" }

// Processes of a server are not isocheck's here.
const killTree, stopTree, continueTree = 0, 0, 0

func signalTree(int, int) {}
