package provision

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// A guard also ends a server whose number was not noted before isocheck died: right after it was started.
func TestGuardEndsWhatWasNotNoted(t *testing.T) {
	f, err := newFolder("guard", syscall.SIGQUIT, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(f.path) })
	server := exec.Command("/bin/sh", "-c", "sleep 600; :", "server", "-D", f.path+"/data")
	server.SysProcAttr = apart(nil)
	other := exec.Command("/bin/sh", "-c", "sleep 600; :", "server", "-D", f.path+"-of-another/data")
	other.SysProcAttr = apart(nil)
	for _, cmd := range []*exec.Cmd{server, other} {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { killSession(cmd.Process.Pid) }) // what it has started
	}
	if err := f.guard.pipe.Close(); err != nil { // as the kernel does
		t.Fatal(err)
	}
	if err := f.guard.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if err := server.Wait(); err == nil || server.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("the server ended with %v", err)
	}
	if _, err := os.Stat(f.path); !os.IsNotExist(err) {
		t.Errorf("the folder is left: %v", err)
	}
	if err := syscall.Kill(other.Process.Pid, 0); err != nil || commandLine(other.Process.Pid) == "" {
		t.Errorf("another run's server is gone: %v", err)
	}
}
