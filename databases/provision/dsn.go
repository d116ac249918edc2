package provision

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
)

// connectTime is how long a server that is given by its DSN may take to answer.
const connectTime = 10 * time.Second

// connect looks at the server that the DSN names. It starts nothing.
func connect(ctx context.Context, o *Options, p *product) (*Server, error) {
	place, err := p.place(o.DSN)
	if err != nil {
		return nil, err
	}
	o.say("Connecting to %s", place)
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	id, err := p.describe(ctx, o.DSN)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", place, cause(err))
	}
	if err := p.check(id, o.Version); err != nil {
		return nil, fmt.Errorf("the server at %s is not the one asked for: %w", place, err)
	}
	return &Server{DSN: o.DSN, Database: p.name, Via: Given, Version: id.version}, nil
}

// check fails when a server is not of this product and version.
func (p *product) check(id identity, wanted string) error {
	if id.product != p.name {
		return fmt.Errorf("it is a %s server, not %s", id.product, p.title)
	}
	if !matches(id.version, wanted) {
		return fmt.Errorf("it has version %s, not %s", id.version, wanted)
	}
	return nil
}

// errBadDSN says that a DSN cannot be read. It does not quote it, and not what
// a parser said about it, because both may contain the password.
var errBadDSN = errors.New("cannot be read as a DSN")

// place returns the product, host, port and user of a DSN, for people.
func (p *product) place(dsn string) (string, error) {
	if p.name == "postgres" {
		c, err := pgx.ParseConfig(dsn)
		if err != nil {
			return "", fmt.Errorf("the --dsn %w: write postgres://user:password@host:port/database", errBadDSN)
		}
		return fmt.Sprintf("%s at %s as user %s", p.title, net.JoinHostPort(c.Host, fmt.Sprint(c.Port)), c.User), nil
	}
	c, err := mysqlConfig(dsn)
	if err != nil {
		return "", fmt.Errorf("the --dsn %w: write %s://user:password@host:port/database or user:password@tcp(host:port)/database", errBadDSN, p.name)
	}
	return fmt.Sprintf("%s at %s as user %s", p.title, c.Addr, c.User), nil
}

// cause returns the reason of a failed connection without what the caller says already.
func cause(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %v", connectTime)
	}
	return err
}

// mysqlConfig reads a DSN as a URL or in the driver's own form.
func mysqlConfig(dsn string) (*mysql.Config, error) {
	if !strings.HasPrefix(dsn, "mysql://") && !strings.HasPrefix(dsn, "mariadb://") {
		return mysql.ParseDSN(dsn)
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, err
	}
	c, err := mysql.ParseDSN("/?" + u.RawQuery)
	if err != nil {
		return nil, err
	}
	c.Net, c.Addr, c.DBName = "tcp", u.Host, strings.TrimPrefix(u.Path, "/")
	if u.Port() == "" {
		c.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	return c, nil
}
