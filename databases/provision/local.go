package provision

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/isocheck/isocheck/databases"
)

// startTime is how long a server may take from its start to its first connection.
const startTime = time.Minute

// startLocal starts a server from binaries on this machine.
func startLocal(ctx context.Context, o *Options, p *product) (*Server, error) {
	found, err := findBinary(ctx, o, p)
	if err != nil {
		return nil, err
	}
	o.say("Starting %s from %s", p.titled(found.version), filepath.Dir(found.path))
	return startBinary(ctx, o, p, found, Local)
}

// launch is a server that is being started from binaries.
type launch struct {
	product  *product
	binary   binary
	account  *account // nil: the server runs as the user who runs isocheck
	folder   *folder
	log      *os.File
	logStart int64
	password string
	port     int
	keep     bool
	unsafe   bool // Options.UnsafeDurability
	process  *process
}

// startBinary makes a data folder and starts the server on it.
func startBinary(ctx context.Context, o *Options, p *product, b binary, via Via) (_ *Server, err error) {
	l := &launch{product: p, binary: b, password: rand.Text(), keep: o.Keep, unsafe: o.UnsafeDurability}
	if l.account, err = unprivileged(p.account); err != nil {
		return nil, err
	}
	if l.folder, err = newFolder(o.Run, p.kill, o.Keep); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = l.explain(err)
			_ = l.stop(context.WithoutCancel(ctx))
		}
	}()
	if l.binary, err = l.reachable(b, via); err != nil {
		return nil, err
	}
	logPath, err := l.openLog(o.LogPath)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"data", "tmp"} {
		if err := l.ownFolder(name); err != nil {
			return nil, err
		}
	}
	if err := p.initialize(ctx, l); err != nil {
		return nil, fmt.Errorf("making the data folder of %s: %w", p.titled(b.version), err)
	}
	id, err := l.serve(ctx)
	if err != nil {
		return nil, err
	}
	return &Server{
		DSN: l.dsn(), Database: p.name, Via: via, Version: id.Version, LogPath: logPath,
		StopCommand: l.stopCommand(), stop: l.stop, controls: l, address: l.address(),
	}, nil
}

// openLog opens the file that gets what the server says.
func (l *launch) openLog(path string) (string, error) {
	if path == "" {
		path = l.path("server.log")
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o644)
	if err != nil {
		return "", fmt.Errorf("opening the server's log: %w", err)
	}
	l.log = f
	if info, err := f.Stat(); err == nil {
		l.logStart = info.Size()
	}
	return path, nil
}

// path returns the path of one of the launch's own files.
func (l *launch) path(name string) string { return filepath.Join(l.folder.path, name) }

// ownFolder makes a folder that belongs to the server.
func (l *launch) ownFolder(name string) error {
	if err := os.Mkdir(l.path(name), 0o700); err != nil {
		return fmt.Errorf("making the server's folders: %w", err)
	}
	return l.account.give(l.path(name))
}

// ownFile writes a file that only the server's user can read.
func (l *launch) ownFile(name, text string) (string, error) {
	path := l.path(name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", err
	}
	return path, l.account.give(path)
}

// address is where the server listens.
func (l *launch) address() string { return net.JoinHostPort("127.0.0.1", fmt.Sprint(l.port)) }

func (l *launch) dsn() string { return l.product.dsn(l.address(), l.password) }

// serve starts the server and waits for its first connection. Another process
// may take the free port before the server does: then it takes another.
func (l *launch) serve(ctx context.Context) (databases.Server, error) {
	for try := 1; ; try++ {
		port, err := freePort()
		if err != nil {
			return databases.Server{}, err
		}
		l.port = port
		if l.process, err = l.spawn(l.binary.path, l.arguments()...); err != nil {
			return databases.Server{}, fmt.Errorf("starting %s: %w", l.binary.path, err)
		}
		id, err := l.ready(ctx)
		if err == nil || try == 3 || !errors.Is(err, errExited) || !portTaken(l.address()) {
			return id, err
		}
	}
}

var errExited = errors.New("the server ended at once")

// ready waits until the server answers a real connection.
func (l *launch) ready(ctx context.Context) (databases.Server, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTime, fmt.Errorf("the server took no connection within %v", startTime))
	defer cancel()
	for {
		id, err := l.product.describe(ctx, l.dsn())
		if err == nil {
			return id, nil
		}
		select {
		case <-l.process.done:
			return databases.Server{}, errExited
		case <-ctx.Done():
			return databases.Server{}, fmt.Errorf("%w (last: %w)", context.Cause(ctx), err)
		case <-time.After(15 * time.Millisecond):
		}
	}
}

// run runs one of the server's programs to its end.
func (l *launch) run(ctx context.Context, stdin, bin string, args ...string) error {
	p, err := l.spawnWith(strings.NewReader(stdin), bin, args...)
	if err != nil {
		return fmt.Errorf("starting %s: %w", bin, err)
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.force()
		return context.Cause(ctx)
	}
	var failed *exec.ExitError
	if errors.As(p.err, &failed) {
		return fmt.Errorf("%s ended with %s", filepath.Base(bin), failed.ProcessState)
	}
	return p.err
}

// freePort returns a port that nobody listens on.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// portTaken reports whether somebody listens at the address.
func portTaken(address string) bool {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return true
	}
	listener.Close()
	return false
}
