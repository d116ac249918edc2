package provision_test

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"

	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
)

// start starts a server that stops with the test.
func start(t *testing.T, o provision.Options) *provision.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	o.Run = "test"
	s, err := provision.Start(ctx, o)
	if err != nil {
		provisiontest.Missing(t, "%v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Errorf("stopping %s: %v", o.Database, err)
		}
	})
	return s
}

// enterable is a temporary folder that the servers' users may enter, as t.TempDir is not.
func enterable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "isochecktest")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// query connects as any program would, and returns the one value that a statement gives.
func query(ctx context.Context, s *provision.Server, statement string) (value string, err error) {
	if s.Database == "postgres" {
		conn, err := pgx.Connect(ctx, s.DSN)
		if err != nil {
			return "", err
		}
		defer conn.Close(ctx)
		err = conn.QueryRow(ctx, statement).Scan(&value)
		return value, err
	}
	u, err := url.Parse(s.DSN)
	if err != nil {
		return "", err
	}
	db, err := sql.Open("mysql", u.User.String()+"@tcp("+u.Host+")"+u.Path)
	if err != nil {
		return "", err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, statement).Scan(&value)
	return value, err
}

// execute connects and runs a statement that gives nothing back.
func execute(ctx context.Context, s *provision.Server, statement string) error {
	if s.Database == "postgres" {
		conn, err := pgx.Connect(ctx, s.DSN)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, statement)
		return err
	}
	u, err := url.Parse(s.DSN)
	if err != nil {
		return err
	}
	db, err := sql.Open("mysql", u.User.String()+"@tcp("+u.Host+")"+u.Path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// silent checks that a server does not answer any more.
func silent(t *testing.T, s *provision.Server) {
	t.Helper()
	if _, err := query(t.Context(), s, "SELECT '1'"); err == nil {
		t.Error("the server still answers")
	}
}

// want says which settings a started server must have: those of a server that
// loses nothing, and room for many clients.
var want = map[string]map[string]string{
	"postgres": {
		"SHOW fsync": "on", "SHOW synchronous_commit": "on", "SHOW full_page_writes": "on",
		"SHOW max_connections": "300", "SHOW listen_addresses": "127.0.0.1", "SHOW server_encoding": "UTF8",
	},
	"mysql": {
		"SELECT @@innodb_flush_log_at_trx_commit": "1", "SELECT @@sync_binlog": "1", "SELECT @@innodb_doublewrite": "ON",
		"SELECT @@max_connections": "300", "SELECT @@bind_address": "127.0.0.1",
	},
	"mariadb": {
		"SELECT @@innodb_flush_log_at_trx_commit": "1", "SELECT @@innodb_doublewrite": "1",
		"SELECT @@max_connections": "300", "SELECT @@bind_address": "127.0.0.1",
	},
}

func TestLocal(t *testing.T) {
	for _, database := range []string{"postgres", "mariadb", "mysql"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			log := filepath.Join(t.TempDir(), "server.log")
			s := start(t, provision.Options{Database: database, Via: provision.Local, LogPath: log})
			if s.Via != provision.Local || s.Database != database || s.LogPath != log {
				t.Errorf("server is %s via %s with log %s", s.Database, s.Via, s.LogPath)
			}
			for statement, value := range want[database] {
				if got, err := query(t.Context(), s, statement); got != value || err != nil {
					t.Errorf("%s: %s, %v, want %s", statement, got, err, value)
				}
			}
			// The version asked for is the version that runs, at any precision.
			parts := strings.Split(s.Version, ".")
			for n := range parts {
				again := start(t, provision.Options{Database: database, Version: strings.Join(parts[:n+1], "."), DSN: s.DSN})
				if again.Version != s.Version || again.Via != provision.Given {
					t.Errorf("by its DSN it is %s via %s", again.Version, again.Via)
				}
			}
			stopped(t, s)
			if text, err := os.ReadFile(log); err != nil || len(text) == 0 {
				t.Errorf("its log should stay: %d bytes, %v", len(text), err)
			}
		})
	}
}

// stopped stops a server and checks that it is gone with its folder.
func stopped(t *testing.T, s *provision.Server) {
	t.Helper()
	folder := folderOf(t, s)
	for range 2 {
		if err := s.Stop(context.Background()); err != nil {
			t.Errorf("stopping: %v", err)
		}
	}
	silent(t, s)
	if left := using(folder); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("its folder is left: %v", err)
	}
}

// folderOf returns the folder of a local server, which its stop command names.
func folderOf(t *testing.T, s *provision.Server) string {
	t.Helper()
	_, rest, ok := strings.Cut(s.StopCommand, "rm -rf '")
	if !ok {
		t.Fatalf("no folder in %q", s.StopCommand)
	}
	return strings.TrimSuffix(rest, "'")
}

func TestKill(t *testing.T) {
	for _, database := range []string{"postgres", "mariadb"} {
		t.Run(database, func(t *testing.T) {
			s := start(t, provision.Options{Database: database, Via: provision.Local})
			if err := s.Kill(t.Context()); err != nil {
				t.Fatal(err)
			}
			silent(t, s)
			stopped(t, s)
		})
	}
}

// TestStopWithoutTime stops by force, as a second Ctrl-C does.
func TestStopWithoutTime(t *testing.T) {
	s := start(t, provision.Options{Database: "mysql", Via: provision.Local})
	folder := folderOf(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
	silent(t, s)
	gone(t, folder)
}

func TestLocalVersionThatIsNotThere(t *testing.T) {
	_, err := provision.Start(t.Context(), provision.Options{Database: "postgres", Version: "150", Via: provision.Local})
	if err == nil || !strings.Contains(err.Error(), "no binary of PostgreSQL 150") {
		t.Errorf("error is %v", err)
	}
}

func TestLocalFailureShowsTheLog(t *testing.T) {
	dir := enterable(t)
	script := "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'postgres (PostgreSQL) 15.99'; exit; fi\necho 'could not do it' >&2; exit 1\n"
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, err := provision.Start(t.Context(), provision.Options{Database: "postgres", Version: "15", Via: provision.Local, BinDir: dir})
	if err == nil || !strings.Contains(err.Error(), "could not do it") || !strings.Contains(err.Error(), "initdb ended with exit status 1") {
		t.Errorf("error is %v", err)
	}
}
