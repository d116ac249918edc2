package provision

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
)

// account is the user that a server runs as when isocheck runs as root, because
// the servers refuse to run as root.
type account struct {
	name     string
	uid, gid int
}

// unprivileged returns the account for a server: nil when isocheck is not root,
// else the first of the product's own user and nobody that the machine has.
func unprivileged(name string) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{name, "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return &account{name, uid, gid}, nil
		}
	}
	return nil, &unable{
		reason: fmt.Sprintf("a server must not run as root, and there is no user %s or nobody to run it as", name),
		help:   "useradd --system " + name,
	}
}

// give makes the account the owner of a file or folder.
func (a *account) give(path string) error {
	if a == nil {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

// mayEnter reports whether the account may go through all folders down to the path.
func (a *account) mayEnter(path string) bool {
	if a == nil {
		return true
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}
