// Package postgres talks to PostgreSQL: it renders the traced operations of
// package databases as PostgreSQL's SQL and sends them through pgx's own
// interface (no database/sql, no pool), as prepared statements, one round trip
// each.
package postgres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Database is one PostgreSQL server, and the schema on it that isocheck works in.
type Database struct {
	config    *pgconn.Config
	namespace string
	created   bool
}

var _ databases.Database = (*Database)(nil)

// connectTime is how long connecting may take before it is given up.
const connectTime = 8 * time.Second

// stopTime is how long a statement that was stopped may take to end.
const stopTime = time.Second

// Open returns the database that the DSN names, in URL form
// (postgres://user:password@host:port/database) or as key=value pairs, which must
// name the host or a service. Nothing is sent yet. The namespace is the schema
// that CreateNamespace makes.
func Open(dsn, namespace string) (*Database, error) {
	if err := databases.CheckNamespace(namespace); err != nil {
		return nil, err
	}
	config, err := parseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("the DSN %s cannot be read: %w", databases.Redact(dsn), err)
	}
	config.RuntimeParams["application_name"] = "isocheck"
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: stopTime}
	}
	return &Database{config: config, namespace: namespace}, nil
}

// Server connects and says what the server is.
func (d *Database) Server(ctx context.Context) (databases.Server, error) {
	server := databases.Server{Product: "postgres", Name: "PostgreSQL"}
	err := d.do(ctx, func(c *pgconn.PgConn) error {
		version, _, _ := strings.Cut(c.ParameterStatus("server_version"), " ")
		server.Version = version
		return nil
	})
	return server, err
}

// CreateNamespace makes the schema. It fails if there is one of that name.
func (d *Database) CreateNamespace(ctx context.Context) error {
	err := d.do(ctx, func(c *pgconn.PgConn) error { return exec(ctx, c, "CREATE SCHEMA "+quote(d.namespace)) })
	if err == nil {
		d.created = true
		return nil
	}
	hint := ""
	if classify(err, nil).Code == "42501" {
		hint = fmt.Sprintf(`; let the database's owner run: GRANT CREATE ON DATABASE %s TO %s`, quote(cmp.Or(d.config.Database, d.config.User)), quote(d.config.User))
	}
	return fmt.Errorf("creating schema %s on %s: %w%s", d.namespace, d.where(), err, hint)
}

// DropNamespace removes the schema and all that is in it, if CreateNamespace made it.
func (d *Database) DropNamespace(ctx context.Context) error {
	if !d.created {
		return nil
	}
	err := d.do(ctx, func(c *pgconn.PgConn) error {
		return exec(ctx, c, "DROP SCHEMA "+quote(d.namespace)+" CASCADE")
	})
	if err != nil {
		return fmt.Errorf("dropping schema %s on %s: %w", d.namespace, d.where(), err)
	}
	d.created = false
	return nil
}

// Prepare makes the tables, empty; those of the same name in the schema are dropped first.
func (d *Database) Prepare(ctx context.Context, tables []history.Table) error {
	if err := databases.CheckTables(tables); err != nil {
		return err
	}
	return d.do(ctx, func(c *pgconn.PgConn) error {
		if err := exec(ctx, c, d.searchPath()); err != nil {
			return fmt.Errorf("choosing schema %s: %w", d.namespace, err)
		}
		for i := range tables {
			if err := exec(ctx, c, ddl(&tables[i])); err != nil {
				return fmt.Errorf("creating table %s.%s: %w", d.namespace, tables[i].Name, err)
			}
		}
		return nil
	})
}

func (d *Database) searchPath() string { return "SET search_path TO " + quote(d.namespace) }

// do runs f on a connection of its own.
func (d *Database) do(ctx context.Context, f func(*pgconn.PgConn) error) error {
	c, err := d.dial(ctx)
	if err != nil {
		return err
	}
	defer closeConn(c)
	return f(c)
}

// dial connects. Its error says where to and as whom, and never the password.
func (d *Database) dial(ctx context.Context) (*pgconn.PgConn, error) { return d.dialWith(ctx, nil) }

// dialWith connects with some parameters of the server.
func (d *Database) dialWith(ctx context.Context, params map[string]string) (*pgconn.PgConn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	config := d.config
	if len(params) > 0 {
		config = config.Copy()
		maps.Copy(config.RuntimeParams, params)
	}
	c, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, databases.CannotConnect("PostgreSQL", d.where(), d.config.User, d.config.Database,
			databases.Hide(connectCause(ctx, err), d.config.Password))
	}
	return c, nil
}

func (d *Database) where() string { return databases.HostPort(d.config.Host, d.config.Port) }

func exec(ctx context.Context, c *pgconn.PgConn, sql string) error {
	_, err := c.Exec(ctx, sql).ReadAll()
	return err
}

// closeConn says goodbye, also when the context of the work is over.
func closeConn(c *pgconn.PgConn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.Close(ctx) // the server closes its end when ours is gone
}
