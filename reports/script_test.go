package reports

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/history"
)

// wait is a line of a script that waits, and starting the one that waits for the others.
var (
	wait     = regexp.MustCompile(`(?m)^\\! sleep (\d+)$`)
	starting = regexp.MustCompile(`(?m)^\\! sleep \$.*$`)
)

// client runs the SQL client of a database as a user at a terminal does, and returns what it prints.
func client(t *testing.T, database, dsn string) func(script string) string {
	t.Helper()
	name := clientOf(database)
	path, err := exec.LookPath(name)
	if err != nil {
		provisiontest.Missing(t, "no %s on PATH", name)
	}
	args, env := []string{"-X", "-A", "-t", "-q", dsn}, os.Environ()
	if name == "mysql" {
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		password, _ := u.User.Password()
		args = []string{
			"--no-defaults", "--skip-column-names", "--batch", "--unbuffered", "--force", "--protocol=tcp",
			"--user=" + u.User.Username(), "--host=" + u.Hostname(), "--port=" + u.Port(),
		}
		env = append(env, "MYSQL_PWD="+password)
	}
	return func(script string) string {
		command := exec.CommandContext(t.Context(), path, args...)
		command.Stdin = strings.NewReader(script)
		command.Env = env
		out, err := command.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
}

// faster makes the steps of a script follow each other by a fifth of a second, and starts it at once.
func faster(script string) string {
	script = starting.ReplaceAllString(script, `\! sleep 0.2`)
	return wait.ReplaceAllStringFunc(script, func(line string) string {
		seconds, _ := strconv.Atoi(wait.FindStringSubmatch(line)[1])
		return fmt.Sprintf(`\! sleep %.1f`, float64(seconds)/5)
	})
}

// The script of a lost update, pasted into two sessions of a real server, loses the update again.
func TestScriptDoesItAgain(t *testing.T) {
	update := statementTexts()
	update[1] = "UPDATE counters SET n = {set.0}, previous = LAST_INSERT_ID(version), version = {version} WHERE id = {key}"
	for database, texts := range map[string][]string{"postgres": statementTexts(), "mysql": update, "mariadb": update} {
		t.Run(database, func(t *testing.T) {
			server := provisiontest.Start(t, database)
			run := client(t, database, server.DSN)
			f := violatedRun().Findings
			f.Header.Database, f.Header.Level, f.Statements = database, history.ReadCommitted, texts
			w := lostUpdate()
			s := newScript(f, &w)
			if s == nil || len(s.Parts) != 4 {
				t.Fatalf("the script is %+v", s)
			}
			first, last := s.Parts[0].Text, s.Parts[3].Text
			run(first)
			defer run(last)
			var out [2]string
			var sessions sync.WaitGroup
			for n := range out {
				sessions.Go(func() { out[n] = run(faster(s.Parts[n+1].Text)) })
			}
			sessions.Wait()
			second, winner := w.Transactions[0].ID().Version(1), w.Transactions[1].ID().Version(1)
			want := []string{"3", "42", strconv.FormatInt(int64(second), 10), strconv.FormatInt(int64(winner), 10)}
			got := regexp.MustCompile(`[\s|]+`).Split(strings.TrimSpace(run(schemaOf(database)+"SELECT id, n, version, previous FROM counters;")), -1)
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("at the end the row is %v, want %v: T1 over T2; the sessions said\n%s", got, want, strings.Join(out[:], "\n"))
			}
		})
	}
}

func schemaOf(database string) string {
	if database == "postgres" {
		return "SET search_path = " + replayed + ";\n"
	}
	return "USE " + replayed + ";\n"
}

// What the client would take for a command of its own is not to be pasted.
func TestScriptIsHarmless(t *testing.T) {
	poison := map[string]func(*checker.Findings, *checker.Witness){
		"statement": func(f *checker.Findings, _ *checker.Witness) { f.Statements[0] += "\n\\! rm -rf ~" },
		"value": func(_ *checker.Findings, w *checker.Witness) {
			w.Transactions[0].Ops[1].Set[0].Value = history.TextValue(`'; \! rm -rf ~ --`)
		},
		"table": func(f *checker.Findings, _ *checker.Witness) { f.Header.Tables[0].Name = "t (id int);\n\\! id\n--" },
		"column": func(f *checker.Findings, _ *checker.Witness) {
			f.Header.Tables[0].Columns[0].Name = "n int);\n\\! id\n--"
		},
	}
	for name, change := range poison {
		t.Run(name, func(t *testing.T) {
			f, w := violatedRun().Findings, lostUpdate()
			change(f, &w)
			if s := newScript(f, &w); s != nil {
				t.Errorf("there is a script: %+v", s)
			}
		})
	}
	t.Run("error message", func(t *testing.T) {
		f, w := violatedRun().Findings, lostUpdate()
		w.Transactions[0].Ops[1].Error = &history.Error{Class: history.OtherError, Message: "no\n\\! id\nDROP TABLE counters;"}
		s := newScript(f, &w)
		if s == nil {
			t.Fatal("there is no script")
		}
		for _, part := range s.Parts[1:3] {
			for line := range strings.Lines(part.Text) {
				if strings.HasPrefix(line, "DROP") || strings.Contains(line, `\! id`) {
					t.Errorf("the message has become a command: %s", line)
				}
			}
		}
	})
}

// Whoever cannot tell the SQL tells none.
func TestNoScriptWithoutStatements(t *testing.T) {
	f, w := violatedRun().Findings, lostUpdate()
	f.Statements = nil
	if s := newScript(f, &w); s != nil {
		t.Errorf("there is a script: %+v", s)
	}
	f = violatedRun().Findings
	f.Header.Database = "oracle"
	if s := newScript(f, &w); s != nil {
		t.Errorf("there is a script for a database that isocheck does not know: %+v", s)
	}
}

func TestScriptGolden(t *testing.T) {
	for name, w := range map[string]checker.Witness{"lost-update": lostUpdate(), "predicate-skew": predicateSkew()} {
		f := skewRun().Findings
		if name == "lost-update" {
			f = violatedRun().Findings
		}
		golden(t, "script/"+name+".sql", func(out io.Writer) error {
			for _, part := range newScript(f, &w).Parts {
				if _, err := fmt.Fprintf(out, "-- [%s]\n%s\n", part.Name, part.Text); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
