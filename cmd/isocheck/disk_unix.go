//go:build unix

package main

import "golang.org/x/sys/unix"

// freeDisk returns how many bytes an ordinary user may still write to the disk of the folder.
func freeDisk(folder string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil //nolint:unconvert // it is signed on FreeBSD
}
