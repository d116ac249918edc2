package cobra

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/isocheck/isocheck/history/formats/internal/formatstest"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// Any log is a session or an error.
func FuzzLog(f *testing.F) {
	b := appendRecord(nil, 'S', 1)
	b = appendRecord(b, 'R', initial, initial, 5, 0)
	b = appendRecord(b, 'W', 17, 5, 1)
	f.Add(appendRecord(b, 'C', 1))
	f.Add(appendRecord(b, 'A', 1))
	f.Add(b)
	f.Fuzz(func(t *testing.T, content []byte) {
		p := &parser{b: scan.NewBinary("f", bytes.NewReader(content), binary.BigEndian), session: 1}
		formatstest.Drain(t, registers.Stream(p, registers.Header("cobra")), nil)
	})
}
