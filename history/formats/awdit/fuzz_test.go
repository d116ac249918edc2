package awdit

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/isocheck/isocheck/history/formats/internal/formatstest"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
)

// Any input is a history or an error, in whichever pieces it comes.
func FuzzRead(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		read := func(src io.Reader) string {
			return formatstest.Drain(t, registers.Stream(newParser("f", src, io.NopCloser(nil)), registers.Header("awdit")), nil)
		}
		whole, bytewise := read(bytes.NewReader(content)), read(iotest.OneByteReader(bytes.NewReader(content)))
		if whole != bytewise {
			t.Errorf("in one piece: %s\nin many pieces: %s", whole, bytewise)
		}
	})
}

var seeds = []string{
	"w 0 0\nw 1 0\n=====\nw 0 1\n-----\nr 0 1\nr 1 0\n=====\nw 1 1\n-----\nr 1 1\nr 0 0",
	"=-=-=\r\nr\t18446744073709551615 18446744073709551616\n",
	"w 0 0\nr 0 1",
}
