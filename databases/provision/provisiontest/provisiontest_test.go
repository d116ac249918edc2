package provisiontest_test

import (
	"testing"

	"github.com/isocheck/isocheck/databases/provision/provisiontest"
)

func TestMain(m *testing.M) { provisiontest.Main(m) }

func TestStart(t *testing.T) {
	for _, database := range []string{"postgres", "mariadb", "mysql"} {
		t.Run(database, func(t *testing.T) {
			s := provisiontest.Start(t, database)
			if s.Database != database || s.Version == "" || s.DSN == "" {
				t.Errorf("server is %s %s at %q", s.Database, s.Version, s.DSN)
			}
			if again := provisiontest.Start(t, database); again != s {
				t.Error("the second test got another server")
			}
		})
	}
}
