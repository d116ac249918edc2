package databases_test

import (
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func TestServer(t *testing.T) {
	names := map[string]string{"postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB"}
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		got, err := s.db.Server(t.Context())
		must(t, err)
		if got.Product != s.product || got.Name != names[s.product] {
			t.Errorf("got %+v", got)
		}
		asked := s.ask(t, map[string]string{"postgres": "SHOW server_version", "mysql": "SELECT VERSION()", "mariadb": "SELECT VERSION()"}[s.product])[0]
		if !strings.HasPrefix(asked, got.Version) || strings.Count(got.Version, ".") == 0 || strings.ContainsAny(got.Version, " -") {
			t.Errorf("version %q of a server that says %q", got.Version, asked)
		}
	})
}

// isocheck makes a namespace only where there is none, and drops only what it made.
func TestNamespaceIsOurOwn(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		s.client(t, history.ReadCommitted).do(insertItems)
		second, err := open(s.product, s.dsn, s.namespace)
		must(t, err)
		if err := second.CreateNamespace(t.Context()); err == nil || !strings.Contains(err.Error(), s.namespace) {
			t.Errorf("creating it again: %v", err)
		}
		must(t, second.DropNamespace(t.Context()))
		rows := s.client(t, history.ReadCommitted).do(func(tx *databases.Tx) { tx.ReadWhere(items, nil) }).Ops[0].Rows
		if len(rows) != 3 {
			t.Error("dropping what another made took its rows away")
		}
		must(t, s.db.DropNamespace(t.Context()))
		must(t, s.db.CreateNamespace(t.Context())) // it is gone
	})
}

func TestPrepareEmptiesTables(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		s.client(t, history.ReadCommitted).do(insertItems)
		must(t, s.db.Prepare(t.Context(), itemsTables[1:]))
		s.tables = itemsTables[1:]
		if rows := s.client(t, history.ReadCommitted).do(func(tx *databases.Tx) { tx.ReadWhere(0, nil) }).Ops[0].Rows; len(rows) != 0 {
			t.Errorf("%d rows stay", len(rows))
		}
	})
}

func TestMissingRights(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		name := "isocheck_" + s.namespace[len(s.namespace)-8:]
		if s.product == "postgres" {
			s.admin(t, "CREATE ROLE "+name+" LOGIN PASSWORD 's3cr3t'")
			t.Cleanup(func() { s.admin(t, "DROP ROLE "+name) })
		} else {
			s.admin(t, "CREATE USER "+name+" IDENTIFIED BY 's3cr3t'")
			t.Cleanup(func() { s.admin(t, "DROP USER "+name) })
		}
		dsn := withUser(t, s.dsn, name, "s3cr3t")
		if s.product != "postgres" {
			dsn = withDatabase(t, dsn, "") // a new user may use none
		}
		db, err := open(s.product, dsn, "isocheck_forbidden")
		must(t, err)
		err = db.CreateNamespace(t.Context())
		checkRefusal(t, err, "isocheck_forbidden", "GRANT", name)
	})
}

func TestBadNames(t *testing.T) {
	for _, name := range []string{"", "Upper", "9a", "a-b", "a b", `a"; DROP`, strings.Repeat("a", 64)} {
		if err := databases.CheckNamespace(name); err == nil {
			t.Errorf("%q is taken as a namespace", name)
		}
	}
	column := history.Column{Name: "n", Type: history.Int}
	for name, tables := range map[string][]history.Table{
		"no name":         {{Columns: []history.Column{column}}},
		"twice":           {{Name: "a"}, {Name: "a"}},
		"our own column":  {{Name: "a", Columns: []history.Column{{Name: "version", Type: history.Int}}}},
		"column twice":    {{Name: "a", Columns: []history.Column{column, column}}},
		"no type":         {{Name: "a", Columns: []history.Column{{Name: "n"}}}},
		"index of nobody": {{Name: "a", Indexes: []int{0}}},
	} {
		if err := databases.CheckTables(tables); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestUnreadableDSN(t *testing.T) {
	for _, product := range products {
		for _, dsn := range []string{"postgres://u:s3cr3t/x@h/db", "mysql://u:s3cr3t/x@h/db", "u:s3cr3t", "mysql://u:s3cr3t%zz@h/db", "mysql://u:s3cr3t@h/a/b", "host=h password='s3cr3t", "mysql://u:s3cr3t@h/db?timeout=x"} {
			if _, err := open(product, dsn, "isocheck_test"); err != nil && strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("%s: %v", product, err)
			}
		}
	}
}
