package provision_test

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases/provision"
)

// secret is a password that must not be seen, with what makes URLs hard to read.
const secret = "geheim%s"

func TestDSN(t *testing.T) {
	mariadb := start(t, provision.Options{Database: "mariadb", Via: provision.Local})
	postgres := start(t, provision.Options{Database: "postgres", Via: provision.Local})
	tests := []struct {
		name     string
		database string
		version  string
		dsn      string
		want     []string // parts of the error
	}{
		{"another product", "mysql", "", mariadb.DSN, []string{"it is MariaDB 10", "not MySQL"}},
		{"another version", "postgres", "1", postgres.DSN, []string{"it is PostgreSQL", "not 1"}},
		{"the wrong password", "postgres", "", replacePassword(t, postgres.DSN, "geheim"), []string{"127.0.0.1", `"postgres"`, "password authentication failed"}},
		{"the wrong password for MariaDB", "mariadb", "", replacePassword(t, mariadb.DSN, "geheim"), []string{"127.0.0.1", `"root"`, "Access denied"}},
		{"nobody listens", "postgres", "", "postgres://me:geheim@127.0.0.1:" + nobody(t) + "/x", []string{"127.0.0.1", `"me"`, "refused"}},
		{"nobody listens for MySQL", "mysql", "", "mysql://me:geheim@127.0.0.1:" + nobody(t) + "/x", []string{"127.0.0.1", `"me"`, "refused"}},
		{"no DSN", "postgres", "", "postgres://me:" + secret + "@127.0.0.1:5432/x", []string{"cannot be read"}},
		{"no DSN for MySQL", "mysql", "", "mysql://me:" + secret + "@127.0.0.1:3306/x", []string{"cannot be read"}},
		{"no port", "mariadb", "", "me:geheim@tcp(127.0.0.1:x)/", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := provision.Start(t.Context(), provision.Options{Database: test.database, Version: test.version, DSN: test.dsn})
			if err == nil {
				t.Fatalf("it is served by %s %s", s.Database, s.Version)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
			for _, password := range []string{"geheim", passwordOf(test.dsn)} {
				if password != "" && strings.Contains(err.Error(), password) {
					t.Errorf("error %q shows the password", err)
				}
			}
		})
	}
}

func TestDSNStopsNothing(t *testing.T) {
	own := start(t, provision.Options{Database: "postgres", Via: provision.Local})
	given := start(t, provision.Options{Database: "postgres", DSN: own.DSN})
	if err := given.Kill(t.Context()); err == nil {
		t.Error("Kill should refuse a server that isocheck did not start")
	}
	if err := given.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := query(t.Context(), own, "SELECT '1'"); err != nil {
		t.Errorf("the server should still run: %v", err)
	}
}

func replacePassword(t *testing.T, dsn, password string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String()
}

func passwordOf(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return ""
	}
	password, _ := u.User.Password()
	return password
}

// nobody returns a port that nobody listens on.
func nobody(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
}

func TestWrongOptions(t *testing.T) {
	tests := map[string]struct {
		options provision.Options
		want    string
	}{
		"database": {provision.Options{Database: "oracle"}, "known are postgres, mysql, mariadb"},
		"version":  {provision.Options{Database: "postgres", Version: "newest"}, "is no version"},
		"way":      {provision.Options{Database: "postgres", Via: "train"}, "known are [auto docker local download]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := provision.Start(t.Context(), test.options); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v", err)
			}
		})
	}
}
