package databases_test

import (
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

func TestPromiseOf(t *testing.T) {
	on, off := map[string]string{"innodb_snapshot_isolation": "ON"}, map[string]string{"innodb_snapshot_isolation": "OFF"}
	const pg, my, kb = "https://www.postgresql.org/docs/", "https://dev.mysql.com/doc/refman/", "https://mariadb.com/kb/en/"
	for _, c := range []struct {
		product, version string
		level            history.Level
		settings         map[string]string
		model, source    string
	}{
		{"postgres", "15.18", history.ReadUncommitted, nil, "monotonic-atomic-view", pg + "15/transaction-iso.html#XACT-READ-COMMITTED"},
		{"postgres", "15.18", history.ReadCommitted, nil, "monotonic-atomic-view", pg + "15/transaction-iso.html#XACT-READ-COMMITTED"},
		{"postgres", "19beta1", history.RepeatableRead, nil, "snapshot-isolation", pg + "19/transaction-iso.html#XACT-REPEATABLE-READ"},
		{"postgres", "10.23", history.Serializable, nil, "serializable", pg + "10/transaction-iso.html#XACT-SERIALIZABLE"},
		{"mysql", "9.7.4", history.ReadUncommitted, nil, "read-uncommitted", my + "9.7/en/innodb-transaction-isolation-levels.html#isolevel_read-uncommitted"},
		{"mysql", "8.0.36", history.ReadCommitted, nil, "monotonic-atomic-view", my + "8.0/en/innodb-transaction-isolation-levels.html#isolevel_read-committed"},
		{"mysql", "8.4.1", history.RepeatableRead, on, "innodb-repeatable-read", my + "8.4/en/innodb-transaction-isolation-levels.html#isolevel_repeatable-read"},
		{"mysql", "9.7.4", history.Serializable, nil, "serializable", my + "9.7/en/innodb-transaction-isolation-levels.html#isolevel_serializable"},
		{"mariadb", "10.11.19", history.ReadUncommitted, on, "read-uncommitted", kb + "set-transaction/#read-uncommitted"},
		{"mariadb", "10.11.19", history.ReadCommitted, on, "monotonic-atomic-view", kb + "set-transaction/#read-committed"},
		{"mariadb", "10.11.19", history.RepeatableRead, off, "innodb-repeatable-read", kb + "set-transaction/#repeatable-read"},
		{"mariadb", "10.5.1", history.RepeatableRead, nil, "innodb-repeatable-read", kb + "set-transaction/#repeatable-read"},
		{"mariadb", "11.8.2", history.RepeatableRead, on, "snapshot-isolation", kb + "innodb-system-variables/#innodb_snapshot_isolation"},
		{"mariadb", "11.8.2", history.Serializable, on, "serializable", kb + "set-transaction/#serializable"},
	} {
		t.Run(c.product+" "+c.version+" "+string(c.level), func(t *testing.T) {
			got := databases.PromiseOf(databases.Server{Product: c.product, Version: c.version}, c.level, c.settings)
			if got.Model != c.model || got.Source != c.source {
				t.Errorf("got %s, %s", got.Model, got.Source)
			}
			if got.Summary == "" || strings.HasSuffix(got.Summary, ".") {
				t.Errorf("summary %q", got.Summary)
			}
		})
	}
	if got := databases.PromiseOf(databases.Server{Product: "oracle"}, history.Serializable, nil); got != (databases.Promise{}) {
		t.Errorf("a promise for a product that is not known: %+v", got)
	}
}

// The level that we take for the default is the one that the server has.
func TestDefaultLevel(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		want := strings.ToUpper(strings.ReplaceAll(string(databases.DefaultLevel(s.product)), "-", " "))
		got := s.ask(t, map[string]string{
			"postgres": "SELECT upper(reset_val) FROM pg_settings WHERE name = 'default_transaction_isolation'",
			"mysql":    "SELECT replace(@@global.transaction_isolation, '-', ' ')",
			"mariadb":  "SELECT replace(variable_value, '-', ' ') FROM information_schema.global_variables WHERE variable_name IN ('tx_isolation', 'transaction_isolation') LIMIT 1",
		}[s.product])[0]
		if got != want {
			t.Errorf("the server's default is %s, ours %s", got, want)
		}
	})
}

// Of several levels in one run that is promised which all of them keep.
func TestPromiseOfMix(t *testing.T) {
	all := history.Levels()
	for _, test := range []struct {
		product  string
		levels   []history.Level
		snapshot string
		want     string
	}{
		{"postgres", all, "", "monotonic-atomic-view"},
		{"postgres", all[2:], "", "snapshot-isolation"},
		{"mysql", all, "", "read-uncommitted"},
		{"mysql", all[1:], "", "read-committed"},
		{"mysql", []history.Level{history.Serializable, history.ReadCommitted}, "", "monotonic-atomic-view"},
		{"mysql", all[2:], "", "innodb-repeatable-read"},
		{"mysql", all[3:], "", "serializable"},
		{"mariadb", all[1:], "OFF", "read-committed"},
		{"mariadb", all[1:], "ON", "monotonic-atomic-view"},
		{"mariadb", all[2:], "ON", "snapshot-isolation"},
	} {
		got := databases.PromiseOfMix(databases.Server{Product: test.product, Version: "9.7"}, test.levels, map[string]string{"innodb_snapshot_isolation": test.snapshot})
		if got.Model != test.want || got.Source == "" || got.Summary == "" {
			t.Errorf("%s, %v, snapshot isolation %q: %+v, want %s", test.product, test.levels, test.snapshot, got, test.want)
		}
	}
}

// With a replica that is promised which a replica's snapshot and the primary's have in common.
func TestReplicaPromise(t *testing.T) {
	postgres := databases.Server{Product: "postgres", Version: "15.18"}
	for _, level := range history.Levels() {
		alone := databases.PromiseOf(postgres, level, nil)
		got := databases.ReplicaPromise(postgres, alone)
		switch level {
		case history.ReadUncommitted, history.ReadCommitted:
			if got != alone {
				t.Errorf("%s: %+v, want %+v", level, got, alone)
			}
		default:
			if got.Model != "consistent-view" || got.Source != "https://www.postgresql.org/docs/15/hot-standby.html#HOT-STANDBY-USERS" || got.Summary == "" {
				t.Errorf("%s: %+v", level, got)
			}
		}
	}
	mysql := databases.Server{Product: "mysql", Version: "9.7.4"}
	if alone := databases.PromiseOf(mysql, history.RepeatableRead, nil); databases.ReplicaPromise(mysql, alone) != alone {
		t.Error("MySQL's replicas show commits in the order of the source, and yet something was taken from the promise")
	}
}
