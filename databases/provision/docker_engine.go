package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
)

// engineTime is how long a Docker engine may take to answer.
const engineTime = 5 * time.Second

// Without this, testcontainers writes a page about the engine to standard error.
func init() { tclog.SetDefault(tclog.NewNoopLogger()) }

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
			return nil, &unable{reason: "no Docker engine answers", help: help, cause: errors.New(firstLine(a.err.Error())), absent: true}
		}
		return a.provider, nil
	case <-time.After(engineTime):
		return nil, &unable{reason: fmt.Sprintf("no Docker engine answers within %v", engineTime), help: help}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// explain says what a failure to start a container means.
func (c *container) explain(ctx context.Context, err error) error {
	cause := errors.New(firstLine(err.Error()))
	if strings.Contains(cause.Error(), "reaper") {
		return &unable{reason: "the reaper of testcontainers does not start", cause: cause, help: "TESTCONTAINERS_RYUK_DISABLED=true isocheck …"}
	}
	if _, err := c.api.ImageInspect(ctx, c.image); err != nil && ctx.Err() == nil {
		return c.unpulled(cause)
	}
	return fmt.Errorf("starting a container of %s: %w", c.image, cause)
}
