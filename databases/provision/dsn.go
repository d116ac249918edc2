package provision

import (
	"context"
	"fmt"
	"time"

	"github.com/isocheck/isocheck/databases"
)

// connectTime is how long a server that is given by its DSN may take to answer.
const connectTime = 10 * time.Second

// connect looks at the server that the DSN names. It starts nothing.
func connect(ctx context.Context, o *Options, p *product) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	found, err := p.describe(ctx, o.DSN)
	if err != nil {
		return nil, err
	}
	if err := p.check(found, o.Version); err != nil {
		return nil, fmt.Errorf("the server of the DSN %s is not the one asked for: %w", databases.Redact(o.DSN), err)
	}
	return &Server{DSN: o.DSN, Database: p.name, Via: Given, Version: found.Version}, nil
}

// check fails when a server is not of this product and version.
func (p *product) check(found databases.Server, wanted string) error {
	if found.Product != p.name {
		return fmt.Errorf("it is %s %s, not %s", found.Name, found.Version, p.titled(wanted))
	}
	if !matches(found.Version, wanted) {
		return fmt.Errorf("it is %s %s, not %s", found.Name, found.Version, wanted)
	}
	return nil
}
