package provision

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// guard is a small process that outlives isocheck when that dies without a
// chance to clean up (a panic, kill -9): then it ends the server and removes its
// files. It notices by the end of its standard input, which the kernel closes
// with isocheck's last file descriptor, on every Unix and in every thread's death.
type guard struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

// guardScript ends by itself when it reads a line. $1 is the folder, $2 the signal that
// makes the server end at once.
const guardScript = `
read -r line && exit 0
pid=$(cat "$1/` + pidName + `" 2>/dev/null)
if [ -n "$pid" ]; then
	kill -"$2" "$pid" 2>/dev/null
	# A paused server ends when it goes on, with its children.
	kill -CONT "$pid" 2>/dev/null
	if [ -r /proc/self/stat ]; then
		for stat in /proc/[0-9]*/stat; do
			read -r child _ _ of _ <"$stat" && [ "$of" = "$pid" ] && kill -CONT "$child"
		done
	else
		ps -A -o pid=,ppid= | while read -r child of; do [ "$of" = "$pid" ] && kill -CONT "$child"; done
	fi 2>/dev/null
	i=0
	while kill -0 "$pid" 2>/dev/null && [ $i -lt 50 ]; do sleep 0.1; i=$((i + 1)); done
	kill -KILL "$pid" 2>/dev/null
fi
# isocheck may have died between starting a program and noting its number; and initdb has children.
for of in $(grep -lsF -- "$1/data" /proc/[0-9]*/cmdline); do
	of=${of#/proc/}
	kill -KILL "${of%/cmdline}"
done 2>/dev/null
if [ -f "$1/` + containerName + `" ]; then
	docker rm --force --volumes "$(cat "$1/` + containerName + `")"
fi >/dev/null 2>&1
i=0
while ! rm -rf -- "$1" 2>/dev/null && [ $i -lt 50 ]; do sleep 0.1; i=$((i + 1)); done
`

// newGuard starts the guard of a folder. The guard holds the folder's lock too.
func newGuard(f *folder, kill syscall.Signal) (*guard, error) {
	cmd := exec.Command("/bin/sh", "-c", guardScript, "isocheck-guard", f.path, signalName(kill))
	cmd.Dir = "/"
	cmd.ExtraFiles = []*os.File{f.lock}
	cmd.SysProcAttr = apart(nil)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &guard{cmd, pipe}, nil
}

// dismiss ends the guard when there is nothing left to look after.
func (g *guard) dismiss() {
	_, _ = io.WriteString(g.pipe, "\n")
	_ = g.pipe.Close()
	_ = g.cmd.Wait()
}
