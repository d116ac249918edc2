package provision

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// process is a program of a server that was started.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // how, valid after done
}

// spawn starts one of the server's programs.
func (l *launch) spawn(bin string, args ...string) (*process, error) {
	return l.spawnWith(nil, bin, args...)
}

// spawnWith starts one of the server's programs with something to read. It runs
// in a session of its own, so that a Ctrl-C in the terminal reaches isocheck
// alone, and a server that is kept outlives the terminal.
func (l *launch) spawnWith(stdin io.Reader, bin string, args ...string) (*process, error) {
	cmd := exec.Command(bin, args...)
	cmd.Dir = l.folder.path
	cmd.Env = l.environment()
	cmd.Stdin = stdin
	cmd.Stdout, cmd.Stderr = l.log, l.log
	cmd.SysProcAttr = apart(l.account)
	if l.keep {
		cmd.ExtraFiles = []*os.File{l.folder.lock}
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := l.folder.note(cmd.Process.Pid); err != nil {
		killSession(cmd.Process.Pid)
		_ = cmd.Wait()
		return nil, err
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// environment keeps only what a server needs: variables such as PGDATA would
// change what it does. A set time zone saves initdb its search for one.
func (l *launch) environment() []string {
	env := []string{"LC_ALL=C", "TZ=UTC", "HOME=" + l.path("tmp"), "TMPDIR=" + l.path("tmp")}
	for _, v := range os.Environ() {
		if strings.HasPrefix(v, "PATH=") || strings.HasPrefix(v, "LD_LIBRARY_PATH=") || strings.HasPrefix(v, "DYLD_") {
			env = append(env, v)
		}
	}
	return env
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// signal sends a signal to the program, unless it has ended.
func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// end asks the program to end, and forces it when the context is over first.
func (p *process) end(ctx context.Context, s syscall.Signal) {
	p.signal(s)
	select {
	case <-p.done:
	case <-ctx.Done():
		p.force()
	}
}

// force ends the program and those that it started in its group, and waits for it.
func (p *process) force() {
	select {
	case <-p.done:
		return
	default:
	}
	killSession(p.pid())
	<-p.done
}

// signalName is a signal as kill(1) knows it.
func signalName(s syscall.Signal) string {
	switch s {
	case syscall.SIGINT:
		return "INT"
	case syscall.SIGTERM:
		return "TERM"
	case syscall.SIGQUIT:
		return "QUIT"
	case syscall.SIGKILL:
		return "KILL"
	}
	return strconv.Itoa(int(s))
}
