package history

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// FuzzDecode holds the decoder of a line against encoding/json: what it accepts
// is JSON, encoding/json reads the same from it, and so it is when written and read again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(plainHeader))
	for i := range 3 {
		f.Add(benchLine(i + 1))
	}
	f.Add([]byte(`{"txn":{"ops":[{"where":[{"cmp":"less","value":"\u00e9\ud83d\ude00"}],"set":[{"op":"add","value":-1}],"rows":[{"values":[null,1,"x"]}],"error":{"class":"c"}}]}}`))
	f.Add([]byte(` { "x" : [1e3 , -0.5E+2, true, {"a":{}}] , "txn" : {"client":1.0, "ops":null} } `))
	f.Fuzz(func(t *testing.T, line []byte) {
		var d decoder
		var txn Transaction
		kind, ok := d.decode(line, &txn)
		if !ok {
			if d.want == "" || d.pos > len(line) {
				t.Fatalf("a failure without a reason, or out of the line: %q at %d", d.want, d.pos)
			}
			_ = d.problem()
			return
		}
		if !json.Valid(line) {
			t.Fatalf("%q is no JSON and was accepted", line)
		}
		if kind != txnLine {
			return
		}
		want, err := readByOracle(line)
		switch {
		case oracleIsLaxer(line) || err != nil && oracleIsStricter(line):
		case err != nil:
			t.Fatalf("%q was accepted, encoding/json says: %v", line, err)
		default:
			if diff := cmp.Diff(want, txn, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%q (-encoding/json +decoder):\n%s", line, diff)
			}
		}
		again, err := read(new(decoder), appendTransactionLine(nil, &txn))
		if err != nil {
			if txn.Outcome == 0 || hasNoKind(&txn) {
				return // no such transaction can be written
			}
			t.Fatalf("%q cannot be read again: %v", line, err)
		}
		if diff := cmp.Diff(txn, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q read again (-first +second):\n%s", line, diff)
		}
	})
}

func hasNoKind(t *Transaction) bool {
	for i := range t.Ops {
		if t.Ops[i].Kind == 0 {
			return true
		}
	}
	return false
}

// oracleIsStricter says that the line has a number like 1.0, which encoding/json does not take for an integer.
func oracleIsStricter(line []byte) bool {
	for i, c := range line {
		if (c == '.' || c == 'e' || c == 'E') && i > 0 && line[i-1]-'0' <= 9 {
			return true
		}
	}
	return false
}

// oracleIsLaxer says that an object of the line has a key twice, or one that is
// not lower case: encoding/json merges what the decoder replaces, and ignores case.
func oracleIsLaxer(line []byte) bool {
	var s scanner
	s.reset(line)
	return oddKeys(&s)
}

func oddKeys(s *scanner) bool {
	odd := false
	switch s.peek() {
	case '{':
		s.open('{')
		for seen := map[string]bool{}; s.member(); {
			key := string(s.key)
			odd = odd || seen[key] || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz") != ""
			seen[key] = true
			odd = oddKeys(s) || odd
		}
	case '[':
		s.open('[')
		for s.element() {
			odd = oddKeys(s) || odd
		}
	default:
		s.skip()
	}
	return odd
}

// FuzzReader reads files of any content: it must come to an end, and a problem
// must be a FormatError. What it reads is valid.
func FuzzReader(f *testing.F) {
	for _, name := range []string{"h.jsonl", "h.jsonl.zst"} {
		path := filepath.Join(f.TempDir(), name)
		record(f, path, small(1))
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(plainHeader + "\n" + `{"event":{"at":1}}` + "\n\n{}\n" + `{"statement":{"number":0,"sql":"x"}}` + "\n" + `{"closing":{"statements":1,"events":1}}`))
	path := filepath.Join(f.TempDir(), "fuzz")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Files(path).Open()
		var place *FormatError
		if err != nil {
			if !errors.As(err, &place) {
				t.Fatalf("no FormatError: %v", err)
			}
			return
		}
		defer s.Close()
		stats := NewStats(s.Header())
		var txn Transaction
		for {
			if err = s.Next(&txn); err != nil {
				break
			}
			if err := txn.Validate(s.Header()); err != nil {
				t.Fatal(err)
			}
			stats.Add(&txn)
		}
		if !errors.Is(err, io.EOF) && (!errors.As(err, &place) || s.Closed()) {
			t.Fatalf("closed %v, no FormatError: %v", s.Closed(), err)
		}
		if n := len(stats.Summary().Bins); n > MaxBins {
			t.Fatalf("%d bins", n)
		}
	})
}
