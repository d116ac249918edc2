package checker_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// Looking at a history while it is read changes nothing of what is found in the end.
func TestLooking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var src checker.Source = drawHistory(t)
		if rapid.Bool().Draw(t, "lists") {
			src = memory.Config{
				Kind: memory.UntracedAppend, Model: rapid.SampledFrom(memory.Models()).Draw(t, "model"), Seed: rapid.Uint64().Draw(t, "seed"),
				Txns: 30, Sessions: 4, Keys: 3, ListLength: 4, AbortShare: 0.2, LostShare: 0.1,
			}
		}
		opts := checker.Options{Expect: checker.Serializable, Witnesses: 3}
		want, err := checker.Check(context.Background(), src, opts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := checker.CheckLooking(context.Background(), src, opts)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := asJSON(t, want), asJSON(t, got); a != b {
			t.Fatalf("with looks\n%s\nand without\n%s", b, a)
		}
	})
}

func asJSON(t *rapid.T, f *checker.Findings) string {
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A history is checked while it is written, and what it has shown so far is told.
func TestWatch(t *testing.T) {
	path, done := filepath.Join(t.TempDir(), "h.jsonl.zst"), make(chan struct{})
	config := memory.Config{Model: memory.ReadCommitted, Seed: 1, Txns: 2000}
	w, err := history.Create(path, config.Header(), nil)
	if err != nil {
		t.Fatal(err)
	}
	seen, found := make(chan []checker.Anomaly, 100), make(chan *checker.Findings)
	go func() {
		f, err := checker.Check(context.Background(), history.Follow(path, done), checker.Options{
			Watch: checker.Watch{Done: done, Seen: func(a []checker.Anomaly) { seen <- a }},
		})
		if err != nil {
			t.Error(err)
		}
		found <- f
	}()
	var txns []history.Transaction
	if err := memory.Generate(config, func(t *history.Transaction) error { txns = append(txns, t.Clone()); return nil }); err != nil {
		t.Fatal(err)
	}
	r, sofar := w.Recorder(), []checker.Anomaly(nil)
	for n := range txns {
		r.Record(&txns[n])
		if n > 1000 && sofar == nil {
			select {
			case sofar = <-seen:
			case <-time.After(20 * time.Millisecond): // a look comes with a transaction
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	close(done)
	if !slices.ContainsFunc(sofar, func(a checker.Anomaly) bool { return a.ID == checker.LostUpdate && a.Count > 0 }) {
		t.Errorf("seen while the history was written: %v, and no lost update", sofar)
	}
	want, err := checker.Check(context.Background(), history.Files(path), checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, <-found); diff != "" {
		t.Errorf("checked while it was written (-want +got):\n%s", diff)
	}
}
