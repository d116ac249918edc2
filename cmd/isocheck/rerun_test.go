package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The command in a report does the same once more: without what would replace the report, and
// with what came from the environment.
func TestRerun(t *testing.T) {
	for name, tt := range map[string]struct {
		args, env []string
		sources   map[string]string
		more      []string
		want      string
	}{
		"as it was":           {args: []string{"--db", "postgres"}, want: "isocheck --db postgres"},
		"with more":           {args: []string{"--db", "postgres"}, more: []string{"--seed", "7"}, want: "isocheck --db postgres --seed 7"},
		"without the folder":  {args: []string{"--out", "a", "--quiet", "--out=b"}, want: "isocheck --quiet"},
		"before arguments":    {args: []string{"compare", "--", "a", "b"}, more: []string{"--seed", "7"}, want: "isocheck compare --seed 7 -- a b"},
		"from a variable":     {args: []string{"--db", "mysql"}, env: []string{"ISOCHECK_LEVEL=all"}, sources: map[string]string{"level": "$ISOCHECK_LEVEL", "db": "flag"}, want: "isocheck --db mysql --level=all"},
		"its own folder":      {env: []string{"ISOCHECK_OUT=a"}, sources: map[string]string{"out": "$ISOCHECK_OUT"}, want: "isocheck"},
		"a configuration":     {env: []string{"ISOCHECK_CONFIG=a b.yaml"}, want: "isocheck --config 'a b.yaml'"},
		"no password":         {env: []string{"ISOCHECK_DSN=postgres://u:hunter2secret@h/d", "ISOCHECK_FORBID=hunter2secret"}, sources: map[string]string{"dsn": "$ISOCHECK_DSN", "forbid": "$ISOCHECK_FORBID"}, want: "isocheck '--forbid=***'"},
		"no password of args": {args: []string{"--dsn", "postgres://u:hunter2secret@h/d", "--out", "x"}, want: "isocheck --dsn postgres://u:xxxxx@h/d"},
	} {
		t.Run(name, func(t *testing.T) {
			a := &app{args: tt.args, env: tt.env, sources: tt.sources}
			if got := a.rerun(tt.more...); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// A run without --seed says in its report how to run it again: that asks the same of the
// database, and does not replace the report. So do a comparison and advice.
func TestRerunRepeats(t *testing.T) {
	s := requireServer(t, postgreSQL)
	t.Chdir(t.TempDir())
	env := []string{dsnVariable + "=" + s.DSN}
	quick := []string{"--workload", "counter", "--clients", "2", "--duration", "200ms", "--quiet"}
	invoke := func(args []string) {
		t.Helper()
		var out bytes.Buffer
		if status := run(t.Context(), args, strings.NewReader(""), &out, &out, env); status > int(inconclusive) {
			t.Fatalf("isocheck %s: exit status %d\n%s", strings.Join(args, " "), status, out.String())
		}
	}
	invoke(append([]string{"--level", "read-committed", "--out", "first"}, quick...))
	command, seed := seedOf(t, filepath.Join("first", findingsFile))
	invoke(strings.Fields(command)[1:])
	made, err := filepath.Glob("isocheck-results/*/" + findingsFile)
	if err != nil || len(made) != 1 {
		t.Fatalf("%s made %v, %v", command, made, err)
	}
	if again, same := seedOf(t, made[0]); same != seed || again != command {
		t.Errorf("%s had seed %d, and what it says to run again, %s, had seed %d", command, seed, again, same)
	}

	invoke(append([]string{"compare", "--dsn", s.DSN, "--dsn", s.DSN, "--level", "read-committed", "--rounds", "1", "--out", "compared"}, quick...))
	command, seed = seedOf(t, filepath.Join("compared", "postgres-dsn", findingsFile))
	if whole, _ := seedOf(t, filepath.Join("compared", compareData)); whole != command || !strings.HasSuffix(command, " --seed "+strconv.FormatUint(seed, 10)) {
		t.Errorf("the comparison says %s, one of its sides with seed %d %s", whole, seed, command)
	}
	invoke(append([]string{"advise", "--level", "read-committed", "--repeats", "1", "--out", "advised"}, quick...))
	if command, _ = seedOf(t, filepath.Join("advised", adviceData)); !strings.Contains(command, " --seed ") || strings.Contains(command, "--out") {
		t.Errorf("the advice says %s", command)
	}
}

// seedOf returns the command that a report gives to run it again, and the seed of its first run, 0 where it has none.
func seedOf(t *testing.T, file string) (command string, seed uint64) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Command string
		Runs    []struct {
			Findings struct{ Header struct{ Seed uint64 } }
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Runs) > 0 {
		seed = d.Runs[0].Findings.Header.Seed
	}
	return d.Command, seed
}
