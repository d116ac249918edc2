package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

const (
	// registryTime is how long a registry may take to say something, where
	// there are other ways to get a server, and registryTimeAlone where there are none.
	registryTime      = 5 * time.Second
	registryTimeAlone = 30 * time.Second
	// pullSilence is how long a pull that has begun may say nothing.
	pullSilence = time.Minute
)

// pull gets the image if the engine does not have it. It is done here because
// testcontainers waits long for a registry that does not answer.
func (c *container) pull(ctx context.Context, o *Options) error {
	if testcontainers.ReadConfig().Config.HubImageNamePrefix != "" {
		return nil // testcontainers runs the image by another name
	}
	if _, err := c.api.ImageInspect(ctx, c.image); err == nil {
		return nil
	}
	o.say("Pulling the image %s", c.image)
	patience := registryTime
	if o.Via == Docker {
		patience = registryTimeAlone
	}
	bounded, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(patience, func() { cancel(errors.New("the registry does not answer")) })
	defer silence.Stop()
	err := c.download(bounded, func() { silence.Reset(pullSilence) })
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case bounded.Err() != nil:
		return c.unpulled(context.Cause(bounded))
	case err != nil:
		return c.unpulled(err)
	}
	return nil
}

// download lets the engine pull the image, and calls heard whenever it tells how far it is.
func (c *container) download(ctx context.Context, heard func()) error {
	var options client.ImagePullOptions
	if _, auth, err := testcontainers.DockerImageAuth(ctx, c.image); err == nil {
		if options.RegistryAuth, err = authconfig.Encode(auth); err != nil {
			return fmt.Errorf("the credentials for its registry: %w", err)
		}
	}
	pulling, err := c.api.ImagePull(ctx, c.image, options)
	if err != nil {
		return err
	}
	for message, err := range pulling.JSONMessages(ctx) {
		if err != nil {
			return err
		}
		if message.Error != nil {
			return message.Error
		}
		heard()
	}
	return nil
}

// unpulled is the error for an image that cannot be had.
func (c *container) unpulled(cause error) error {
	why := strings.TrimPrefix(firstLine(cause.Error()), "Error response from daemon: ")
	return &unable{
		reason: fmt.Sprintf("the image %s is not here and cannot be pulled", c.image),
		cause:  errors.New(why), help: "docker pull " + c.image,
	}
}
