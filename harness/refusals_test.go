package harness_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// elsewhere is a database whose sessions say that they run at another level.
type elsewhere struct {
	databases.Database
	level history.Level
}

type elsewhereConn struct {
	databases.Conn
	level history.Level
}

func (e elsewhere) Connect(ctx context.Context, options databases.ConnectOptions, tables []history.Table, sql *databases.Statements) (databases.Conn, error) {
	conn, err := e.Database.Connect(ctx, options, tables, sql)
	return elsewhereConn{conn, e.level}, err
}

func (e elsewhereConn) Settings(ctx context.Context, options databases.TxOptions) (map[string]string, error) {
	settings, err := e.Conn.Settings(ctx, options)
	settings[databases.LevelInForce] = string(e.level)
	return settings, err
}

func TestAnotherLevelIsRefused(t *testing.T) {
	db := elsewhere{database(t, "postgres"), history.ReadCommitted}
	_, err := harness.Run(context.Background(), config(t, db, "bank", history.Serializable))
	if err == nil || !strings.Contains(err.Error(), "runs transactions at read-committed, though serializable was asked for") {
		t.Errorf("the error is %v", err)
	}
	// PostgreSQL documents that its read uncommitted is read committed.
	run(context.Background(), t, config(t, db, "bank", history.ReadUncommitted))
}

func TestBadConfig(t *testing.T) {
	db := database(t, "postgres")
	for _, test := range []struct {
		name   string
		change func(*harness.Config)
		want   string
	}{
		{"strategy", func(c *harness.Config) { c.Params.Strategy = "for-updte" }, "did you mean for-update?"},
		{"duration", func(c *harness.Config) { c.Duration = -time.Second }, "a run cannot take -1s"},
		{"pause", func(c *harness.Config) { c.Pause = -time.Second }, "a pause cannot take -1s"},
		{"database", func(c *harness.Config) { c.Database = nil }, "no database"},
		{"workload", func(c *harness.Config) { c.Workload = workloads.Workload{} }, "no workload"},
		{"path", func(c *harness.Config) { c.Path = filepath.Join(c.Path, "missing", "h.jsonl.zst") }, "no such file"},
		{"full disk", func(c *harness.Config) { c.Path = fullDisk(t) }, "no space left"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := config(t, db, "bank", history.ReadCommitted)
			test.change(&cfg)
			_, err := harness.Run(context.Background(), cfg)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, not %s", err, test.want)
			}
		})
	}
}

// fullDisk is a path, in a folder of the test's own, where there is no space: a link to the device that is always full.
func fullDisk(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "full.jsonl")
	if info, err := os.Stat("/dev/full"); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		t.Skip("there is no /dev/full here")
	}
	if err := os.Symlink("/dev/full", path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := harness.Run(ctx, config(t, database(t, "postgres"), "bank", history.ReadCommitted))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// A workload whose statements the server refuses must not run on for nothing.
func TestRefusedStatements(t *testing.T) {
	w := workloads.Workload{
		Name: "adds to a text", Strategies: []workloads.Strategy{{Name: "plain"}}, Keys: 2,
		New: func(workloads.Params) workloads.Instance {
			return workloads.Instance{
				Tables: []history.Table{{Name: "texts", Columns: []history.Column{{Name: "body", Type: history.Text}}}},
				Rows:   []workloads.Row{{Key: 1, Values: []history.Value{history.TextValue("a")}}},
				Client: func(int, *rand.Rand) workloads.Generator {
					return func() workloads.Transaction {
						return workloads.Transaction{Name: "add", Body: func(tx *databases.Tx) { tx.Update(0, 1, workloads.Add(0, 1)) }}
					}
				},
			}
		},
	}
	cfg := config(t, database(t, "postgres"), "bank", history.ReadCommitted)
	cfg.Workload = w
	cfg.Duration = time.Hour
	result, h := run(context.Background(), t, cfg)
	if result.Err == nil || !strings.Contains(result.Stopped, "refuses") || !hasEvent(h, harness.EventStopped) {
		t.Errorf("the result is %+v, the events are %v", result, h.Events)
	}
}
