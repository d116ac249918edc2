package history

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plainFile writes lines as they are.
func plainFile(t *testing.T, name string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const plainHeader = `{"header":{"format":1,"tables":[{"name":"t","columns":[{"name":"n","type":"int"}]}]}}`

func TestBadFiles(t *testing.T) {
	txn := func(rest string) string { return `{"txn":{"client":1,"number":1,"outcome":"committed"` + rest + `}}` }
	for _, test := range []struct{ name, want, line string }{
		{"no JSON", `:2:1: expected an object, found "oops"`, "oops"},
		{"cut in the middle", `:2:16: expected the end of the string, found the end of the line`, `{"txn":{"client`},
		{"wrong type", `:2:18: expected a number, found "\"x\"}}"`, `{"txn":{"client":"x"}}`},
		{"trailing text", `:2:54: expected the end of the line, found "x"`, txn("") + "x"},
		{"unknown kind", `one of read, read-where, insert`, txn(`,"ops":[{"kind":"merge"}]`)},
		{"no kind", `transaction 1.1, operation 0: it has no kind`, txn(`,"ops":[{}]`)},
		{"no outcome", `transaction 1.1: it has no outcome`, `{"txn":{"client":1,"number":1}}`},
		{"no number", `:2: transaction 1.0: number 0 is not from 1`, `{"txn":{"client":1,"outcome":"committed"}}`},
		{"table", `it names table 7; the header has 1 tables`, txn(`,"ops":[{"kind":"read","table":7}]`)},
		{"negative table", `expected an integer from 0 to 2147483647, found "-1}`, txn(`,"ops":[{"kind":"read","table":-1}]`)},
		{"column", `it names column 1; table t has 1 columns`, txn(`,"ops":[{"kind":"read-where","where":[{"column":1,"value":2}]}]`)},
		{"values", `row 0: it has 2 values; table t has 1 columns`, txn(`,"ops":[{"kind":"read","rows":[{"values":[1,2]}]}]`)},
		{"big version", `expected a version`, txn(`,"ops":[{"kind":"read","rows":[{"version":9007199254740992}]}]`)},
		{"big integer", `expected an integer of at most 64 bits, found "9223372036854775808`, txn(`,"ops":[{"kind":"read","key":9223372036854775808}]`)},
		{"statement", `operation 0: it names statement 0; so far there are 0`, txn(`,"ops":[{"kind":"read","statement":0}]`)},
		{"backwards", `it ends at 1, before it starts at 2`, txn(`,"start":2,"end":1`)},
		{"two things", `only one of header`, `{"event":{},"closing":{}}`},
		{"second header", `:2: a second header`, plainHeader},
		{"statement number", `expected statement 0, found statement 1`, `{"statement":{"number":1,"sql":"x"}}`},
		{"wrong counts", `the closing line counts 3 transactions with 0 operations`, `{"closing":{"transactions":3}}`},
		{"event", `expected int64 for event.at, found a JSON string`, `{"event":{"at":"x"}}`},
		{"after the end", `:3: expected nothing after the closing line`, `{"closing":{}}` + "\n" + txn("")},
		{"garbage after the end", `:3:1: expected an object`, `{"closing":{}}` + "\n" + "x"},
		{"twice", `:3: transaction 1.1 is in the file twice`, txn("") + "\n" + txn("")},
		{"deep", `brackets that nest less deep`, `{"x":` + strings.Repeat("[", 20000)},
		{"long other line", `one that is no transaction has at most`, `{"event":{"kind":"` + strings.Repeat("x", 1<<20) + `"}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := plainFile(t, "bad.jsonl", plainHeader, test.line)
			_, err := Load(path)
			if err == nil {
				t.Fatal("no error")
			}
			var place *FormatError
			if !errors.As(err, &place) || place.File != path || place.Line < 2 {
				t.Errorf("the error has no place: %#v", err)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q does not say %q", err, test.want)
			}
		})
	}
}

func TestBadHeaders(t *testing.T) {
	for _, test := range []struct{ name, want, line string }{
		{"no header", "expected the header in the first line", `{"event":{}}`},
		{"newer", "its format is 2; this version of isocheck reads format 1", `{"header":{"format":2}}`},
		{"null", "the header is null", `{"header":null}`},
		{"type", `column n has the type null`, `{"header":{"format":1,"tables":[{"name":"t","columns":[{"name":"n","type":"null"}]}]}}`},
		{"unknown type", `unknown type "float"; known are null, int, text`, `{"header":{"format":1,"tables":[{"name":"t","columns":[{"name":"n","type":"float"}]}]}}`},
		{"index", "it names column 3", `{"header":{"format":1,"tables":[{"name":"t","indexes":[3]}]}}`},
		{"invariant", "it names table 1", `{"header":{"format":1,"invariants":[{"kind":"at-least","table":1}]}}`},
		{"other file", `expected an object, found "PK\x03\x04"`, "PK\x03\x04"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := plainFile(t, "bad.jsonl", test.line)
			_, err := Files(path).Open()
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), path+":1:") {
				t.Errorf("error %q does not say %q at %s:1", err, test.want, path)
			}
		})
	}
	empty := filepath.Join(t.TempDir(), "empty.jsonl.zst")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Files(empty).Open(); err == nil || !strings.Contains(err.Error(), "ends before its header") {
		t.Errorf("empty file: %v", err)
	}
	if _, err := Files(plainFile(t, "x.jsonl.zst", plainHeader)).Open(); err == nil || !strings.Contains(err.Error(), "no zstd file") {
		t.Errorf("plain file named .zst: %v", err)
	}
	if _, err := Files(filepath.Join(t.TempDir(), "none.jsonl")).Open(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Files().Open(); err == nil {
		t.Error("no name: no error")
	}
}

func TestLeniency(t *testing.T) {
	path := plainFile(t, "odd.jsonl", plainHeader, "", " \t\r", `{"invented":{"later":[1]}}`, "{}\r",
		`{ "txn" : {"ops":[{"key":1.0,"kind":"\u0072ead","rows":[{"version":1e3}],"lock":null,"error":null}], "outcome":"aborted","number":2,"client":3}}`+"\r")
	h, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []Transaction{{Client: 3, Number: 2, Outcome: Aborted, Ops: []Op{{Kind: Read, Key: 1, Rows: []Row{{Version: 1000}}, Statement: -1}}}}
	if diff := cmp.Diff(want, h.Txns); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if h.Closed {
		t.Error("it is closed without a closing line")
	}
}

func TestStreamKeepsItsError(t *testing.T) {
	s, err := Files(plainFile(t, "bad.jsonl", plainHeader, "oops", `{"closing":{}}`)).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var txn Transaction
	first := s.Next(&txn)
	if second := s.Next(&txn); first == nil || errors.Is(first, io.EOF) || !errors.Is(second, first) || s.Closed() {
		t.Errorf("first %v, then %v, closed %v", first, second, s.Closed())
	}
}
