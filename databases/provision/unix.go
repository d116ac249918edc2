//go:build unix

package provision

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// startsBinaries says whether servers can be started from binaries here.
const startsBinaries = true

// noFollow keeps a link from being opened in the place of a file.
const noFollow = syscall.O_NOFOLLOW

// apart are the attributes of a program in a session of its own, which runs as
// the account unless that is nil.
func apart(a *account) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setsid: true}
	if a != nil {
		attributes.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attributes
}

// killSession ends a program that was started apart, with its children.
func killSession(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// lock locks an open file until its last descriptor is closed, or fails at once with errLocked.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}

// ours reports whether a file belongs to the user who runs isocheck.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
