package databases_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases"
)

func TestRedact(t *testing.T) {
	for _, c := range []struct{ name, dsn, want string }{
		{"url", "postgres://u:pw@h:5432/db?sslmode=disable", "postgres://u:xxxxx@h:5432/db?sslmode=disable"},
		{"url without password", "postgres://u@h/db", "postgres://u@h/db"},
		{"url without user", "postgres://h:5432/db", "postgres://h:5432/db"},
		{"url, password with a slash", "mysql://u:p/w@h:3306/db", "mysql://u:xxxxx@h:3306/db"},
		{"url, password with signs", "mariadb://u:p@w:?#@h/db", "mariadb://u:xxxxx@h/db"},
		{"url, password as parameter", "postgres://h/db?user=u&password=p%40w&sslmode=disable", "postgres://h/db?user=u&password=xxxxx&sslmode=disable"},
		{"url, key's password", "postgres://h/db?sslpassword=p@w", "postgres://h/db?sslpassword=xxxxx"},
		{"url, both", "postgres://u:pw@h/db?password=p@w", "postgres://u:xxxxx"},
		{"pairs", "host=h user=u password=pw dbname=d", "host=h user=u password=xxxxx dbname=d"},
		{"pairs, quoted", `host=h password = 'p w\' x' user=u`, `host=h password = xxxxx user=u`},
		{"pairs, quote without end", `host=h password='p w user=u`, `host=h password=xxxxx`},
		{"pairs, escaped space", `password=p\ w host=h`, `password=xxxxx host=h`},
		{"pairs, password like a url", `host=h password=postgres://a:b@c`, `host=h password=xxxxx`},
		{"pairs, another setting first", "timezone=UTC host=h user=u password=p!w dbname=d", "timezone=UTC host=h user=u password=xxxxx dbname=d"},
		{"pairs, another setting first, quoted", "TimeZone = UTC password='p w' host=h", "TimeZone = UTC password=xxxxx host=h"},
		{"pairs, another setting first, password with an at", "timezone=UTC host=h password=p@w dbname=d", "timezone=UTC host=h password=xxxxx dbname=d"},
		{"pairs, no setting first", "h, password=pw", "h, password=xxxxx"},
		{"pairs, a blank in the password", "host=h password=p w dbname=d", "host=h password=xxxxx"},
		{"pairs, a blank and a sign in the password", "host=h password=p w=x dbname=d", "host=h password=xxxxx"},
		{"pairs, a quote in the password", "host=h password='p'w' dbname=d", "host=h password=xxxxx"},
		{"url, at for a colon", "postgres://u@p:w@h/db", "postgres://u@xxxxx@h/db"},
		{"url, two ats", "postgres://u:p@w@h/db", "postgres://u:xxxxx@h/db"},
		{"url and pairs", "postgres://u@h/db password='p w' sslmode=disable", "postgres://u@h/db password=xxxxx sslmode=disable"},
		{"driver, user like a pair", "a=b:pw@tcp(h:3306)/db", "a=b:xxxxx@tcp(h:3306)/db"},
		{"driver", "u:pw@tcp(h:3306)/db", "u:xxxxx@tcp(h:3306)/db"},
		{"driver, password with signs", "u:p@w/:x@tcp(h:3306)/db", "u:xxxxx@tcp(h:3306)/db"},
		{"driver without password", "u@tcp(h:3306)/db", "u@tcp(h:3306)/db"},
		{"driver, socket", "u:pw@unix(/tmp/my.sock)/db", "u:xxxxx@unix(/tmp/my.sock)/db"},
		{"driver, place forgotten", "u:pw", "u:xxxxx"},
		{"url, place forgotten", "mysql://u:1pw/x", "mysql://u:xxxxx"},
		{"a host and port", "localhost:5432/db", "localhost:5432/db"},
		{"an IPv6 host", "postgres://[::1]:5432/db", "postgres://[::1]:5432/db"},
		{"empty", "", ""},
		{"a host", "localhost", "localhost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := databases.Redact(c.dsn); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// FuzzRedact builds every form of DSN around a password, escaped as the form
// wants it or not at all, and looks for the password in what comes out. The
// password gets marks in front and at the end that occur nowhere else.
func FuzzRedact(f *testing.F) {
	for _, seed := range []string{"secret", "p@w", "a:b", "x/y", "a?b#c", "p w", `it's`, `\`, "&x=1", "%zz", "://", "=", "'", "password=", "@tcp(h)/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, middle string) {
		if strings.ContainsAny(middle, "\x00") {
			t.Skip()
		}
		password := "QZ" + middle + "ZQ"
		quoted := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(password) + "'"
		escaped := strings.NewReplacer(`\`, `\\`, `'`, `\'`, " ", `\ `, "\t", "\\\t", "\n", "\\\n", "\r", "\\\r", "\v", "\\\v", "\f", "\\\f").Replace(password)
		for _, dsn := range []string{
			"postgres://user:" + url.PathEscape(password) + "@host:5432/db?sslmode=disable",
			"postgres://user:" + password + "@host:5432/db?sslmode=disable",
			"mysql://user:" + password + "@host/db",
			" mariadb://user:" + password + "@host/db",
			"postgres://host/db?user=user&password=" + url.QueryEscape(password) + "&sslmode=disable",
			"host=host user=user password=" + quoted + " dbname=db",
			"PASSWORD = " + quoted + " host=host",
			"host=host password=" + escaped,
			"timezone=UTC host=host password=" + quoted + " dbname=db",
			"timezone=UTC password=" + escaped + " host=host",
			"user:" + password + "@tcp(host:3306)/db?timeout=1s",
			"user:" + password + "@/db",
		} {
			got := databases.Redact(dsn)
			if strings.Contains(got, "QZ") || strings.Contains(got, "ZQ") {
				t.Errorf("%q becomes %q", dsn, got)
			}
		}
	})
}

func TestHide(t *testing.T) {
	if got := databases.Hide("password pw was wrong", "pw"); got != "password xxxxx was wrong" {
		t.Error(got)
	}
	if got := databases.Hide("no password", ""); got != "no password" {
		t.Error(got)
	}
}
