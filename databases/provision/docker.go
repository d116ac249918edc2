package provision

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"

	"github.com/isocheck/isocheck/databases"
)

const (
	// engineTime is how long a Docker engine may take to answer.
	engineTime = 5 * time.Second
	// containerTime is how long a server in a container may take from its start
	// to its first connection: the official MySQL image takes long.
	containerTime = 3 * time.Minute
	// attemptTime is how long one attempt to connect may take.
	attemptTime = 2 * time.Second
)

// Without this, testcontainers writes a page about the engine to standard error.
func init() { tclog.SetDefault(tclog.NewNoopLogger()) }

// container is a server that runs in a container.
type container struct {
	product  *product
	image    string
	folder   *folder // nil for a server that is to be kept
	log      *os.File
	password string
	box      testcontainers.Container
	api      client.APIClient
}

// startDocker starts a server in a container.
func startDocker(ctx context.Context, o *Options, p *product) (_ *Server, err error) {
	c := &container{product: p, image: o.image(p), password: rand.Text()}
	if o.Keep {
		// The reaper of testcontainers would remove the container after this process.
		if err := os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true"); err != nil {
			return nil, err
		}
	}
	provider, err := engine(ctx)
	if err != nil {
		return nil, err
	}
	c.api = provider.Client()
	sweepContainers(ctx, c.api)
	defer func() {
		if err != nil {
			err = errors.Join(err, c.stop(context.WithoutCancel(ctx)))
		}
	}()
	if !o.Keep {
		if c.folder, err = newFolder(o.Run, p.kill, false); err != nil {
			return nil, err
		}
	}
	logPath, err := c.openLog(o.LogPath)
	if err != nil {
		return nil, err
	}
	o.say("Starting the image %s in Docker", c.image)
	if err := c.run(ctx, o); err != nil {
		return nil, err
	}
	dsn, id, err := c.ready(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.check(id, o.Version); err != nil {
		return nil, fmt.Errorf("the image %s is not the server asked for: %w", c.image, err)
	}
	return &Server{
		DSN: dsn, Database: p.name, Via: Docker, Version: id.Version, LogPath: logPath,
		StopCommand: "docker rm --force --volumes " + c.box.GetContainerID(),
		stop:        c.stop, kill: c.crash,
	}, nil
}

// image is the image to run.
func (o *Options) image(p *product) string {
	switch {
	case o.Image != "":
		return o.Image
	case o.Version != "":
		return p.name + ":" + o.Version
	}
	return p.name + ":latest"
}

// engine returns the Docker engine if one answers soon.
func engine(ctx context.Context) (*testcontainers.DockerProvider, error) {
	type answer struct {
		provider *testcontainers.DockerProvider
		err      error
	}
	// Finding the engine takes no context, and an address may not answer at all.
	found := make(chan answer, 1)
	go func() {
		provider, err := testcontainers.NewDockerProvider(testcontainers.WithLogger(tclog.NewNoopLogger()))
		if err == nil {
			ctx, cancel := context.WithTimeout(ctx, engineTime)
			defer cancel()
			err = provider.Health(ctx)
		}
		found <- answer{provider, err}
	}()
	help := "apt-get install docker.io, and start its engine"
	select {
	case a := <-found:
		if a.err != nil {
			return nil, &unable{reason: "no Docker engine answers", help: help, cause: errors.New(firstLine(a.err.Error()))}
		}
		return a.provider, nil
	case <-time.After(engineTime):
		return nil, &unable{reason: fmt.Sprintf("no Docker engine answers within %v", engineTime), help: help}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// openLog opens the file that gets what the server says, if there is to be one.
func (c *container) openLog(path string) (string, error) {
	if path == "" && c.folder == nil {
		return "", nil
	}
	if path == "" {
		path = c.folder.path + "/server.log"
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return "", fmt.Errorf("opening the server's log: %w", err)
	}
	c.log = f
	return path, nil
}

// run creates and starts the container.
func (c *container) run(ctx context.Context, o *Options) error {
	request := testcontainers.ContainerRequest{
		Image:        c.image,
		Env:          c.product.secrets(c.password),
		ExposedPorts: []string{c.product.port + "/tcp"},
		Cmd:          c.product.containerArguments(),
		Labels:       labels(o.Run, c.folder),
	}
	if c.log != nil {
		request.LogConsumerCfg = &testcontainers.LogConsumerConfig{Consumers: []testcontainers.LogConsumer{logWriter{c.log}}}
	}
	var err error
	c.box, err = testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{
		ContainerRequest: request, Started: true, Logger: tclog.NewNoopLogger(),
	})
	if err != nil {
		return c.explain(ctx, err)
	}
	if c.folder != nil {
		return c.folder.noteContainer(c.box.GetContainerID())
	}
	return nil
}

// explain says what a failure to start a container means.
func (c *container) explain(ctx context.Context, err error) error {
	cause := errors.New(firstLine(err.Error()))
	if strings.Contains(cause.Error(), "reaper") {
		return &unable{reason: "the reaper of testcontainers does not start", cause: cause, help: "TESTCONTAINERS_RYUK_DISABLED=true isocheck …"}
	}
	if _, err := c.api.ImageInspect(ctx, c.image); err != nil && ctx.Err() == nil {
		return &unable{reason: fmt.Sprintf("the image %s is not here and cannot be pulled", c.image), cause: cause, help: "docker pull " + c.image}
	}
	return fmt.Errorf("starting a container of %s: %w", c.image, cause)
}

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

// stop stops and removes the container and what belongs to it.
func (c *container) stop(ctx context.Context) error {
	var errs []error
	if c.box != nil {
		// The context bounds the patience, not the removal.
		patience := stopTime
		if deadline, ok := ctx.Deadline(); ok {
			patience = min(patience, max(0, time.Until(deadline)))
		}
		if ctx.Err() != nil {
			patience = 0
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience+stopTime)
		defer cancel()
		if err := c.box.Terminate(ctx, testcontainers.StopTimeout(patience)); err != nil {
			errs = append(errs, fmt.Errorf("removing the container: %w", err))
		}
	}
	if c.log != nil {
		c.log.Close()
	}
	if c.folder != nil {
		errs = append(errs, c.folder.remove())
	}
	return errors.Join(errs...)
}

// crash ends the server as a crash would.
func (c *container) crash(ctx context.Context) error {
	_, err := c.api.ContainerKill(ctx, c.box.GetContainerID(), client.ContainerKillOptions{Signal: "KILL"})
	if err != nil {
		return fmt.Errorf("killing the container: %w", err)
	}
	return nil
}

// logWriter writes what a container says to a file.
type logWriter struct{ file *os.File }

// Accept is called by testcontainers for each piece. A log that cannot be
// written is no reason to end a run.
func (w logWriter) Accept(l testcontainers.Log) { _, _ = w.file.Write(l.Content) }
