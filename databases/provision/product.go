package provision

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"syscall"

	"github.com/isocheck/isocheck/databases"
)

// product is what provision knows about one database's server.
type product struct {
	name  string // postgres
	title string // PostgreSQL
	user  string // the user who may do everything
	base  string // a database that every server has
	// account is the user that the server runs as, where there is such a one,
	// when isocheck itself runs as root.
	account string
	// binaries are the names of the server's binary, the best first.
	binaries []string
	// folders are where distributions put it, as patterns of path/filepath.Glob.
	folders []string
	// packages is the command that installs it on Debian and Ubuntu.
	packages string
	// initialize makes the data folder; arguments are those that serve it.
	initialize func(ctx context.Context, l *launch) error
	arguments  func(l *launch) []string
	// stop asks the server to end in order, kill makes it end as in a crash.
	stop, kill syscall.Signal
	// port is where the server listens in its official image.
	port string
	// describe asks the server which product and version it is.
	describe func(ctx context.Context, dsn string) (databases.Server, error)
}

// products are the databases that can be had. They are a function, not a
// variable, because initialization would go round in a circle.
func products() []*product {
	return []*product{
		{
			name: "postgres", title: "PostgreSQL", user: "postgres", base: "postgres", account: "postgres",
			binaries: []string{"postgres"},
			folders: []string{
				"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
				"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
			},
			packages:   "apt-get install postgresql",
			initialize: initializePostgres, arguments: postgresArguments,
			stop: syscall.SIGINT, kill: syscall.SIGQUIT, port: "5432", describe: describePostgres,
		},
		{
			name: "mysql", title: "MySQL", user: "root", base: "mysql", account: "mysql",
			binaries:   []string{"mysqld"},
			folders:    mysqlFolders("mysql"),
			packages:   "apt-get install mysql-server-core",
			initialize: initializeMySQL, arguments: mysqlArguments,
			stop: syscall.SIGTERM, kill: syscall.SIGKILL, port: "3306", describe: describeMySQL,
		},
		{
			name: "mariadb", title: "MariaDB", user: "root", base: "mysql", account: "mysql",
			binaries:   []string{"mariadbd", "mysqld"},
			folders:    mysqlFolders("mariadb"),
			packages:   "apt-get install mariadb-server-core",
			initialize: initializeMariaDB, arguments: mariadbArguments,
			stop: syscall.SIGTERM, kill: syscall.SIGKILL, port: "3306", describe: describeMySQL,
		},
	}
}

func mysqlFolders(name string) []string {
	return []string{
		"/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/usr/local/" + name + "/bin",
		"/opt/homebrew/opt/" + name + "*/bin", "/usr/local/opt/" + name + "*/bin",
	}
}

// findProduct returns the product of a name.
func findProduct(name string) (*product, error) {
	var known []string
	for _, p := range products() {
		if p.name == name {
			return p, nil
		}
		known = append(known, p.name)
	}
	return nil, fmt.Errorf("unknown database %q: known are %s", name, strings.Join(known, ", "))
}

// dsn returns the DSN of a server of this product at the address.
func (p *product) dsn(address, password string) string {
	u := url.URL{Scheme: p.name, User: url.UserPassword(p.user, password), Host: address, Path: "/" + p.base}
	if p.name == "postgres" {
		u.RawQuery = "sslmode=disable"
	}
	return u.String()
}

// titled is the product's name and the version, as people write them.
func (p *product) titled(version string) string { return strings.TrimSpace(p.title + " " + version) }

// secrets are the variables that give the official image its password.
func (p *product) secrets(password string) map[string]string {
	switch p.name {
	case "postgres":
		return map[string]string{"POSTGRES_PASSWORD": password}
	case "mariadb":
		// Images before 10.6 know the second name only.
		return map[string]string{"MARIADB_ROOT_PASSWORD": password, "MYSQL_ROOT_PASSWORD": password}
	}
	return map[string]string{"MYSQL_ROOT_PASSWORD": password}
}

// containerArguments are those of the server in its official image.
func (p *product) containerArguments() []string {
	if p.name == "postgres" {
		return []string{"-c", fmt.Sprintf("max_connections=%d", connections)}
	}
	return []string{fmt.Sprintf("--max-connections=%d", connections)}
}
