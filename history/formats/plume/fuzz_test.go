package plume

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
			return formatstest.Drain(t, registers.Stream(newParser("f", src, io.NopCloser(nil)), registers.Header("plume")), nil)
		}
		whole, bytewise := read(bytes.NewReader(content)), read(iotest.OneByteReader(bytes.NewReader(content)))
		if whole != bytewise {
			t.Errorf("in one piece: %s\nin many pieces: %s", whole, bytewise)
		}
	})
}

var seeds = []string{
	"w(1,0,0,0)\nr(1,0,1,1)\nw(1,10,1,1)\n\nr(1,10,2,3)\nw(2,21,2,-1)\n",
	"w( 18446744073709551615 , -9223372036854775808,2,2 )\r\n",
	"w(1,1,1,1)\nw(1,2,1,2)\nw(1,3,1,1)",
}
