//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases/provision/provisiontest"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
)

// TestReplica lets what only reads run on a streaming replica that is a little late: that
// is seen, as a matter of order between transactions, and breaks nothing else.
func TestReplica(t *testing.T) {
	requireServer(t, postgreSQL)
	late := provisiontest.StartReplicated(t, "recovery_min_apply_delay=30ms")
	hasty := provisiontest.StartReplicated(t, "max_standby_streaming_delay=0")
	for _, tt := range []struct {
		name, level, workload, strategy string
		servers                         provisiontest.Replicated
		stale                           bool
	}{
		// Transfers that lock leave nothing to see but what is late.
		{"late, read committed", "read-committed", "bank", "for-update", late, true},
		{"late, repeatable read", "repeatable-read", "counter", "plain", late, true},
		// It cancels every query that stands in the way of what the primary has removed.
		{"cancels queries", "repeatable-read", "counter", "plain", hasty, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := t.TempDir()
			args := []string{
				"--dsn", tt.servers.Primary.DSN, "--replica-dsn", tt.servers.DSN, "--level", tt.level,
				"--workload", tt.workload, "--strategy", tt.strategy, "--read-share", "0.5", "--duration", "3s", "--out", out,
			}
			var stdout, stderr bytes.Buffer
			if got := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, nil); got != int(asExpected) {
				t.Fatalf("exit status %d\n%s\n%s", got, stdout.String(), stderr.String())
			}
			if !strings.Contains(stdout.String(), "ran on the replica.") {
				t.Errorf("it is not said what ran on the replica:\n%s", stdout.String())
			}
			checkReplicaHistory(t, filepath.Join(out, "history-"+tt.workload+"-"+tt.level+".jsonl.zst"))
			ordered := checkReplicaFindings(t, filepath.Join(out, findingsFile))
			if tt.stale && !ordered {
				t.Error("the replica was late, and no anomaly of real-time or session order was found")
			}
		})
	}
}

// checkReplicaHistory checks what ran on the replica, and how it failed where it did.
func checkReplicaHistory(t *testing.T, file string) {
	t.Helper()
	h, err := history.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	there := 0
	for i := range h.Txns {
		txn := &h.Txns[i]
		if !txn.Replica {
			continue
		}
		there++
		if txn.Client == 0 || slices.ContainsFunc(txn.Ops, func(o history.Op) bool { return o.Kind.Writes() }) {
			t.Errorf("%v (%s) ran on the replica", txn.ID(), txn.Name)
		}
		e := txn.Failure()
		switch {
		case e == nil || e.Class == history.SerializationFailure || e.Class == history.Cancelled:
		case e.Class == history.ConnectionLost && e.Code == "40001": // it was idle
		default:
			t.Errorf("%v failed on the replica: %s %s %s", txn.ID(), e.Class, e.Code, e.Message)
		}
	}
	if !h.Closed || there < 50 {
		t.Errorf("closed: %v, with %d transactions on the replica", h.Closed, there)
	}
}

// checkReplicaFindings reports whether an anomaly that takes the order of time, or of a client's own, was found. No violation may be.
func checkReplicaFindings(t *testing.T, file string) (ordering bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report reports.Report
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Runs) != 1 {
		t.Fatalf("%d runs", len(report.Runs))
	}
	for _, a := range report.Runs[0].Findings.Anomalies {
		ordering = ordering || ordered(a.ID) && a.Count > 0
		if a.Violations > 0 {
			t.Errorf("%s: %d violations", a.ID, a.Violations)
		}
	}
	return ordering
}
