// Package mysql talks to MySQL and to MariaDB: it renders the traced operations
// of package databases as their SQL and sends them through go-sql-driver's own
// connections, as prepared statements. There is no database/sql between: it
// would keep a pool, and would run a statement again on another connection when
// the first one is lost.
package mysql

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"
	"sync"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Database is one MySQL or MariaDB server, and the database on it that isocheck works in.
type Database struct {
	config    *driver.Config
	namespace string
	created   bool
	asking    sync.Mutex // see conn.ownLevel
}

var _ databases.Database = (*Database)(nil)

// connectTime is how long connecting may take before it is given up.
const connectTime = 8 * time.Second

// Open returns the server that the DSN names, in URL form
// (mysql://user:password@host:port/database, or mariadb://…, which mean the
// same) or in the Go driver's (user:password@tcp(host:port)/database). Nothing
// is sent yet. The namespace is the database that CreateNamespace makes.
func Open(dsn, namespace string) (*Database, error) {
	if err := databases.CheckNamespace(namespace); err != nil {
		return nil, err
	}
	config, err := parseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("the DSN %s cannot be read: %w", databases.Redact(dsn), err)
	}
	return &Database{config: config, namespace: namespace}, nil
}

// Server connects and says what the server is.
func (d *Database) Server(ctx context.Context) (databases.Server, error) {
	var server databases.Server
	err := d.do(ctx, d.config.DBName, func(l *link) error {
		server = l.server
		return nil
	})
	return server, err
}

// CreateNamespace makes the database. It fails if there is one of that name.
func (d *Database) CreateNamespace(ctx context.Context) error {
	err := d.do(ctx, d.config.DBName, func(l *link) error { return l.exec("CREATE DATABASE " + quote(d.namespace)) })
	if err == nil {
		d.created = true
		return nil
	}
	hint := ""
	if e := (*driver.MySQLError)(nil); errors.As(err, &e) && (e.Number == 1044 || e.Number == 1227) {
		hint = fmt.Sprintf("; let an administrator run: GRANT ALL ON `isocheck\\_%%`.* TO '%s'@'…'", d.config.User)
	}
	return fmt.Errorf("creating database %s on %s: %w%s", d.namespace, d.config.Addr, err, hint)
}

// DropNamespace removes the database and all that is in it, if CreateNamespace made it.
func (d *Database) DropNamespace(ctx context.Context) error {
	if !d.created {
		return nil
	}
	err := d.do(ctx, d.config.DBName, func(l *link) error { return l.exec("DROP DATABASE " + quote(d.namespace)) })
	if err != nil {
		return fmt.Errorf("dropping database %s on %s: %w", d.namespace, d.config.Addr, err)
	}
	d.created = false
	return nil
}

// Prepare makes the tables, empty; those of the same name in the database are dropped first.
func (d *Database) Prepare(ctx context.Context, tables []history.Table) error {
	if err := databases.CheckTables(tables); err != nil {
		return err
	}
	return d.do(ctx, d.namespace, func(l *link) error {
		for i := range tables {
			for _, sql := range ddl(l.server.Product, &tables[i]) {
				if err := l.exec(sql); err != nil {
					return fmt.Errorf("creating table %s.%s: %w", d.namespace, tables[i].Name, err)
				}
			}
		}
		return nil
	})
}

// do runs f on a connection of its own.
func (d *Database) do(ctx context.Context, database string, f func(*link) error) error {
	l, err := d.dial(ctx, database)
	if err != nil {
		return err
	}
	defer l.close()
	defer l.guard(ctx)()
	return f(l)
}

// dial connects. Its error says where to and as whom, and never the password.
func (d *Database) dial(ctx context.Context, database string) (*link, error) {
	return d.dialWith(ctx, database, nil)
}

// dialWith connects with some variables of the session.
func (d *Database) dialWith(ctx context.Context, database string, variables map[string]string) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	config := d.config
	if len(variables) > 0 {
		config = config.Clone()
		if config.Params == nil {
			config.Params = map[string]string{}
		}
		maps.Copy(config.Params, variables)
	}
	l, err := connect(ctx, config, database)
	if err != nil {
		return nil, databases.CannotConnect("MySQL or MariaDB", d.config.Addr, d.config.User, database,
			databases.Hide(connectCause(ctx, err), d.config.Passwd))
	}
	return l, nil
}

// connectCause returns the one thing that a user must know of a failed attempt to connect.
func connectCause(ctx context.Context, err error) string {
	var server *driver.MySQLError
	var network *net.OpError
	var name *net.DNSError
	switch {
	case errors.As(err, &server):
		return fmt.Sprintf("%s (error %d)", server.Message, server.Number)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "no answer within " + connectTime.String()
	case ctx.Err() != nil:
		return "the run was stopped"
	case errors.As(err, &name):
		return "no such host: " + name.Name
	case errors.As(err, &network):
		return network.Err.Error()
	}
	return err.Error()
}

// serverOf reads what VERSION() says: 9.7.4-2, or 10.11.19-MariaDB-0+deb12u1.
func serverOf(version string) databases.Server {
	number, _, _ := strings.Cut(version, "-")
	if strings.Contains(strings.ToLower(version), "mariadb") {
		return databases.Server{Product: "mariadb", Name: "MariaDB", Version: number}
	}
	return databases.Server{Product: "mysql", Name: "MySQL", Version: number}
}
