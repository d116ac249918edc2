package mysql

import (
	"testing"
)

func TestParseDSN(t *testing.T) {
	for _, c := range []struct{ dsn, user, password, network, address, database string }{
		{"mysql://u:p%40%2Fw@h:3307/db?timeout=1s", "u", "p@/w", "tcp", "h:3307", "db"},
		{"mariadb://u@h/", "u", "", "tcp", "h:3306", ""},
		{"mysql://u@h", "u", "", "tcp", "h:3306", ""},
		{"mysql://root@/", "root", "", "tcp", "127.0.0.1:3306", ""},
		{"mysql://u:p@[::1]:3307/db", "u", "p", "tcp", "[::1]:3307", "db"},
		{"mysql://u:p@/db?socket=/run/my.sock", "u", "p", "unix", "/run/my.sock", "db"},
		{"mysql://u:12#w@h/db", "u", "12#w", "tcp", "h:3306", "db"},
		{"mysql://u:a:b@h", "u", "a:b", "tcp", "h:3306", ""},
		{"u:p@tcp/w@tcp(h:3307)/db", "u", "p@tcp/w", "tcp", "h:3307", "db"},
		{"u:p@w@tcp(h:3307)/db", "u", "p@w", "tcp", "h:3307", "db"},
		{"u:p@unix(/run/my.sock)/db?timeout=1s", "u", "p", "unix", "/run/my.sock", "db"},
	} {
		t.Run(c.dsn, func(t *testing.T) {
			got, err := parseDSN(c.dsn)
			if err != nil {
				t.Fatal(err)
			}
			if got.User != c.user || got.Passwd != c.password || got.Net != c.network || got.Addr != c.address || got.DBName != c.database {
				t.Errorf("got user %s, password %s, %s %s, database %s", got.User, got.Passwd, got.Net, got.Addr, got.DBName)
			}
		})
	}
}

// Parameters that would make the traces wrong are overruled.
func TestParseDSNKeepsTraces(t *testing.T) {
	const parameters = "?clientFoundRows=true&interpolateParams=true&multiStatements=true&parseTime=true&innodb_lock_wait_timeout=3"
	for _, dsn := range []string{"mysql://u@h/" + parameters, "u@tcp(h)/" + parameters} {
		got, err := parseDSN(dsn)
		if err != nil {
			t.Fatal(err)
		}
		if got.ClientFoundRows || got.InterpolateParams || got.MultiStatements || got.ParseTime {
			t.Errorf("%s: %+v", dsn, got)
		}
		if got.Params["innodb_lock_wait_timeout"] != "3" {
			t.Errorf("%s: system variables %v", dsn, got.Params)
		}
	}
}

func TestParseDSNRefuses(t *testing.T) {
	for _, dsn := range []string{
		"", "h", "mysql://u:p/w@h/db", "mysql://u@h/a/b", "mysql://u@h:x/", "mysql://u@h/?timeout=x", "mysql://u@h/?socket=rel", "postgres://u@h/db", "u:p@tcp(h",
		"/db", "u:p@/db", "u:p@tcp/db", "u:p@tcp()/db", "u:p@tcp(h)", "u:p@udp(h:1)/db", "u:p@tcp(h:x)/db", "u:p@tcp(h:0)/db", "u:p@tcp(a@b)/db",
		"mysql://u:p@w@h/db", "mysql://u:1/w@h/db", "mysql://u:1?w@h/db", "mysql://u:%zz@h/db", "mysql://u@h:65536/", "mysql://h#p/db",
	} {
		if got, err := parseDSN(dsn); err == nil {
			t.Errorf("%q is read as %s at %s", dsn, got.User, got.Addr)
		}
	}
}
