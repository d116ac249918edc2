package harness_test

import (
	"context"
	"testing"

	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads"
)

// The default workloads run at every level of every database. (All workloads in all strategies are the business of
// the matrix in package workloads.)
func TestRun(t *testing.T) {
	for _, product := range products() {
		t.Run(product, func(t *testing.T) {
			db := database(t, product)
			for _, w := range workloads.Default() {
				for _, s := range w.Strategies[:1] {
					for _, level := range history.Levels() {
						t.Run(w.Name+"/"+s.Name+"/"+string(level), func(t *testing.T) {
							cfg := config(t, db, w.Name, level)
							cfg.Params.Strategy = s.Name
							result, h := run(context.Background(), t, cfg)
							checkHistory(t, &cfg, result, h)
						})
					}
				}
			}
		})
	}
}

// checkHistory checks what holds for every run that went well.
func checkHistory(t *testing.T, cfg *harness.Config, result harness.Result, h *history.History) {
	t.Helper()
	if result.Stopped != "" || result.Err != nil || !result.Final {
		t.Errorf("the run stopped early: %q, %v, final state read: %v", result.Stopped, result.Err, result.Final)
	}
	if h.Header.Level != cfg.Level || h.Header.Settings["level"] != string(cfg.Level) {
		t.Errorf("level %s was asked for; the header says %s, the server %s", cfg.Level, h.Header.Level, h.Header.Settings["level"])
	}
	if h.Header.Promise == "" || h.Header.ServerVersion == "" || h.Header.Strategy != cfg.Params.Strategy || h.Header.Clients != workloads.DefaultClients {
		t.Errorf("the header lacks something: %+v", h.Header)
	}
	var counted harness.Totals
	committedBy := map[int]int{}
	for i := range h.Txns {
		txn := &h.Txns[i]
		if txn.Client == 0 {
			continue
		}
		switch txn.Outcome {
		case history.Committed:
			counted.Committed++
			committedBy[txn.Client]++
		case history.Indeterminate:
			counted.Indeterminate++
		}
	}
	if counted.Committed != result.Totals.Committed || counted.Indeterminate != 0 || result.Totals.Indeterminate != 0 {
		t.Errorf("%d transactions of the history committed and %d are indeterminate; the result says %+v", counted.Committed, counted.Indeterminate, result.Totals)
	}
	if counted.Committed == 0 {
		t.Errorf("no transaction of the clients committed: %+v", result.Totals)
	}
	if n := result.Totals.Aborted[history.OtherError] + result.Totals.Aborted[history.Constraint]; n > 0 {
		t.Errorf("%d errors:\n%s%s", n, errorsOf(h, history.OtherError), errorsOf(h, history.Constraint))
	}
	final := h.Txns[len(h.Txns)-1]
	if final.Name != "final" || final.Client != 0 || len(final.Ops) != len(h.Header.Tables) {
		t.Errorf("the last transaction is %s of client %d with %d operations", final.Name, final.Client, len(final.Ops))
	}
	t.Logf("%+v", result.Totals)
}
