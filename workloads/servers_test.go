package workloads_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/postgres"
	"github.com/isocheck/isocheck/databases/provision/provisiontest"
)

func TestMain(m *testing.M) { provisiontest.Main(m) }

// products are the databases that the tests run against.
func products() []string { return []string{"postgres", "mysql", "mariadb"} }

// openAll returns a number of databases on the tests' own server, each with a namespace of its own.
func openAll(t *testing.T, product string, number int) []databases.Database {
	t.Helper()
	server := provisiontest.Start(t, product)
	var all []databases.Database
	for i := range number {
		name := fmt.Sprintf("isocheck_workloads_%d", i)
		var db databases.Database
		var err error
		if server.Database == "postgres" {
			db, err = postgres.Open(server.DSN, name)
		} else {
			db, err = mysql.Open(server.DSN, name)
		}
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err = db.CreateNamespace(ctx)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if err := db.DropNamespace(ctx); err != nil {
				t.Errorf("dropping %s: %v", name, err)
			}
		})
		all = append(all, db)
	}
	return all
}
