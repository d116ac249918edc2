package probe_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/harness/probe"
	"github.com/isocheck/isocheck/history"
)

// Where the server does not let its user see who waits for whom, nothing is
// played, and the error says what an administrator can do.
func TestRefused(t *testing.T) {
	for product, grant := range map[string]string{
		"mysql":   "GRANT SELECT ON performance_schema.* TO",
		"mariadb": "GRANT PROCESS ON *.* TO",
	} {
		t.Run(product, func(t *testing.T) {
			server, err := url.Parse(provisiontest.Start(t, product).DSN)
			must(t, err)
			name := fmt.Sprintf("isocheck_test_%08x", rand.Uint32())
			administer(t, server,
				fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY 'a password'", name),
				fmt.Sprintf("GRANT ALL ON `isocheck\\_%%`.* TO '%s'@'%%'", name))
			t.Cleanup(func() { administer(t, server, fmt.Sprintf("DROP USER '%s'@'%%'", name)) })

			limited := *server
			limited.User = url.UserPassword(name, "a password")
			limited.Path = "/"
			db, err := mysql.Open(limited.String(), name)
			must(t, err)
			ctx := context.Background()
			must(t, db.CreateNamespace(ctx))
			t.Cleanup(func() { must(t, db.DropNamespace(ctx)) })
			_, err = probe.Run(ctx, probe.Config{Database: db, Probes: own(t, "p4"), Levels: history.Levels(), Options: documented})
			var refused *probe.RefusedError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), grant+" '"+name+"'") {
				t.Errorf("got %v, want a RefusedError that says: %s", err, grant)
			}
		})
	}
}

// administer runs statements as the user of the server's DSN.
func administer(t *testing.T, server *url.URL, statements ...string) {
	t.Helper()
	config := driver.NewConfig()
	config.User = server.User.Username()
	config.Passwd, _ = server.User.Password()
	config.Net, config.Addr = "tcp", server.Host
	connector, err := driver.NewConnector(config)
	must(t, err)
	db := sql.OpenDB(connector)
	defer func() { must(t, db.Close()) }()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(s, err)
		}
	}
}
