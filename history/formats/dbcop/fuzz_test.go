package dbcop

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/isocheck/isocheck/history/formats/internal/formatstest"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
)

func FuzzJSON(f *testing.F) {
	f.Add(seed(f, "dbcop.json"))
	f.Add([]byte(`[[{"events":[["w",0,1],["r",0,null]],"committed":true}],[],[{}]]`))
	fuzz(f, func(src io.Reader) registers.Parser { return newJSONParser("f", src, io.NopCloser(nil)) })
}

func FuzzText(f *testing.F) {
	f.Add(seed(f, "dbcop.hist"))
	f.Add([]byte("[k1:=1 k2==?]!\n----\n[k1==1]"))
	fuzz(f, func(src io.Reader) registers.Parser { return newTextParser("f", src, io.NopCloser(nil)) })
}

func FuzzBincode(f *testing.F) {
	f.Add(bytes.Repeat([]byte{0}, 72))
	b := bincodeDialect{}.begin(nil, &registers.Summary{}, 1, 1)
	b = bincodeDialect{}.beginSession(b, 0, 2)
	b = bincodeDialect{}.transaction(b, &registers.Txn{Ops: []registers.Op{{Write: true, Key: 1, Value: 2}, {Key: 1, Value: 2}}}, true, true)
	f.Add(bincodeDialect{}.transaction(b, &registers.Txn{Ops: []registers.Op{{Key: 1}}}, false, false))
	fuzz(f, func(src io.Reader) registers.Parser { return newBincodeParser("f", src, io.NopCloser(nil)) })
}

func seed(f *testing.F, name string) []byte {
	content, err := os.ReadFile(filepath.Join("..", "testdata", "read", name))
	if err != nil {
		f.Fatal(err)
	}
	return content
}

// fuzz makes sure that any input is a history or an error, in whichever pieces it comes.
func fuzz(f *testing.F, parser func(io.Reader) registers.Parser) {
	f.Fuzz(func(t *testing.T, content []byte) {
		read := func(src io.Reader) string {
			return formatstest.Drain(t, registers.Stream(parser(src), registers.Header("dbcop")), nil)
		}
		whole, bytewise := read(bytes.NewReader(content)), read(iotest.OneByteReader(bytes.NewReader(content)))
		if whole != bytewise {
			t.Errorf("in one piece: %s\nin many pieces: %s", whole, bytewise)
		}
	})
}
