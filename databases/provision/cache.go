package provision

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// largestDownload is more than any of the packages has.
const largestDownload = 512 << 20

// cache is the folder of what was downloaded, a folder for each release. A
// release's folder appears by renaming, when it is complete.
type cache struct{ dir string }

// partial begins the names of what is not complete.
const partial = ".partial-"

func (c cache) folder(r release) string { return filepath.Join(c.dir, r.version) }

// releases are those that were downloaded.
func (c cache) releases() []release {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return nil
	}
	var all []release
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), partial) {
			all = append(all, release{version: e.Name()})
		}
	}
	return all
}

// get returns the folder of a release, which it downloads if it is not there yet.
// Of several processes that want it one downloads, and the others wait.
func (c cache) get(ctx context.Context, o *Options, r registry, wanted release) (string, error) {
	if !filepath.IsLocal(wanted.version) || strings.ContainsAny(wanted.version, `/\`) {
		return "", fmt.Errorf("the npm registry names a version %q", wanted.version)
	}
	dir := c.folder(wanted)
	if complete(dir) {
		return dir, nil
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return "", fmt.Errorf("making the folder for downloads: %w", err)
	}
	lock, err := lockWait(ctx, filepath.Join(c.dir, ".lock"))
	if err != nil {
		return "", fmt.Errorf("waiting for another download: %w", err)
	}
	defer lock.Close()
	if complete(dir) {
		return dir, nil
	}
	c.clean()
	o.say("Downloading PostgreSQL %s from %s", wanted.server(), r.host())
	if err := c.download(ctx, r, wanted); err != nil {
		return "", fmt.Errorf("downloading PostgreSQL %s: %w", wanted.server(), err)
	}
	return dir, nil
}

// complete reports whether a release is there.
func complete(dir string) bool { return executable(filepath.Join(dir, "bin", "postgres")) }

// clean removes what interrupted downloads have left. The caller holds the lock.
func (c cache) clean() {
	left, _ := filepath.Glob(filepath.Join(c.dir, partial+"*"))
	for _, path := range left {
		_ = os.RemoveAll(path)
	}
}

// download fetches a release, checks it, unpacks it, and puts it in its place.
func (c cache) download(ctx context.Context, r registry, wanted release) error {
	archive, err := os.CreateTemp(c.dir, partial)
	if err != nil {
		return err
	}
	defer os.Remove(archive.Name())
	defer archive.Close()
	if err := r.fetch(ctx, wanted, archive); err != nil {
		return err
	}
	if _, err := archive.Seek(0, io.SeekStart); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(c.dir, partial)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := unpack(archive, dir); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	return os.Rename(dir, c.folder(wanted))
}

// fetch writes a release's archive and checks it against the hash that the registry gives.
func (r registry) fetch(ctx context.Context, wanted release, to io.Writer) error {
	sum, err := expectedSum(wanted.integrity)
	if err != nil {
		return err
	}
	body, err := r.get(ctx, wanted.tarball, "*/*")
	if err != nil {
		return err
	}
	defer body.Close()
	hash := sha512.New()
	n, err := io.Copy(io.MultiWriter(to, hash), io.LimitReader(body, largestDownload))
	if err != nil {
		return fmt.Errorf("the download broke off after %d bytes: %w", n, err)
	}
	if string(hash.Sum(nil)) != string(sum) {
		return fmt.Errorf("the %d bytes that came are not those that the registry promises (sha512 differs)", n)
	}
	return nil
}

// expectedSum returns the sha512 of an npm integrity text.
func expectedSum(integrity string) ([]byte, error) {
	for _, field := range strings.Fields(integrity) {
		text, ok := strings.CutPrefix(field, "sha512-")
		if !ok {
			continue
		}
		text, _, _ = strings.Cut(text, "?")
		sum, err := base64.StdEncoding.DecodeString(text)
		if err == nil && len(sum) == sha512.Size {
			return sum, nil
		}
	}
	return nil, errors.New("the registry gives no sha512 to check it against")
}
