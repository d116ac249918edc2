package provision

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// folder is the temporary folder that holds all files of one server. The file
// lockName in it is locked as long as somebody looks after the folder, which the
// kernel ends however that process dies: a folder whose lock is free was left by a
// dead run, and the next start removes it.
type folder struct {
	path  string
	lock  *os.File
	guard *guard
}

const (
	folderPrefix = "isocheck-"
	lockName     = "isocheck.lock"
	pidName      = "server.pid"
	// containerName is the file that has the id of the container that belongs to the folder.
	containerName = "container.id"
)

// newFolder makes a folder, and a guard for it unless the server is to be kept.
func newFolder(run string, kill syscall.Signal, keep bool) (_ *folder, err error) {
	sweep()
	path, err := os.MkdirTemp(temporary(), folderPrefix+run+"-")
	if err != nil {
		return nil, fmt.Errorf("making the server's folder: %w", err)
	}
	f := &folder{path: path}
	defer func() {
		if err != nil {
			_ = f.remove()
		}
	}()
	// Others may pass through to the parts that the server's user owns, no more.
	if err = os.Chmod(path, 0o711); err != nil {
		return nil, err
	}
	if f.lock, err = lockNew(filepath.Join(path, lockName)); err != nil {
		return nil, fmt.Errorf("locking the server's folder: %w", err)
	}
	if !keep && startsBinaries {
		if f.guard, err = newGuard(f, kill); err != nil {
			return nil, fmt.Errorf("starting the guard of the server's folder: %w", err)
		}
	}
	return f, nil
}

// temporary returns the folder for temporary files that any user may enter,
// where there is one.
func temporary() string {
	var anybody account
	for _, dir := range temporaries() {
		if os.Geteuid() != 0 || anybody.mayEnter(dir) {
			return dir
		}
	}
	return os.TempDir()
}

// temporaries are the folders for temporary files.
func temporaries() []string { return []string{os.TempDir(), "/tmp", "/var/tmp"} }

// note writes down the process that now uses the folder.
func (f *folder) note(pid int) error {
	return os.WriteFile(filepath.Join(f.path, pidName), []byte(strconv.Itoa(pid)+"\n"), 0o644)
}

// noteContainer writes down the container that belongs to the folder.
func (f *folder) noteContainer(id string) error {
	return os.WriteFile(filepath.Join(f.path, containerName), []byte(id+"\n"), 0o644)
}

// remove removes the folder with all that is in it. A server's last children may
// still be writing when the server itself has ended.
func (f *folder) remove() error {
	var err error
	for range 50 {
		if err = os.RemoveAll(f.path); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if f.guard != nil {
		f.guard.dismiss()
	}
	if f.lock != nil {
		f.lock.Close()
	}
	if err != nil {
		return fmt.Errorf("removing the server's folder: %w", err)
	}
	return nil
}
