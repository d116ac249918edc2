package provision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// stopTime is how long a server may take to stop in order before it is forced.
const stopTime = 10 * time.Second

// stop ends what a launch has started and removes its files.
func (l *launch) stop(ctx context.Context) error {
	if l.process != nil {
		ctx, cancel := context.WithTimeout(ctx, stopTime)
		defer cancel()
		signalTree(l.process.pid(), continueTree) // a paused process cannot end in order
		l.process.end(ctx, l.product.stop)
	}
	if l.log != nil {
		l.log.Close()
	}
	return l.folder.remove()
}

// stopCommand is what stop does, for a shell.
func (l *launch) stopCommand() string {
	pid := l.process.pid()
	return fmt.Sprintf("kill -%s %d && while kill -0 %d 2>/dev/null; do sleep 0.1; done; rm -rf '%s'",
		signalName(l.product.stop), pid, pid, l.folder.path)
}

// explain adds the last lines of the server's log to an error.
func (l *launch) explain(err error) error {
	if l.log == nil || errors.Is(err, context.Canceled) {
		return err
	}
	const most = 4 << 10
	end, seekErr := l.log.Seek(0, io.SeekEnd)
	if seekErr != nil || end <= l.logStart {
		return err
	}
	start := max(l.logStart, end-most)
	tail := make([]byte, end-start)
	n, _ := l.log.ReadAt(tail, start)
	return fmt.Errorf("%w; its log ends with:\n%s", err, lastLines(tail[:n], l.password))
}

// lastLines returns the last lines of a log, without the password.
func lastLines(log []byte, password string) string {
	lines := strings.Split(string(bytes.TrimSpace(log)), "\n")
	lines = lines[max(0, len(lines)-8):]
	return strings.ReplaceAll(strings.Join(lines, "\n"), password, "*****")
}
