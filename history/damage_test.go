package history

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTruncated cuts files at every byte: what comes back must be the beginning
// of what was written, never an error, once the header is there.
func TestTruncated(t *testing.T) {
	want := small(5)
	for _, name := range []string{"h.jsonl", "h.jsonl.zst"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			record(t, path, want)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			cut := filepath.Join(dir, "cut-"+name)
			most, header := 0, false
			// A plain file is long, and one place within a word is like another.
			step := 1 + len(whole)/400
			for size := 0; size < len(whole); size += step {
				if err := os.WriteFile(cut, whole[:size], 0o600); err != nil {
					t.Fatal(err)
				}
				h, err := Load(cut)
				if err != nil && !header && strings.Contains(err.Error(), "ends before its header") {
					continue
				}
				header = true
				if err != nil {
					t.Fatalf("cut after %d of %d bytes: %v", size, len(whole), err)
				}
				// In the last bytes there is nothing but the end of the line, or of the stream.
				if h.Closed && (name == "h.jsonl" && size < len(whole)-1 || size < len(whole)-12) {
					t.Fatalf("cut after %d of %d bytes, and closed", size, len(whole))
				}
				if n := len(h.Txns); n > 0 && !reflect.DeepEqual(want.Txns[:n], h.Txns) {
					t.Fatalf("cut after %d bytes: %s", size, cmp.Diff(want.Txns[:n], h.Txns))
				}
				most = max(most, len(h.Txns))
			}
			if !header || most != len(want.Txns) {
				t.Errorf("of %d transactions %d came back from the longest piece", len(want.Txns), most)
			}
		})
	}
}

// TestFlippedBits damages a compressed file byte by byte: it must never be taken for complete and different.
func TestFlippedBits(t *testing.T) {
	want := small(5)
	dir := t.TempDir()
	path := filepath.Join(dir, "h.jsonl.zst")
	record(t, path, want)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	errs := 0
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0x10
		bad := filepath.Join(dir, "bad.jsonl.zst")
		if err := os.WriteFile(bad, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := Load(bad)
		if err != nil {
			errs++
			if !strings.Contains(err.Error(), bad) {
				t.Errorf("byte %d: the error does not name the file: %v", i, err)
			}
			continue
		}
		if h.Closed && !reflect.DeepEqual(want, h) {
			t.Errorf("byte %d: it is taken for a complete history, and is another", i)
		}
	}
	if errs < len(whole)*9/10 {
		t.Errorf("only %d of %d damaged files were errors", errs, len(whole))
	}
}
