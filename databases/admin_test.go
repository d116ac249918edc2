package databases_test

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
)

// reopen opens the server's database again, with more parameters in the DSN and a namespace of its own.
func (s *server) reopen(t *testing.T, parameters string) *server {
	t.Helper()
	separator := "?"
	if strings.Contains(s.dsn, "?") {
		separator = "&"
	}
	return newServerAt(t, s.product, s.dsn+separator+parameters, s.tables)
}

// withUser returns the DSN for another user.
func withUser(t *testing.T, dsn, user, password string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	must(t, err)
	u.User = url.UserPassword(user, password)
	return u.String()
}

// withDatabase returns the DSN for another database.
func withDatabase(t *testing.T, dsn, database string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	must(t, err)
	u.Path = "/" + database
	return u.String()
}

// admin runs a statement on a connection that is none of isocheck's.
func (s *server) admin(t *testing.T, statement string) {
	t.Helper()
	ctx := context.Background()
	if s.product == "postgres" {
		c, err := pgx.Connect(ctx, s.dsn)
		must(t, err)
		defer func() { _ = c.Close(ctx) }()
		_, err = c.Exec(ctx, statement)
		must(t, err)
		return
	}
	db := s.pool(t)
	defer func() { _ = db.Close() }()
	_, err := db.ExecContext(ctx, statement)
	must(t, err)
}

// pool returns connections to MySQL or MariaDB that are none of isocheck's.
func (s *server) pool(t *testing.T) *sql.DB {
	t.Helper()
	u, err := url.Parse(s.dsn)
	must(t, err)
	user := u.User.Username()
	if password, ok := u.User.Password(); ok {
		user += ":" + password
	}
	db, err := sql.Open("mysql", user+"@tcp("+u.Host+")/")
	must(t, err)
	return db
}

// kill ends, on the server, every connection that works in this test's namespace.
func (s *server) kill(t *testing.T) {
	t.Helper()
	if s.product == "postgres" {
		s.admin(t, `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
			JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '`+s.namespace+`' AND l.pid <> pg_backend_pid()`)
		return
	}
	db := s.pool(t)
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), "SELECT id FROM information_schema.processlist WHERE db = ?", s.namespace)
	must(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		must(t, rows.Scan(&id))
		s.admin(t, "KILL "+id)
	}
	must(t, rows.Err())
}

// ask returns the first column of what a query answers to somebody else than isocheck.
func (s *server) ask(t *testing.T, query string) []string {
	t.Helper()
	if s.product == "postgres" {
		c, err := pgx.Connect(t.Context(), s.dsn)
		must(t, err)
		defer func() { _ = c.Close(context.Background()) }()
		rows, err := c.Query(t.Context(), query)
		must(t, err)
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		return found
	}
	db := s.pool(t)
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), query)
	must(t, err)
	defer func() { _ = rows.Close() }()
	var found []string
	for rows.Next() {
		var one string
		must(t, rows.Scan(&one))
		found = append(found, one)
	}
	must(t, rows.Err())
	return found
}
