package main

import (
	"strings"
	"testing"
)

// TestCommand shows the command line without the password, whatever the DSN's form.
func TestCommand(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--db", "postgres", "--level", "all"}, "isocheck --db postgres --level all"},
		{[]string{"--dsn", "postgres://u:hunter2secret@h/d", "--quiet"}, "isocheck --dsn postgres://u:xxxxx@h/d --quiet"},
		{[]string{"--dsn=u:hunter2secret@tcp(h:1)/d"}, "isocheck '--dsn=u:xxxxx@tcp(h:1)/d'"},
		{[]string{"--dsn", "timezone=UTC host=h password=S3cretPlant!x dbname=d"}, "isocheck --dsn 'timezone=UTC host=h password=xxxxx dbname=d'"},
		{[]string{"--dsn", "timezone=UTC host=h password='S3cret Plant' dbname=d"}, "isocheck --dsn 'timezone=UTC host=h password=xxxxx dbname=d'"},
		{[]string{"--dsn", "postgres://u:hunter2secret@h/d", "--out", "of-hunter2secret"}, "isocheck --dsn postgres://u:xxxxx@h/d --out 'of-***'"},
		{[]string{"check", "my file", "it's"}, `isocheck check 'my file' 'it'\''s'`},
	} {
		a := &app{args: tt.args}
		if got := a.command(); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.args, got, tt.want)
		}
	}
}

// TestConceal takes the password out of a text, as it was written and as it is meant.
func TestConceal(t *testing.T) {
	for _, dsn := range []string{
		"postgres://u:hunter2secret@h/d",
		"mysql://u:hunter2%73ecret@h:1/d",
		"u:hunter2secret@tcp(h:1)/d",
		"host=h user=u password=hunter2secret",
		"host=h user=u password='hunter2secret' dbname=d",
		"timezone=UTC PASSWORD = 'hunter2secret' dbname=d",
		"postgres://h/d?password=hunter2secret&sslmode=disable",
	} {
		a := &app{env: []string{"PATH=/bin", dsnVariable + "=" + dsn}}
		got := a.conceal("the server said: hunter2secret is wrong in " + dsn)
		if strings.Contains(got, "hunter2") {
			t.Errorf("%s: %s", dsn, got)
		}
	}
	a := &app{args: []string{"--dsn", "postgres://postgres:postgres@h/postgres"}}
	if got := a.conceal("no PostgreSQL at h as user postgres"); got != "no PostgreSQL at h as user postgres" {
		t.Errorf("a password that is everybody's word took the message's words away: %s", got)
	}
}

func TestDatabaseOf(t *testing.T) {
	for dsn, want := range map[string]string{
		"postgres://u@h/d":                postgreSQL,
		"postgresql://u@h/d":              postgreSQL,
		"host=h user=u":                   postgreSQL,
		"host=h password=a://b":           postgreSQL,
		"mysql://u@h/d":                   mySQL,
		"mariadb://u@h/d":                 mariaDB,
		"u:p@tcp(h:1)/d":                  mySQL,
		"u:p=1@tcp(h:1)/d?parseTime=true": mySQL,
		"u@unix(/run/mysqld.sock)/d":      mySQL,
		"oracle://u@h/d":                  "",
		"h":                               "",
		"user=u dbname=d":                 "",
		"u:p@h:5432/d?sslmode=disable":    "",
		"u:p@/d":                          "",
	} {
		if got := databaseOf(dsn); got != want {
			t.Errorf("%s: %q, want %q", dsn, got, want)
		}
	}
}
