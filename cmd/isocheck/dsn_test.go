package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// dsnCase is a DSN, with Aa11 and Zz99 wherever a password, or a part of one, is.
type dsnCase struct{ name, dsn, want string }

// readable are DSNs of servers that are not there, with the place that isocheck must look for them at.
var readable = map[string][]dsnCase{
	postgreSQL: {
		{"URL", "postgres://me:Aa11Zz99@127.0.0.1:1/db", `127.0.0.1:1 as user "me", database "db"`},
		{"other scheme", "postgresql://me@127.0.0.1:1/db", `127.0.0.1:1 as user "me", database "db"`},
		{"no database", "postgres://me@127.0.0.1:1", `127.0.0.1:1 as user "me": `},
		{"blanks around", " postgres://me@127.0.0.1:1/db\n", `127.0.0.1:1 as user "me"`},
		{"escaped signs", "postgres://me:Aa11%40%2F%3F%23%25Zz99@127.0.0.1:1/db", `127.0.0.1:1 as user "me"`},
		{"colon in the password", "postgres://me:Aa11:Zz99@127.0.0.1:1/db", `127.0.0.1:1 as user "me"`},
		{"hash in the password", "postgres://me:Aa11#Zz99@127.0.0.1:1/db", `127.0.0.1:1 as user "me", database "db"`},
		{"parameters", "postgres://127.0.0.1:1/db?user=me&password=Aa11%40Zz99&sslmode=disable", `127.0.0.1:1 as user "me"`},
		{"IPv6", "postgres://me:Aa11Zz99@[::1]:1/db", `[::1]:1 as user "me"`},
		{"two hosts", "postgres://me@127.0.0.1:1,127.0.0.1:2/db", `127.0.0.1:1 as user "me"`},
		{"socket", "postgres://me@/db?host=/nowhere&port=1", `/nowhere (port 1) as user "me"`},
		{"pairs", "host=127.0.0.1 port=1 user=me password=Aa11Zz99 dbname=db", `127.0.0.1:1 as user "me", database "db"`},
		{"pairs, blanks about the sign", "host = 127.0.0.1 port =1 user= me", `127.0.0.1:1 as user "me"`},
		{"pairs, quoted", `user='me' host='127.0.0.1' port='1' password='Aa11 \'\\ Zz99'`, `127.0.0.1:1 as user "me"`},
		{"pairs, escaped", `host=127.0.0.1 port=1 password=Aa11\ Zz99 user=me`, `127.0.0.1:1 as user "me"`},
		{"pairs, signs in the password", "host=127.0.0.1 port=1 user=me password=Aa11@/?#:=Zz99", `127.0.0.1:1 as user "me"`},
		{"pairs, password like a URL", "host=127.0.0.1 port=1 user=me password=Aa11://a:b@Zz99", `127.0.0.1:1 as user "me"`},
		{"pairs, password like MySQL's form", "host=127.0.0.1 port=1 user=me password=Aa11@tcp(Zz99)/", `127.0.0.1:1 as user "me"`},
		{"pairs, address", "hostaddr=127.0.0.1 port=1 user=me", `127.0.0.1:1 as user "me"`},
		{"pairs, libpq's own", "host=127.0.0.1 port=1 user=me gssencmode=disable keepalives=1 options='-c x=1'", `127.0.0.1:1 as user "me"`},
	},
	mySQL: {
		{"URL", "mysql://me:Aa11Zz99@127.0.0.1:1/db", `127.0.0.1:1 as user "me", database "db"`},
		{"no user, no database", "mysql://127.0.0.1:1", "127.0.0.1:1: "},
		{"escaped signs", "mysql://me:Aa11%40%2F%3F%23%25Zz99@127.0.0.1:1/db", `127.0.0.1:1 as user "me"`},
		{"colon in the password", "mysql://me:Aa11:Zz99@127.0.0.1:1/db", `127.0.0.1:1 as user "me"`},
		{"hash in the password", "mysql://me:11#Zz99@127.0.0.1:1/db", `127.0.0.1:1 as user "me", database "db"`},
		{"IPv6", "mysql://me@[::1]:1/", `[::1]:1 as user "me"`},
		{"socket", "mysql://me:Aa11Zz99@/db?socket=/nowhere/sock", `/nowhere/sock as user "me"`},
		{"driver's", "me:Aa11Zz99@tcp(127.0.0.1:1)/db?timeout=1s", `127.0.0.1:1 as user "me", database "db"`},
		{"driver's, signs in the password", "me:Aa11@/?#:=(Zz99@tcp(127.0.0.1:1)/db", `127.0.0.1:1 as user "me", database "db"`},
		{"driver's, password like a place", "me:Aa11@tcp/Zz99@tcp(127.0.0.1:1)/", `127.0.0.1:1 as user "me"`},
		{"driver's, user like a pair", "user=x:Aa11@tcp(127.0.0.1:1)/db", `127.0.0.1:1 as user "user=x"`},
		{"driver's, no user", "tcp(127.0.0.1:1)/", "127.0.0.1:1: "},
		{"driver's, socket", "me:Aa11Zz99@unix(/nowhere/sock)/db", `/nowhere/sock as user "me"`},
	},
	mariaDB: {
		{"URL", "mariadb://me:Aa11%40Zz99@127.0.0.1:1/db", `127.0.0.1:1 as user "me", database "db"`},
		{"driver's", "me:Aa11@Zz99@tcp(127.0.0.1:1)/db", `127.0.0.1:1 as user "me", database "db"`},
	},
}

const (
	noForm  = "not a form that isocheck knows; write postgres://"
	encoded = "percent-encoded: %40 for @"
)

// unreadable are DSNs that must not lead anywhere, with what must be said of them.
var unreadable = []dsnCase{
	{"scheme forgotten", "me:Aa11Zz99@10.0.0.9:5432/db?sslmode=disable", noForm},
	{"scheme and user forgotten", "127.0.0.1:1/postgres?user=me", noForm},
	{"one pair", "foo=bar", noForm},
	{"pairs without a host", "user=me password=Aa11Zz99 dbname=db", noForm},
	{"pairs, unknown key", "host=127.0.0.1 password=Aa11 Zz99=1", noForm},
	{"pairs, a blank in the password", "host=127.0.0.1 port=1 password=Aa11 Zz99 dbname=db", noForm},
	{"pairs, a quote in the password", "host=127.0.0.1 port=1 password='Aa11'Zz99' dbname=db", noForm},
	{"pairs, a quote that does not end", "host=127.0.0.1 port=1 password='Aa11 Zz99", noForm},
	{"pairs, an empty host", "host= password=Aa11Zz99 port=1", noForm},
	{"pairs, an empty user", "host=127.0.0.1 port=1 user= password=Aa11Zz99", noForm},
	{"pairs in capitals", "HOST=127.0.0.1 PORT=1 PASSWORD=Aa11Zz99", noForm},
	{"pairs with commas", "host=127.0.0.1,port=1,password=Aa11Zz99", "host is no name or address"},
	{"pairs, host and address", "host=127.0.0.1 hostaddr=127.0.0.2 port=1", "both a host and a hostaddr"},
	{"pairs, port", "host=127.0.0.1 port=x password=Aa11Zz99", "not a number from 1 to 65535"},
	{"pairs, service", "service=no-such-service password=Aa11Zz99", "service"},
	{"Oracle", "oracle://me:Aa11Zz99@h/db", noForm},
	{"JDBC", "jdbc:postgresql://h/db?user=me&password=Aa11Zz99", noForm},
	{"one slash", "postgres:/me:Aa11Zz99@h/db", noForm},
	{"no slash", "postgres:me@h/db?password=Aa11Zz99", noForm},
	{"a host", "localhost", noForm},
	{"at in the password", "postgres://me:Aa11@Zz99@localhost:1/db", encoded},
	{"at in the user", "postgres://me@Aa11:Zz99@localhost:1/db", encoded},
	{"slash in the password", "postgres://me:Aa11/Zz99@localhost:1/db", encoded},
	{"slash after a number", "postgres://me:11/Zz99@localhost:1/db", encoded},
	{"question mark in the password", "postgres://me:11?Zz99@localhost:1/db", encoded},
	{"several signs", "postgres://me:11#Aa11/Zz99?@localhost:1/db", encoded},
	{"percent in the password", "postgres://me:Aa11%zzZz99@localhost:1/db", "%25 for %"},
	{"TLS mode", "postgres://me:Aa11Zz99@localhost:1/db?sslmode=banana", "sslmode is none of disable"},
	{"port", "postgres://me:Aa11Zz99@localhost:port/db", "not a number from 1 to 65535"},
	{"port 0", "postgres://me:Aa11Zz99@localhost:0/db", "not a number from 1 to 65535"},
	{"port too high", "postgres://me:Aa11Zz99@localhost:65536/db", "not a number from 1 to 65535"},
	{"host", "postgres://me:Aa11Zz99@(h)/db", "host is no name or address"},
	{"address", "postgres://localhost:1/db?hostaddr=10.0.0.9", "hostaddr"},
	{"MySQL, at in the password", "mysql://me:Aa11@Zz99@localhost:1/db", encoded},
	{"MySQL, slash in the password", "mysql://me:Aa11/Zz99@localhost:1/db", encoded},
	{"MySQL, slash after a number", "mysql://me:11/Zz99@localhost:1", encoded},
	{"MySQL, question mark", "mysql://me:11?Zz99@localhost:1/db", encoded},
	{"MySQL, percent", "mysql://me:Aa11%zzZz99@localhost:1/db", "%25 for %"},
	{"MySQL, port", "mysql://me:Aa11Zz99@localhost:port/db", "should look like mysql://"},
	{"MySQL, port too high", "mysql://me:Aa11Zz99@localhost:65536/db", "not a number from 1 to 65535"},
	{"MySQL, two databases", "mysql://me:Aa11Zz99@localhost:1/a/b", "should look like mysql://"},
	{"MySQL, parameter", "mysql://me:Aa11Zz99@localhost:1/db?timeout=x", "parameters"},
	{"MySQL, socket", "mysql://me:Aa11Zz99@/db?socket=sock", "absolute path"},
	{"MariaDB, at in the password", "mariadb://me:Aa11@Zz99@localhost:1/db", encoded},
	{"driver's, no place", "me:Aa11Zz99@/db", noForm},
	{"driver's, no address", "me:Aa11Zz99@tcp/db", noForm},
	{"driver's, empty address", "me:Aa11Zz99@tcp()/db", noForm},
	{"driver's, no slash", "me:Aa11Zz99@tcp(127.0.0.1:1)", noForm},
	{"driver's, network", "me:Aa11Zz99@udp(127.0.0.1:1)/db", noForm},
	{"driver's, port", "me:Aa11Zz99@tcp(127.0.0.1:x)/db", "not a number from 1 to 65535"},
	{"driver's, parameter", "me:Aa11Zz99@tcp(127.0.0.1:1)/db?timeout=x", "should look like mysql://"},
}

// TestReadableDSN looks for the server where the DSN says, and nowhere else.
func TestReadableDSN(t *testing.T) {
	t.Chdir(t.TempDir())
	for database, cases := range readable {
		for _, c := range cases {
			t.Run(database+"/"+c.name, func(t *testing.T) {
				sayOfDSN(t, notDone, "cannot connect to", "--db", database, "--dsn", c.dsn)
				sayOfDSN(t, notDone, " at "+c.want, "--db", database, "--dsn", c.dsn)
				sayOfDSN(t, notDone, " at "+c.want, "--dsn="+c.dsn)
			})
		}
	}
}

// TestUnreadableDSN refuses what it cannot read, and shows no part of a password, whichever command gets it.
func TestUnreadableDSN(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range unreadable {
		t.Run(c.name, func(t *testing.T) {
			sayOfDSN(t, wrongUsage, c.want, "--dsn", c.dsn)
			sayOfDSN(t, wrongUsage, c.want, "probe", "p4", "--dsn", c.dsn)
			sayOfDSN(t, wrongUsage, c.want, "advise", "--dsn", c.dsn)
			sayOfDSN(t, wrongUsage, c.want, "compare", "--dsn", c.dsn, "--dsn", c.dsn)
			sayOfDSN(t, wrongUsage, "", "--dsn", "postgres://h/d", "--level", "read-committed", "--replica-dsn", c.dsn)
			// Where no DSN should be.
			sayOfDSN(t, wrongUsage, "", c.dsn)
			sayOfDSN(t, wrongUsage, "", "--db", c.dsn)
			sayOfDSN(t, wrongUsage, "", "probe", c.dsn)
			sayOfDSN(t, wrongUsage, "", "compare", c.dsn, "postgres")
		})
	}
}

// sayOfDSN wants the exit status and the text, and no part of a password.
func sayOfDSN(t *testing.T, status status, text string, args ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	got := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, nil)
	said := stdout.String() + stderr.String()
	if got != int(status) || !strings.Contains(said, text) {
		t.Errorf("%q: exit status %d, want %d, and to read %q:\n%s", args, got, status, text, said)
	}
	for _, part := range []string{"Aa11", "Zz99"} {
		if strings.Contains(said, part) {
			t.Errorf("%q: %s is shown:\n%s", args, part, said)
		}
	}
}
