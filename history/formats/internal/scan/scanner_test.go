package scan

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

var letters = NewSet("abc")

// Tokens are whole wherever the buffer ends, and places count lines and columns.
func TestTokensAcrossBuffers(t *testing.T) {
	word := strings.Repeat("abc", 1000)
	text := strings.Repeat(word+" \n", 100)
	for name, src := range map[string]io.Reader{
		"at once": strings.NewReader(text), "halves": iotest.HalfReader(strings.NewReader(text)), "data with the end": iotest.DataErrReader(strings.NewReader(text)),
	} {
		s := New("f", src)
		for line := 1; line <= 100; line++ {
			if at := s.Place(); at != (Place{Line: line, Column: 1}) {
				t.Fatalf("%s: line %d begins at %v", name, line, at)
			}
			if got := s.Token(letters); string(got) != word {
				t.Fatalf("%s: line %d is %d bytes long", name, line, len(got))
			}
			s.SkipAll(NewSet(" \n"))
		}
		if !s.AtEnd() || s.Err() != nil {
			t.Errorf("%s: at the end: %v, %v", name, s.AtEnd(), s.Err())
		}
	}
}

// A token that never ends is an error before it fills the memory.
func TestEndlessToken(t *testing.T) {
	s := New("f", io.LimitReader(endless{}, 1<<30))
	s.Token(letters)
	if err := s.Err(); err == nil || err.Error() != "f:1:1: this is longer than 1 MiB, without a space or a delimiter" {
		t.Errorf("got %v", err)
	}
	if !s.AtEnd() {
		t.Error("there is something left after an error")
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("a"), len(p))), nil }

// What cannot be read is said as it is.
func TestUnreadable(t *testing.T) {
	broken := errors.New("the disk is gone")
	s := New("f", io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)))
	s.Token(letters)
	if !errors.Is(s.Err(), broken) {
		t.Errorf("got %v", s.Err())
	}
}

// Integers of 64 bits are read, signed or not, and none that are longer.
func TestNumbers(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-1": -1, "007": 7, "9223372036854775807": 1<<63 - 1, "-9223372036854775808": -1 << 63, "18446744073709551615": -1, "00000000000000000012": 12,
	} {
		if got, found := New("f", strings.NewReader(text)).Number("a number"); !found || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, found, want)
		}
	}
	for _, text := range []string{"", "-", "x", "18446744073709551616", "-9223372036854775809", strings.Repeat("0", 30)} {
		if got, found := New("f", strings.NewReader(text)).Number("a number"); found {
			t.Errorf("%q is %d", text, got)
		}
	}
}
