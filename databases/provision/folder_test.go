package provision

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestSweepTakesOnlyWhatIsDead plants folders of every kind among the temporary
// files and lets the next start look at them.
func TestSweepTakesOnlyWhatIsDead(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	plant := func(name string, files ...string) string {
		t.Helper()
		dir := filepath.Join(temp, name)
		if err := os.Mkdir(dir, 0o711); err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte("1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	dead := plant("isocheck-dead-1", lockName, pidName, "data")
	kept := map[string]string{
		"of somebody else's program": plant("other-1", lockName),
		"without a lock":             plant("isocheck-results", "data"),
		"writable by others":         plant("isocheck-open", lockName),
		"with a link for a lock":     plant("isocheck-link"),
	}
	if err := os.Chmod(kept["writable by others"], 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dead, lockName), filepath.Join(kept["with a link for a lock"], lockName)); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		kept["of another user"] = plant("isocheck-user", lockName)
		if err := os.Chown(kept["of another user"], 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	living, err := newFolder("lives", syscall.SIGKILL, false)
	if err != nil {
		t.Fatal(err)
	}
	kept["of a run that lives"] = living.path
	// newFolder has swept before the living one was there: sweep again.
	sweep()
	if _, err := os.Stat(dead); !os.IsNotExist(err) {
		t.Errorf("what the dead run left is still there: %v", err)
	}
	for what, path := range kept {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("the folder %s is gone: %v", what, err)
		}
	}
	if err := living.remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(living.path); !os.IsNotExist(err) {
		t.Errorf("the folder is still there after it was removed: %v", err)
	}
}
