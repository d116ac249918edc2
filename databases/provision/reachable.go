package provision

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// reachable returns the binary at a path that the server's user can reach. What
// was downloaded by root may lie where nobody else may go: then its whole tree
// is linked into the server's folder.
func (l *launch) reachable(b binary, via Via) (binary, error) {
	bin := filepath.Dir(b.path)
	if l.account.mayEnter(bin) {
		return b, nil
	}
	if via != Download {
		return b, &unable{reason: fmt.Sprintf("the user %s, whom the server runs as, may not enter %s", l.account.name, bin), help: "chmod o+x on the folders above it"}
	}
	if err := linkTree(filepath.Dir(bin), l.path("server")); err != nil {
		return b, fmt.Errorf("linking the server's binaries: %w", err)
	}
	b.path = l.path(filepath.Join("server", "bin", filepath.Base(b.path)))
	return b, nil
}

// linkTree makes a folder with the same files as another, by hard links where
// the file system allows it.
func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		switch {
		case entry.IsDir():
			return os.Mkdir(target, 0o755)
		case entry.Type() == fs.ModeSymlink:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		}
		if os.Link(path, target) == nil {
			return nil
		}
		return copyFile(path, target)
	})
}

// copyFile copies a file with its permissions.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
