package jepsen

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/formatstest"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

func FuzzEDN(f *testing.F)  { fuzz(f, edn, "*.edn") }
func FuzzJSON(f *testing.F) { fuzz(f, json, "*.json") }

// fuzz makes sure that any input is a history or an error, and that it does not matter in
// which pieces it comes, and that skimming finds the same as reading.
func fuzz(f *testing.F, as notation, pattern string) {
	seeds, err := filepath.Glob(filepath.Join("..", "testdata", "read", pattern))
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds %s: %v", pattern, err)
	}
	for _, path := range seeds {
		seed, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		whole := drain(t, bytes.NewReader(content), bytes.NewReader(content), as)
		bytewise := drain(t, iotest.OneByteReader(bytes.NewReader(content)), iotest.OneByteReader(bytes.NewReader(content)), as)
		if whole != bytewise {
			t.Errorf("in one piece: %s\nin many pieces: %s", whole, bytewise)
		}
	})
}

func drain(t *testing.T, first, second io.Reader, as notation) string {
	facts, err := gather(newLexer(scan.New("f", first), as))
	var s history.Stream
	if err == nil {
		h := facts.workload.header(facts, false)
		facts.names.params(h.Params)
		s = newStream(newLexer(scan.New("f", second), as), io.NopCloser(nil), h, facts)
	}
	return formatstest.Drain(t, s, err)
}
