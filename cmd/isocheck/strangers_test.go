package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/workloads"
)

// TestStrangersData runs isocheck against a server on which others have tables of the names that
// isocheck's own have. They are the same afterwards, also when isocheck is killed and run again.
func TestStrangersData(t *testing.T) {
	for _, database := range knownDatabases() {
		t.Run(database, func(t *testing.T) {
			s := newStranger(t, requireServer(t, database))
			before := s.dump(t)
			if lines := strings.Count(before, "\n"); lines < 2*len(s.tables()) {
				t.Fatalf("the dump has %d lines", lines)
			}
			var stdout, stderr bytes.Buffer
			args := []string{"--dsn", s.dsn, "--db", database, "--workload", all, "--duration", "200ms", "--pause", "0", "--out", t.TempDir()}
			if got := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, nil); got == int(notDone) || got == int(wrongUsage) {
				t.Fatalf("exit status %d\n%s", got, stderr.String())
			}
			if diff := cmp.Diff(before, s.dump(t)); diff != "" {
				t.Errorf("a run changed the data of others (-before +after):\n%s", diff)
			}
			stderr.Reset()
			args = []string{"--dsn", s.dsn, "--db", database, "--workload", "counter", "--shard", "0/1", "--run-id", "theirs", "--out", t.TempDir()}
			got := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, nil)
			if got != int(notDone) || !strings.Contains(stderr.String(), "making "+lookalike) || !strings.Contains(stderr.String(), "exists") {
				t.Errorf("a run whose schema there is already: exit status %d\n%s", got, stderr.String())
			}
			if diff := cmp.Diff(before, s.dump(t)); diff != "" {
				t.Errorf("a run whose schema there was already changed it (-before +after):\n%s", diff)
			}
			for range 2 {
				i := start(t, "--dsn", s.dsn, "--db", database, "--workload", "bank", "--duration", "10m")
				i.waitFor("started")
				i.waitForRecords("history-bank-"+string(databases.DefaultLevel(database))+".jsonl.zst", 20_000)
				_ = i.cmd.Process.Kill()
				i.wait()
				if diff := cmp.Diff(before, s.dump(t)); diff != "" {
					t.Errorf("a run that was killed changed the data of others (-before +after):\n%s", diff)
				}
			}
		})
	}
}

// lookalike is a stranger's schema that has the name of a run's.
const lookalike = "isocheck_theirs"

// TestNoRights gives isocheck a user who may connect, and no more: it says what it may not do, and nothing is made.
func TestNoRights(t *testing.T) {
	for database, want := range map[string]string{
		postgreSQL: "permission denied for database postgres (SQLSTATE 42501); let the database's owner run: GRANT CREATE ON DATABASE postgres TO powerless",
		mySQL:      "Access denied for user 'powerless'@'%' to database",
		mariaDB:    "Access denied for user 'powerless'@'%' to database",
	} {
		t.Run(database, func(t *testing.T) {
			s := newStranger(t, requireServer(t, database))
			grant := ""
			if database == postgreSQL {
				s.exec(t, "DROP ROLE IF EXISTS powerless")
				s.exec(t, "CREATE ROLE powerless LOGIN PASSWORD 'a'")
			} else {
				s.exec(t, "CREATE USER powerless IDENTIFIED BY 'a'")
				s.exec(t, "GRANT SELECT ON "+s.place+".* TO powerless")
				t.Cleanup(func() { s.exec(t, "DROP USER powerless") })
				grant = "GRANT ALL"
			}
			before := s.dump(t)
			u, err := url.Parse(s.dsn)
			if err != nil {
				t.Fatal(err)
			}
			u.User = url.UserPassword("powerless", "a")
			var stdout, stderr bytes.Buffer
			args := []string{"--dsn", u.String(), "--db", database, "--out", t.TempDir()}
			if got := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, nil); got != int(notDone) {
				t.Errorf("exit status %d", got)
			}
			for _, text := range []string{"making isocheck_", want, grant} {
				if !strings.Contains(stderr.String(), text) {
					t.Errorf("stderr does not say %q:\n%s", text, stderr.String())
				}
			}
			if diff := cmp.Diff(before, s.dump(t)); diff != "" {
				t.Errorf("something was changed (-before +after):\n%s", diff)
			}
		})
	}
}

// stranger is somebody else's schema, or database, on a server that isocheck is given.
type stranger struct {
	dsn   string // of isocheck, which begins in the stranger's place
	place string // of the stranger's tables
	// One of them is the stranger's connection.
	postgres *pgx.Conn
	mysql    *sql.DB
}

func newStranger(t *testing.T, server *provision.Server) *stranger {
	t.Helper()
	s := &stranger{dsn: server.DSN, place: "public"}
	var err error
	if server.Database == postgreSQL {
		s.postgres, err = pgx.Connect(context.Background(), server.DSN)
	} else {
		s.place = "strangers"
		s.mysql, err = sql.Open("mysql", mysqlConfig(server.DSN).FormatDSN())
	}
	if err != nil {
		t.Fatal(err)
	}
	s.exec(t, "CREATE SCHEMA IF NOT EXISTS "+s.place)
	s.exec(t, "CREATE SCHEMA IF NOT EXISTS isocheck")
	s.exec(t, "CREATE SCHEMA IF NOT EXISTS "+lookalike)
	for _, table := range s.tables() {
		s.exec(t, "CREATE TABLE "+table+" (id bigint PRIMARY KEY, version bigint, previous bigint)")
		s.exec(t, "INSERT INTO "+table+" VALUES (1, 7, 6), (2, 5, 4)")
	}
	if s.postgres == nil { // the DSN is for their database
		u, err := url.Parse(server.DSN)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/" + s.place
		s.dsn = u.String()
	}
	t.Cleanup(func() {
		for _, table := range s.tables() {
			s.exec(t, "DROP TABLE "+table)
		}
		s.close(t)
	})
	return s
}

func (s *stranger) exec(t *testing.T, text string) {
	t.Helper()
	var err error
	if s.postgres != nil {
		_, err = s.postgres.Exec(context.Background(), text)
	} else {
		_, err = s.mysql.ExecContext(context.Background(), text)
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func (s *stranger) close(t *testing.T) {
	t.Helper()
	var err error
	if s.postgres != nil {
		err = s.postgres.Close(context.Background())
	} else {
		err = s.mysql.Close()
	}
	if err != nil {
		t.Error(err)
	}
}

// tables are those of all workloads, in the stranger's place and in two that look like isocheck's.
func (s *stranger) tables() []string {
	var names []string
	for _, w := range workloads.All() {
		params, err := w.Complete(workloads.Params{})
		if err != nil {
			panic(err)
		}
		for _, table := range w.New(params).Tables {
			names = append(names, s.place+"."+table.Name, "isocheck."+table.Name, lookalike+"."+table.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// dump returns all schemas, columns and rows of the server that are not the server's own, nor those of
// isocheck's runs, which are in schemas of their own.
func (s *stranger) dump(t *testing.T) string {
	t.Helper()
	const ours = ` NOT LIKE 'isocheck!_20%' ESCAPE '!'` // they begin with the year
	hidden := "('pg_catalog', 'information_schema', 'pg_toast', 'mysql', 'sys', 'performance_schema')"
	text := s.rows(t, "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN "+hidden+" AND schema_name"+ours+" ORDER BY 1")
	text += s.rows(t, "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns WHERE table_schema NOT IN "+
		hidden+" AND table_schema"+ours+" ORDER BY 1, 2, ordinal_position")
	for _, table := range s.tables() {
		text += table + ":\n" + s.rows(t, "SELECT id, version, previous FROM "+table+" ORDER BY 1")
	}
	return text
}

// rows returns what a query answers, a line a row.
func (s *stranger) rows(t *testing.T, query string) string {
	t.Helper()
	var found []string
	var err error
	if s.postgres != nil {
		found, err = s.postgresRows(query)
	} else {
		found, err = s.mysqlRows(query)
	}
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return strings.Join(append(found, ""), "\n")
}

func (s *stranger) postgresRows(query string) ([]string, error) {
	rows, err := s.postgres.Query(context.Background(), query)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		values, err := row.Values()
		return fmt.Sprint(values), err
	})
}

func (s *stranger) mysqlRows(query string) ([]string, error) {
	rows, err := s.mysql.QueryContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var found []string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		found = append(found, fmt.Sprint(values))
	}
	return found, rows.Err()
}

// mysqlConfig is how the driver connects to a server that isocheck started.
func mysqlConfig(dsn string) *mysql.Config {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.Net, config.Addr = "root", passwordOf(dsn), "tcp", hostPortOf(dsn)
	return config
}
