package history

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Decoding by several goroutines gives what decoding line by line gives, the same error at the same place included.
func TestAheadAgreesWithLineByLine(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.jsonl")
	writeTypical(t, whole, 1000)
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		damaged := bytes.Clone(text)
		at := rapid.IntRange(bytes.IndexByte(text, '\n')+1, len(text)-1).Draw(t, "at")
		switch rapid.IntRange(0, 4).Draw(t, "damage") {
		case 0:
			damaged = damaged[:at]
		case 1:
			damaged[at] = rapid.Byte().Draw(t, "byte")
		case 2: // a line that is longer than a batch
			long := append([]byte(`{"odd":"`), bytes.Repeat([]byte("x"), 3*batchText)...)
			end := at + bytes.IndexByte(damaged[at:], '\n') + 1
			damaged = append(append(append(bytes.Clone(damaged[:end]), long...), "\"}\n"...), damaged[end:]...)
		case 3:
			damaged = append(damaged, "\n  \n"...)
		}
		path := filepath.Join(dir, "damaged.jsonl")
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		want, wantErr := readAs(t, path, 0)
		got, gotErr := readAs(t, path, aheadFrom)
		if !reflect.DeepEqual(want, got) { // which is much faster than cmp
			t.Errorf("the history differs (-line by line +ahead):\n%s", cmp.Diff(want, got))
		}
		if diff := cmp.Diff(wantErr, gotErr); diff != "" {
			t.Errorf("the error differs (-line by line +ahead):\n%s", diff)
		}
	})
}

// readAs reads a file as if it had that size, and returns what it gave and how it ended.
func readAs(t *rapid.T, path string, size int64) (h History, end string) {
	r, err := openReader(path)
	if err != nil {
		t.Fatal(err)
	}
	r.file.size = size
	var txn Transaction
	for err == nil {
		if err = r.Next(&txn); err == nil {
			h.Txns = append(h.Txns, txn.Clone())
		}
	}
	h.Statements, h.Events, h.Closed = r.Statements(), r.Events(), r.Closed()
	if again := r.Next(&txn); !errors.Is(again, err) {
		t.Errorf("the error %v became %v", err, again)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	return h, err.Error()
}

// A reader may stop at any place.
func TestAheadStops(t *testing.T) {
	for _, name := range []string{"h.jsonl", "h.jsonl.zst"} {
		path := filepath.Join(t.TempDir(), name)
		writeTypical(t, path, 3000)
		for _, after := range []int{0, 1, 500, 3000} {
			r, err := openReader(path)
			if err != nil {
				t.Fatal(err)
			}
			r.file.size = aheadFrom
			var txn Transaction
			for n := range after {
				if err := r.Next(&txn); err != nil {
					t.Fatalf("%s, transaction %d: %v", name, n, err)
				}
			}
			if after == 3000 {
				if err := r.Next(&txn); !errors.Is(err, io.EOF) || !r.Closed() {
					t.Errorf("%s: got %v, closed %v; want the end", name, err, r.Closed())
				}
			}
			if err := r.Close(); err != nil {
				t.Errorf("%s, after %d: %v", name, after, err)
			}
		}
	}
}
