package postgres

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isocheck/isocheck/databases"
)

func TestParseDSN(t *testing.T) {
	t.Setenv("PGHOST", "elsewhere") // which only a DSN without a host may lead to
	for _, c := range []struct {
		dsn, user, password, host string
		port                      uint16
		database                  string
	}{
		{"postgres://u:p%40%2Fw@h:5433/db?sslmode=disable", "u", "p@/w", "h", 5433, "db"},
		{"postgresql://u@h", "u", "", "h", 5432, ""},
		{"postgres://u:a:b@h/db", "u", "a:b", "h", 5432, "db"},
		{"postgres://u:12#b@h/db", "u", "12#b", "h", 5432, "db"},
		{"postgres://u@[::1]:5433/db", "u", "", "::1", 5433, "db"},
		{"postgres://u@/db", "u", "", "elsewhere", 5432, "db"},
		{"postgres://u@/db?host=/run/postgresql", "u", "", "/run/postgresql", 5432, "db"},
		{"postgres://u@a,b:5433/db", "u", "", "a", 5432, "db"},
		{"host=h port=5433 user=u password=p dbname=db", "u", "p", "h", 5433, "db"},
		{`host = 'h' user=u password='p \' \\ w'`, "u", `p ' \ w`, "h", 5432, ""},
		{`host=h user=u password=p\ w`, "u", "p w", "h", 5432, ""},
		{`host=h user=u password=p\`, "u", "p", "h", 5432, ""},
		{"host=h user=u password=user=x@y", "u", "user=x@y", "h", 5432, ""},
		{"hostaddr=10.0.0.9 user=u", "u", "", "10.0.0.9", 5432, ""},
		{`user=u hostaddr='10.0.0.9' password=p\`, "u", "p", "10.0.0.9", 5432, ""},
	} {
		t.Run(c.dsn, func(t *testing.T) {
			got, err := parseDSN(c.dsn)
			if err != nil {
				t.Fatal(err)
			}
			if got.User != c.user || got.Password != c.password || got.Host != c.host || got.Port != c.port || got.Database != c.database {
				t.Errorf("got user %s, password %s, host %s, port %d, database %s", got.User, got.Password, got.Host, got.Port, got.Database)
			}
			if _, sent := got.RuntimeParams["hostaddr"]; sent {
				t.Error("hostaddr goes to the server, which does not know it")
			}
			if !HasForm(c.dsn) {
				t.Error("it has no form of PostgreSQL's")
			}
		})
	}
}

func TestParseDSNRefuses(t *testing.T) {
	for _, dsn := range []string{
		"", "h", "h:5432/db", "foo=bar", "user=u", "host=", "host='' user=u", "host=h foo=bar", "host=h timezone=UTC", "host= password=p",
		"host=h password=p w", "host=h password='p'w'", "host=h password='p w", "host=h hostaddr=10.0.0.9", "host='' hostaddr=10.0.0.9",
		"host=h\x00 user=u", "host=a,,@b", "u:p@h:5432/db?sslmode=disable", "mysql://u@h/db",
		"postgres://u:p@w@h/db", "postgres://u:p/w@h/db", "postgres://u:1/w@h/db", "postgres://u:1?w@h/db", "postgres://u@h/db?x=p@w",
		"postgres://u:%zz@h/db", "postgres://u@h:x/db", "postgres://u@h/db?sslmode=x", "postgres://u@h/db?hostaddr=10.0.0.9", "postgres://u@h%40x/db",
	} {
		if got, err := parseDSN(dsn); err == nil {
			t.Errorf("%q is read as %s at %s", dsn, got.User, got.Host)
		}
	}
}

// FuzzPairs compares our reading of pairs, which decides whether a DSN is one, with that of the driver.
func FuzzPairs(f *testing.F) {
	for _, seed := range []string{
		"host=h port=1 user=u password=p dbname=d", `host='h' password='a\'b\\' user=u`, `password=a\ b host=h`, "host = h user =u",
		"host= password=p", "host=h password=p'q'", `host=h password=\`, "user=\v'u' host=h", "host=''", "host=h password='p'user=u",
	} {
		f.Add(seed)
	}
	for _, variable := range []string{"PGHOST", "PGUSER", "PGPASSWORD", "PGDATABASE"} {
		f.Setenv(variable, "")
	}
	f.Fuzz(func(t *testing.T, dsn string) {
		pairs, err := databases.ParsePairs(dsn)
		if err != nil || pairs["service"] != "" || pairs["passfile"] != "" || pairs["host"] == "" || strings.Contains(pairs["host"], ",") {
			return
		}
		config, err := pgconn.ParseConfig(dsn)
		if err != nil {
			return // the driver looks at values, too
		}
		for key, got := range map[string]string{"host": config.Host, "user": config.User, "password": config.Password, "dbname": config.Database} {
			if want := pairs[key]; want != "" && got != want {
				t.Errorf("%q: %s is %q, and the driver has %q", dsn, key, want, got)
			}
		}
	})
}
