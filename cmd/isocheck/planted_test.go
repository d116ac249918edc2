package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"
)

// planted is a password with signs that a URL has to escape.
const planted = "Pl4nted S3cret/x"

// TestPlantedPassword gives isocheck a DSN with a password in each way there is, in runs that succeed,
// are disturbed or fail, and looks for the password in all that isocheck writes.
func TestPlantedPassword(t *testing.T) {
	server := requireServer(t, postgreSQL)
	plant(t, server.DSN)
	dsn := func(user, place string) string {
		return "postgres://" + user + ":Pl4nted%20S3cret%2Fx@" + place + "/postgres?sslmode=disable"
	}
	good := dsn("planted", hostPortOf(server.DSN))
	pairs := func() string {
		host, port, _ := strings.Cut(hostPortOf(server.DSN), ":")
		return fmt.Sprintf("host=%s port=%s user=planted password='%s' dbname=postgres sslmode=disable", host, port, planted)
	}
	unescaped := func(sign string) string {
		return "postgres://planted:Pl4nted" + sign + "S3cret@127.0.0.1:1/postgres"
	}
	quick := []string{"--workload", "counter", "--duration", "300ms", "-v", "--report", "html,json,junit,markdown,github"}
	for _, tt := range []struct {
		name, config string
		args, env    []string
		want         int
	}{
		{name: "flag", args: append([]string{"--dsn", good}, quick...), want: int(asExpected)},
		{name: "flag with =", args: append([]string{"--dsn=" + pairs()}, quick...), want: int(asExpected)},
		{name: "variable", args: quick, env: []string{dsnVariable + "=" + good}, want: int(asExpected)},
		{name: "configuration", args: quick, config: "dsn: " + good, want: int(asExpected)},
		{name: "disturbed", args: append(quick[:len(quick):len(quick)], "--dsn", good, "--faults", "terminate,disconnect", "--fault-interval", "100ms", "--duration", "2s"), want: int(asExpected)},
		{name: "no such user", args: []string{"--dsn", dsn("nobody", hostPortOf(server.DSN))}, want: int(notDone)},
		{name: "no server", args: nil, env: []string{dsnVariable + "=" + dsn("planted", "127.0.0.1:1")}, want: int(notDone)},
		{name: "no rights", args: []string{"--dsn", dsn("powerless", hostPortOf(server.DSN))}, want: int(notDone)},
		{name: "bad port", args: []string{"--dsn", dsn("planted", "127.0.0.1:port")}, want: int(wrongUsage)},
		{name: "not escaped", config: "dsn: postgres://planted:" + planted + "@127.0.0.1:1/postgres", want: int(wrongUsage)},
		{name: "at", args: []string{"--dsn", unescaped("@")}, want: int(wrongUsage)},
		{name: "at, variable", env: []string{dsnVariable + "=" + unescaped("@")}, want: int(wrongUsage)},
		{name: "at, probes", args: []string{"probe", "--dsn", unescaped("@")}, want: int(wrongUsage)},
		{name: "at, advice", args: []string{"advise", "--dsn", unescaped("@")}, want: int(wrongUsage)},
		{name: "at, compared", args: []string{"compare", "--dsn", good, "--dsn", unescaped("@")}, want: int(wrongUsage)},
		{name: "at, replica", args: []string{"--dsn", good, "--level", "read-committed", "--replica-dsn", unescaped("@")}, want: int(wrongUsage)},
		{name: "at, settings", args: []string{"config", "--dsn", unescaped("@")}, want: int(asExpected)},
		{name: "question mark", args: []string{"--dsn", unescaped("?")}, want: int(wrongUsage)},
		{name: "colon", args: []string{"--dsn", unescaped(":")}, want: int(notDone)},
		{name: "hash", args: []string{"--dsn", unescaped("#")}, want: int(notDone)},
		{name: "pairs, blank", args: []string{"--dsn", "host=127.0.0.1 port=1 password=" + planted + " user=planted"}, want: int(wrongUsage)},
		{name: "pairs, quote", args: []string{"--dsn", "host=127.0.0.1 port=1 password='Pl4nted'S3cret' user=planted"}, want: int(wrongUsage)},
		{name: "pairs in two words", args: []string{"--dsn", "host=127.0.0.1", "password=" + planted}, want: int(wrongUsage)},
		{name: "no scheme", args: []string{"--dsn", "planted:Pl4nted@S3cret@127.0.0.1:1/postgres?sslmode=disable"}, want: int(wrongUsage)},
		{name: "where the name belongs", args: []string{"--db", good}, want: int(wrongUsage)},
		{name: "where a command belongs", args: []string{good}, want: int(wrongUsage)},
		{name: "at, MySQL", args: []string{"--dsn", "mysql://planted:Pl4nted@S3cret@127.0.0.1:1/"}, want: int(wrongUsage)},
		{name: "replica", args: []string{"--dsn", good, "--level", "read-committed"}, config: "replica-dsn: " + dsn("nobody", hostPortOf(server.DSN)), want: int(notDone)},
		{name: "probes", args: []string{"probe", "p4", "--dsn", good, "--level", "read-committed"}, want: int(asExpected)},
		{name: "compared", args: append([]string{"compare", "--dsn", good, "--dsn", good, "--rounds", "1"}, quick[:5]...), want: int(asExpected)},
		{name: "settings", args: []string{"config", "--dsn", good}, env: []string{variableOf("replica-dsn") + "=" + good}, want: int(asExpected)},
		{name: "help", args: []string{"--help"}, env: []string{dsnVariable + "=" + good}, want: int(asExpected)},
		{name: "no such user, MySQL", args: []string{"--dsn", "mysql://nobody:Pl4nted%20S3cret%2Fx@" + hostPortOf(requireServer(t, mySQL).DSN) + "/"}, want: int(notDone)},
		{name: "no such user, MariaDB", args: []string{"--dsn", "nobody:" + planted + "@tcp(" + hostPortOf(requireServer(t, mariaDB).DSN) + ")/", "--db", "mariadb"}, want: int(notDone)},
		{name: "wrong flag", args: []string{"--dsn", good, "--level", "no-such-level"}, want: int(wrongUsage)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if tt.config != "" {
				config := filepath.Join(t.TempDir(), "settings.yaml")
				if err := os.WriteFile(config, []byte(tt.config+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				tt.env = append(tt.env, configVariable+"="+config)
			}
			summary := filepath.Join(t.TempDir(), "summary.md")
			tt.env = append(tt.env, "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+summary)
			var stdout, stderr bytes.Buffer
			before := goleak.IgnoreCurrent()
			got := run(context.Background(), append(tt.args, "--out", "out"), strings.NewReader(""), &stdout, &stderr, tt.env)
			goleak.VerifyNone(t, before)
			if got == int(inconclusive) { // it was too short for a busy machine, which is no matter here
				got = int(asExpected)
			}
			if got != tt.want {
				t.Errorf("exit status %d, want %d\n%s%s", got, tt.want, stdout.String(), stderr.String())
			}
			notIn(t, "stdout", stdout.String())
			notIn(t, "stderr", stderr.String())
			written, _ := os.ReadFile(summary) // where there is none, nothing is in it
			notIn(t, "the step's summary", string(written))
			least := 0 // of files
			if slices.Contains(tt.args, "-v") {
				least = 5
			}
			notInFiles(t, "out", least)
		})
	}
}

// plant makes users with the planted password: one who may work, and one who may not.
func plant(t *testing.T, dsn string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	for _, text := range []string{
		"DROP ROLE IF EXISTS powerless", "CREATE ROLE powerless LOGIN PASSWORD '" + planted + "'",
		"DROP ROLE IF EXISTS planted", "CREATE ROLE planted LOGIN SUPERUSER PASSWORD '" + planted + "'",
	} {
		if _, err := c.Exec(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
}

// notIn wants that the planted password is not in a text, in none of its forms, nor a part that says much.
func notIn(t *testing.T, what, text string) {
	t.Helper()
	for _, form := range []string{planted, "Pl4nted%20S3cret%2Fx", "Pl4nted%20S3cret/x", "Pl4nted+S3cret", "S3cret", "Pl4nted"} {
		if strings.Contains(text, form) {
			t.Errorf("%s contains %q:\n%s", what, form, text)
			return
		}
	}
}

// notInFiles wants that the planted password is in no file of a folder. So many must be there at least.
func notInFiles(t *testing.T, folder string, least int) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := readPlain(file)
		if err == nil {
			seen++
			notIn(t, file, text)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if seen < least {
		t.Errorf("there are %d files in %s, not %d", seen, folder, least)
	}
}

// TestNoPasswordAmongProcesses looks at the command lines of all processes while isocheck runs: neither
// the password of a DSN in the environment is there, nor that of a server that isocheck started.
func TestNoPasswordAmongProcesses(t *testing.T) {
	server := requireServer(t, postgreSQL)
	plant(t, server.DSN)
	temp, err := startFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temp) })
	given := startWith(t, temp, []string{dsnVariable + "=postgres://planted:Pl4nted%20S3cret%2Fx@" + hostPortOf(server.DSN) + "/postgres"},
		"--workload", "counter", "--duration", "10m")
	given.waitFor("started")
	for _, line := range commandLines(t) {
		notIn(t, "a command line", line)
	}
	given.signal(os.Interrupt)
	given.wait()

	for _, database := range knownDatabases() {
		s := requireServer(t, database)
		password := passwordOf(s.DSN)
		if len(password) < 8 {
			t.Fatalf("the password of the %s server is %q", database, password)
		}
		for _, line := range commandLines(t) {
			if strings.Contains(line, password) {
				t.Errorf("the password of the %s server is in the command line %s", database, line)
			}
		}
	}
}

// commandLines are the command lines of all processes.
func commandLines(t *testing.T) []string {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	if len(files) == 0 {
		t.Skip("there is no /proc here")
	}
	var lines []string
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil { // else it has ended
			lines = append(lines, strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	return lines
}
