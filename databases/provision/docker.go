package provision

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
)

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
	if err := c.pull(ctx, o); err != nil {
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
		StopCommand: c.stopCommand(),
		stop:        c.stop, controls: c, address: addressOf(dsn),
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
		Cmd:          append(c.product.containerArguments(), c.product.durability(o.UnsafeDurability)...),
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

// logWriter writes what a container says to a file.
type logWriter struct{ file *os.File }

// Accept is called by testcontainers for each piece. A log that cannot be
// written is no reason to end a run.
func (w logWriter) Accept(l testcontainers.Log) { _, _ = w.file.Write(l.Content) }
