package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"
)

// some PATTERN wants that there is a file of that pattern.
func some(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: some PATTERN")
	}
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("no file %s", args[0])
	}
}

var runID = regexp.MustCompile(`run ([0-9a-f_]+)`)

// schema DATABASE wants that the schema of the last command's run is on the
// shared server, or, with !, that it is not.
func schema(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] schema DATABASE")
	}
	id := runID.FindStringSubmatch(ts.ReadFile("stderr"))
	if id == nil {
		ts.Fatalf("the last command did not say which run it was")
	}
	there, err := hasSchema(args[0], "isocheck_"+id[1])
	ts.Check(err)
	if there == neg {
		ts.Fatalf("schema isocheck_%s on the %s server: %v", id[1], args[0], there)
	}
}

// hasSchema asks the shared server of a database, without isocheck's own code.
func hasSchema(database, name string) (bool, error) {
	s, err := servers.start(database)
	if err != nil {
		return false, err
	}
	ctx := context.Background()
	count := 0
	if database == postgreSQL {
		c, err := pgx.Connect(ctx, s.DSN)
		if err != nil {
			return false, err
		}
		defer func() { _ = c.Close(ctx) }()
		err = c.QueryRow(ctx, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = $1", name).Scan(&count)
		return count > 0, err
	}
	config := mysql.NewConfig()
	config.User, config.Passwd, config.Net, config.Addr = "root", passwordOf(s.DSN), "tcp", hostPortOf(s.DSN)
	db, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		return false, err
	}
	defer func() { _ = db.Close() }()
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = ?", name).Scan(&count)
	return count > 0, err
}

// findings FILE FILE wants that two findings.json found the same. How the
// command was called, and when, may differ.
func findings(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: findings FILE FILE")
	}
	var runs [2]map[string]any
	for i, file := range args {
		var whole struct{ Runs []map[string]any }
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &whole))
		if len(whole.Runs) == 0 {
			ts.Fatalf("no runs in %s", file)
		}
		runs[i] = map[string]any{}
		for _, r := range whole.Runs {
			f, ok := r["findings"].(map[string]any)
			if !ok {
				ts.Fatalf("no findings in a run of %s", file)
			}
			header := f["header"].(map[string]any)
			runs[i][header["workload"].(string)] = f
		}
	}
	if diff := cmp.Diff(runs[0], runs[1]); diff != "" {
		ts.Fatalf("the findings differ (-%s +%s):\n%s", args[0], args[1], diff)
	}
}

var stopIt = regexp.MustCompile(`stop it: (.*)`)

// stopkept runs the command that --keep names to stop the server.
func stopKept(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: stopkept")
	}
	command := stopIt.FindStringSubmatch(ts.ReadFile("stderr"))
	if command == nil {
		ts.Fatalf("the last command did not say how to stop the server")
	}
	ts.Check(exec.Command("sh", "-c", command[1]).Run())
}
