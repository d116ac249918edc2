package provision

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/moby/moby/client"
)

// controls are what can be done to a server that was started, besides stopping it.
type controls interface {
	// crash ends it with SIGKILL, shutdown in order; its files stay.
	crash(ctx context.Context) error
	shutdown(ctx context.Context) error
	// revive starts it again and returns where it listens.
	revive(ctx context.Context) (address string, err error)
	pause(ctx context.Context) error
	resume(ctx context.Context) error
	// stopCommand is what stops it, for a shell.
	stopCommand() string
}

// Kill ends the server with SIGKILL, its connections cut. Its files stay until
// Stop, and Revive starts it again. Where isocheck did not start the server, Kill
// and the other controls do nothing and return an error.
func (s *Server) Kill(ctx context.Context) error {
	return s.control(func(c controls) error { return c.crash(ctx) })
}

// Shutdown stops the server in order. Its files stay until Stop.
func (s *Server) Shutdown(ctx context.Context) error {
	return s.control(func(c controls) error { return c.shutdown(ctx) })
}

// Revive starts a server again that was killed or shut down, and waits until it
// takes connections. It returns the address, HOST:PORT, at which the server was
// when it was first started, and the one at which it is now: a container gets another port.
func (s *Server) Revive(ctx context.Context) (was, is string, err error) {
	err = s.control(func(c controls) error {
		is, err = c.revive(ctx)
		s.StopCommand = c.stopCommand() // it names another process now
		return err
	})
	return s.address, is, err
}

// Pause makes the server's processes stand still, as SIGSTOP does, until Resume.
func (s *Server) Pause(ctx context.Context) error {
	return s.control(func(c controls) error { return c.pause(ctx) })
}

// Resume lets the server's processes go on after Pause. It does nothing to those that run.
func (s *Server) Resume(ctx context.Context) error {
	return s.control(func(c controls) error { return c.resume(ctx) })
}

// control does something to the server, unless it is not isocheck's or has been stopped.
func (s *Server) control(do func(controls) error) error {
	if s.controls == nil {
		return errNotOurs
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return errors.New("the server has been stopped")
	}
	return do(s.controls)
}

// crash ends the server's processes, all of them, at the same time.
func (l *launch) crash(ctx context.Context) error {
	signalTree(l.process.pid(), killTree)
	select {
	case <-l.process.done:
		return nil
	case <-ctx.Done():
		l.process.force()
		return ctx.Err()
	}
}

func (l *launch) shutdown(ctx context.Context) error {
	l.process.end(ctx, l.product.stop)
	return nil
}

// reviveEvery is how long to wait between two tries to start the server again:
// PostgreSQL refuses while a process of the killed one still ends.
const reviveEvery = 50 * time.Millisecond

func (l *launch) revive(ctx context.Context) (string, error) {
	for {
		process, err := l.spawn(l.binary.path, l.arguments()...)
		if err != nil {
			return "", fmt.Errorf("starting %s: %w", l.binary.path, err)
		}
		l.process = process
		if _, err = l.ready(ctx); err == nil {
			return l.address(), nil
		}
		if ctx.Err() != nil || !errors.Is(err, errExited) {
			return "", l.explain(err)
		}
		select {
		case <-ctx.Done():
			return "", l.explain(err)
		case <-time.After(reviveEvery):
		}
	}
}

func (l *launch) pause(context.Context) error {
	signalTree(l.process.pid(), stopTree)
	return nil
}

func (l *launch) resume(context.Context) error {
	signalTree(l.process.pid(), continueTree)
	return nil
}

// crash ends the container's processes with SIGKILL.
func (c *container) crash(ctx context.Context) error {
	_, err := c.api.ContainerKill(ctx, c.box.GetContainerID(), client.ContainerKillOptions{Signal: "KILL"})
	if err != nil {
		return fmt.Errorf("killing the container: %w", err)
	}
	return nil
}

func (c *container) shutdown(ctx context.Context) error {
	patience := stopTime
	if err := c.box.Stop(ctx, &patience); err != nil {
		return fmt.Errorf("stopping the container: %w", err)
	}
	return nil
}

func (c *container) revive(ctx context.Context) (string, error) {
	if _, err := c.api.ContainerStart(ctx, c.box.GetContainerID(), client.ContainerStartOptions{}); err != nil {
		return "", fmt.Errorf("starting the container again: %w", err)
	}
	dsn, _, err := c.ready(ctx)
	if err != nil {
		return "", err
	}
	return addressOf(dsn), nil
}

func (c *container) pause(ctx context.Context) error {
	if _, err := c.api.ContainerPause(ctx, c.box.GetContainerID(), client.ContainerPauseOptions{}); err != nil {
		return fmt.Errorf("pausing the container: %w", err)
	}
	return nil
}

func (c *container) resume(ctx context.Context) error {
	state, err := c.box.State(ctx)
	if err != nil || !state.Paused {
		return err
	}
	if _, err := c.api.ContainerUnpause(ctx, c.box.GetContainerID(), client.ContainerUnpauseOptions{}); err != nil {
		return fmt.Errorf("letting the container go on: %w", err)
	}
	return nil
}

// stopCommand is what stop does, for a shell.
func (c *container) stopCommand() string {
	return "docker rm --force --volumes " + c.box.GetContainerID()
}

// addressOf returns HOST:PORT of a DSN that isocheck made.
func addressOf(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return ""
	}
	return u.Host
}
