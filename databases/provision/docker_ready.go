package provision

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/isocheck/isocheck/databases"
)

const (
	// containerTime is how long a server in a container may take from its start
	// to its first connection: the official MySQL image takes long.
	containerTime = 3 * time.Minute
	// attemptTime is how long one attempt to connect may take.
	attemptTime = 2 * time.Second
)

// ready waits until the server answers a real connection, and returns its DSN.
func (c *container) ready(ctx context.Context) (string, databases.Server, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, containerTime, fmt.Errorf("the server took no connection within %v", containerTime))
	defer cancel()
	addresses, err := c.addresses(ctx)
	if err != nil {
		return "", databases.Server{}, err
	}
	for {
		dsn, id, err := c.tryAll(ctx, addresses)
		if err == nil {
			return dsn, id, nil
		}
		state, stateErr := c.box.State(ctx)
		if stateErr == nil && !state.Running {
			return "", databases.Server{}, fmt.Errorf("the container of %s ended with status %d%s", c.image, state.ExitCode, c.lastLines(ctx))
		}
		select {
		case <-ctx.Done():
			return "", databases.Server{}, fmt.Errorf("%w (last: %w)", context.Cause(ctx), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// addresses returns where the server may be reached: at the host that
// testcontainers finds out, which is wrong where isocheck runs in a container
// beside its own engine; else at this machine; else at the container itself.
func (c *container) addresses(ctx context.Context) ([]string, error) {
	address, err := c.box.PortEndpoint(ctx, c.product.port+"/tcp", "")
	if err != nil {
		return nil, fmt.Errorf("asking for the container's address: %w", err)
	}
	all := []string{address}
	if _, port, err := net.SplitHostPort(address); err == nil {
		all = append(all, net.JoinHostPort("127.0.0.1", port))
	}
	if ip, err := c.box.ContainerIP(ctx); err == nil && ip != "" {
		all = append(all, net.JoinHostPort(ip, c.product.port))
	}
	return all, nil
}

// tryAll connects to all addresses at once, and returns the first DSN that
// served, or the last error. Another server than ours would refuse the password.
func (c *container) tryAll(ctx context.Context, addresses []string) (string, databases.Server, error) {
	type answer struct {
		dsn string
		id  databases.Server
		err error
	}
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	answers := make(chan answer, len(addresses))
	for _, address := range addresses {
		go func() {
			dsn := c.product.dsn(address, c.password)
			id, err := c.product.describe(ctx, dsn)
			answers <- answer{dsn, id, err}
		}()
	}
	var err error
	for range addresses {
		a := <-answers
		if a.err == nil {
			return a.dsn, a.id, nil
		}
		err = a.err
	}
	return "", databases.Server{}, err
}

// lastLines returns the end of what the container said.
func (c *container) lastLines(ctx context.Context) string {
	logs, err := c.box.Logs(ctx)
	if err != nil {
		return ""
	}
	defer logs.Close()
	text, err := io.ReadAll(io.LimitReader(logs, 1<<20))
	if err != nil {
		return ""
	}
	return "; its log ends with:\n" + lastLines(text, c.password)
}
