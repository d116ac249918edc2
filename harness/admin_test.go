package harness_test

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isocheck/isocheck/databases/provision"
)

// admin is a session of an administrator, beside the clients.
type admin struct {
	postgres *pgconn.PgConn
	mysql    *sql.Conn
}

func administrator(t testing.TB, server *provision.Server) admin {
	t.Helper()
	ctx := context.Background()
	if server.Database == "postgres" {
		conn, err := pgconn.Connect(ctx, server.DSN)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close(ctx) })
		return admin{postgres: conn}
	}
	db, err := sql.Open("mysql", driverDSN(t, server.DSN))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		db.Close()
	})
	return admin{mysql: conn}
}

// driverDSN writes a mysql:// URL as the driver wants it.
func driverDSN(t testing.TB, dsn string) string {
	t.Helper()
	if !strings.Contains(dsn, "://") {
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("the server's DSN is no URL")
	}
	config := mysql.NewConfig()
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.Net, config.Addr = "tcp", u.Host
	return config.FormatDSN()
}

func (a admin) exec(t testing.TB, statement string) {
	t.Helper()
	var err error
	if a.postgres != nil {
		_, err = a.postgres.Exec(context.Background(), statement).ReadAll()
	} else {
		_, err = a.mysql.ExecContext(context.Background(), statement)
	}
	if err != nil {
		t.Error(statement, err)
	}
}

// killOne kills the connection that was made last in the namespace: one of a
// client's, as the one that sets up is made first.
func (a admin) killOne(t testing.TB, namespace string) {
	t.Helper()
	if a.postgres != nil {
		a.exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'isocheck' ORDER BY backend_start DESC LIMIT 1`)
		return
	}
	var id string
	err := a.mysql.QueryRowContext(context.Background(), "SELECT max(id) FROM information_schema.processlist WHERE db = '"+namespace+"'").Scan(&id)
	if err != nil {
		t.Error(err)
		return
	}
	a.exec(t, "KILL "+id)
}
