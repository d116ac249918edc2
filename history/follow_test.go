package history

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was recorded arrives while the file is still being written, and the end when it is closed.
func TestFollow(t *testing.T) {
	for _, name := range []string{"h.jsonl", "h.jsonl.zst"} {
		t.Run(name, func(t *testing.T) {
			path, done := filepath.Join(t.TempDir(), name), make(chan struct{})
			src := Follow(path, done)
			opened := make(chan Stream)
			go func() {
				s, err := src.Open() // before there is a file
				if err != nil {
					t.Error(err)
				}
				opened <- s
			}()
			w, err := Create(path, testHeader(), textsFrom(testStatements))
			if err != nil {
				t.Fatal(err)
			}
			s, r := <-opened, w.Recorder()
			var got Transaction
			for n := 1; n <= 3; n++ {
				want := typical(1, n)
				r.Record(&want)
				if err := s.Next(&got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("transaction %d, read while the file was open (-want +got):\n%s", n, diff)
				}
			}
			later, err := ReadAll(src)
			if err != nil || len(later.Txns) != 3 || later.Closed {
				t.Errorf("a second stream gives %d transactions, closed %v, %v; want those so far", len(later.Txns), later.Closed, err)
			}
			last := typical(1, 4)
			r.Record(&last)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			close(done)
			if err := s.Next(&got); err != nil || got.Number != 4 {
				t.Errorf("got transaction %d, %v; want what was written last", got.Number, err)
			}
			if err := s.Next(&got); !errors.Is(err, io.EOF) || !s.Closed() {
				t.Errorf("got %v, closed %v; want the end of a closed history", err, s.Closed())
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Whoever loses interest need not wait for the writer.
func TestFollowerLeaves(t *testing.T) {
	for _, name := range []string{"h.jsonl", "h.jsonl.zst"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			w, err := Create(path, testHeader(), nil)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Follow(path, make(chan struct{})).Open()
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.Close(), w.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFollowNothing(t *testing.T) {
	done := make(chan struct{})
	close(done)
	if s, err := Follow(filepath.Join(t.TempDir(), "none.jsonl"), done).Open(); err == nil {
		s.Close()
		t.Error("a file that never came was opened")
	}
}
