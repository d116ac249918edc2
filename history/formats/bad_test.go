package formats_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
)

// readAll reads a history to its end and returns what was wrong.
func readAll(path string, format formats.Format) error {
	src, _, err := formats.Open(path, format)
	if err != nil {
		return err
	}
	s, err := src.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	var t history.Transaction
	for err == nil {
		err = s.Next(&t)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// Malformed input names file, line and column, and what was expected there.
func TestBadInputIsNamed(t *testing.T) {
	const begun = "{:type :invoke, :process 0, :f :txn, :value [[:r 1 nil]]}\n"
	for _, c := range []struct {
		name   string
		format formats.Format
		text   string
		want   string // after the name of the file
	}{
		{"no map", formats.JepsenEDN, begun + "nonsense", ":2:1: expected an operation, a map in braces, found \"nonsense\""},
		{"cut off", formats.JepsenEDN, "{:type :invoke, :process 0", `:1:27: expected a keyword, or the end of the map, found the end of the file`},
		{"cut off list", formats.JepsenEDN, "{:type :invoke, :value [[:r 1", `:1:30: expected ']', found the end of the file`},
		{"no type", formats.JepsenEDN, "{:process 0}", ":1:1: expected an operation with a :type"},
		{"no process", formats.JepsenEDN, "{:type :ok}", ":1:1: expected an operation with a :process"},
		{"odd type", formats.JepsenEDN, "{:type :maybe, :process 0}", ":1:8: expected the type invoke, ok, fail or info, found :maybe"},
		{"negative process", formats.JepsenEDN, "{:type :ok, :process -1}", ":1:22: expected a process"},
		{"odd time", formats.JepsenEDN, "{:type :ok, :process 1, :time 1.5}", ":1:31: expected a time, in nanoseconds from 0, found 1.5"},
		{"odd operation", formats.JepsenEDN, "{:type :invoke, :process 1, :f :cas, :value 3}", ":1:32: expected an operation txn, read, transfer or add, found :cas"},
		{"odd micro-operation", formats.JepsenEDN, "{:type :invoke, :process 1, :f :txn, :value [[:r 1 nil] [:cas 1 2]]}", ":1:58: expected r, append or w, found :cas"},
		{"short micro-operation", formats.JepsenEDN, "{:type :invoke, :process 1, :f :txn, :value [[:w 1]]}", ":1:46: expected a micro-operation such as"},
		{"no integer", formats.JepsenEDN, strings.Replace(begun, "[:r 1 nil]", "[:w 1 :a]", 1), ":1:52: expected an integer to write, found :a"},
		{"big integer", formats.JepsenEDN, strings.Replace(begun, "nil", "99999999999999999999999", 1), "expected a number, an integer of at most 64 bits"},
		{"never invoked", formats.JepsenEDN, "{:type :ok, :process 4, :f :txn, :value []}", ":1:1: process 4 completes an operation that it never invoked"},
		{"invoked twice", formats.JepsenEDN, begun + begun, ":2:1: process 0 invokes an operation; what it invoked in line 1 was never completed"},
		{"no answer", formats.JepsenEDN, begun + "{:type :ok, :process 0, :value nil}", ":2:1: expected a :value with the transaction's micro-operations"},
		{
			"mixed", formats.JepsenEDN, begun + strings.NewReplacer(":r 1 nil", ":append 1 2").Replace(begun) + strings.NewReplacer(":r 1 nil", ":w 1 2", "process 0", "process 1").Replace(begun),
			":3:1: this is an operation of the workload rw-register, and those before are of list-append",
		},
		{"deep", formats.JepsenEDN, "{:type :ok, :process 0, :value " + strings.Repeat("[", 100), "expected values that are not nested so deep"},
		{"odd map", formats.JepsenEDN, "{:type :ok, :process 0, :value {1}}", ":1:34: expected a value for the last key of the map"},
		{"string without end", formats.JepsenEDN, `{:type :ok, :error "abc`, ":1:24: expected the end of the string, found the end of the file"},
		{"no comma", formats.JepsenJSON, `[{"type":"invoke" "process":0}]`, `:1:19: expected a comma, or the end of the object, found "\"process\":0}]"`},
		{"array without end", formats.JepsenJSON, "[{\"type\":\"info\",\"process\":\"nemesis\"}\n", `:2:1: expected "]" after the last operation, found the end of the file`},
		{"odd word", formats.JepsenJSON, `[{"type":nul}]`, ":1:10: expected a value, found a word that is none of null, true and false"},
		{"odd escape", formats.JepsenJSON, `[{"type":"\x"}]`, `:1:12: expected an escape`},
		{"plume, odd letter", formats.Plume, "w(1,2,3,4)\nx(1,2,3,4)\n", ":2:1: expected an operation r(key,value,session,transaction)"},
		{"plume, short", formats.Plume, "w(1,2,3)", `:1:8: expected ',', found ")"`},
		{"plume, no number", formats.Plume, "w(1,b,3,4)", `:1:5: expected a value, found "b,3,4)"`},
		{"plume, long", formats.Plume, "w(1,2,3,4)r(1,2,3,4)", `:1:11: expected the end of the line`},
		{"plume, goes on", formats.Plume, "w(1,2,3,4)\nw(1,3,3,5)\nw(1,4,3,4)\n", ":3:1: transaction 4 goes on here, after another transaction of session 3"},
		{"plume, initial and more", formats.Plume, "w(1,2,3,4)\nw(2,0,3,4)\n", ":1:1: this transaction writes 0, the value that every key has at first, besides other things"},
		{"awdit, odd letter", formats.AWDIT, "w 1 2\n~~~~", `:2:1: expected an operation (r KEY VALUE or w KEY VALUE), dashes or equals signs, found "~~~~"`},
		{"awdit, short", formats.AWDIT, "w 1\n", ":1:4: expected a space, found \"\\n\""},
		{"dbcop, no data", formats.DBCop, `{"params":{"id":[1,{"a":null}]}}`, `:1:33: expected "data", the array of sessions`},
		{"dbcop, odd event", formats.DBCop, `[[{"events":[{"Cas":{}}]}]]`, `expected an event, "Read" or "Write"`},
		{"dbcop, no version", formats.DBCop, `[[{"events":[{"Read":{"variable":1}}]}]]`, ":1:36: expected an event with a variable and a version before the end of it"},
		{"dbcop, null write", formats.DBCop, `[[{"events":[["w",1,null]]}]]`, `:1:21: expected a version, a number, found "null]]}]]"`},
		{"dbcop, cut off", formats.DBCop, `{"data":[[{"events":[{"Read":{"vari`, "expected the end of the string, found the end of the file"},
		{"dbcop, more", formats.DBCop, `[] []`, ":1:4: expected nothing after the history"},
		{"hist, odd line", formats.DBCopText, "[x:=1]\nx:=2\n", `:2:1: expected a transaction in brackets, "---" between sessions, or a comment`},
		{"hist, no operator", formats.DBCopText, "[x=1]", `:1:3: expected ":=" or "=="`},
		{"hist, write of ?", formats.DBCopText, "[x:=?]", `:1:5: expected a version, a number, found "?]"`},
		{"hist, cut off", formats.DBCopText, "[x:=1 ", `:1:7: expected a variable, or "]", found the end of the file`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			err := readAll(path, c.format)
			var bad *history.FormatError
			switch {
			case err == nil:
				t.Fatal("it was read without an error")
			case !errors.As(err, &bad):
				t.Fatalf("it is no *history.FormatError: %v", err)
			case bad.Line == 0 || bad.Column == 0:
				t.Errorf("it has no place: %v", err)
			}
			if got := err.Error(); !strings.HasPrefix(got, path+":") || !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant …%s", got, c.want)
			}
		})
	}
}

// In binary files the place is a byte.
func TestBadBinariesAreNamed(t *testing.T) {
	huge := bincode()
	binary.LittleEndian.PutUint64(huge[5*8+8+9+8+4+8:], 1<<60) // the number of sessions
	long := bincode()
	binary.LittleEndian.PutUint64(long[5*8:], 1<<40) // the length of the info
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"cut off", bincode()[:200], "byte 200: expected a variable, found the end of the file"},
		{"more", append(bincode(), 1), ": expected the end of the file after the last session"},
		{"many sessions", huge, "byte 77: expected the number of sessions, found 1152921504606846976"},
		{"long text", long, "expected the info, found the end of the file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.bincode")
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := readAll(path, formats.DBCopBincode); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s", err, c.want)
			}
		})
	}
	t.Run("cobra", func(t *testing.T) {
		dir := t.TempDir()
		log := cobraLogs()["T1.log"]
		for content, want := range map[string]string{
			string(log[:20]):      "byte 18: expected the number of a write, found the end of the file",
			"X":                   "byte 0: expected S, the begin of a transaction, found 'X'",
			string(log[:9]) + "X": "byte 9: expected W, R, C or A, found 'X'",
			string(log[:9]) + "C" + string(log[9:17]): "byte 10: expected the end of transaction 1, found that of",
		} {
			if err := os.WriteFile(filepath.Join(dir, "T1.log"), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := readAll(dir, formats.Cobra); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want …%s", err, want)
			}
		}
	})
}

// What a format cannot say is an error, and nothing is left of what was begun.
func TestWhatCannotBeSaidIsAnError(t *testing.T) {
	row := []history.Row{{Key: 1, Version: history.MakeTxnID(1, 1).Version(0)}}
	traced := history.Header{Format: history.FormatVersion, Tables: []history.Table{{Name: "a", Columns: []history.Column{{Name: "n", Type: history.Int}}}}}
	registers := traced
	registers.Traces = history.Registers
	untraced := traced
	untraced.Traces = history.Untraced
	txn := func(op history.Op) []history.Transaction {
		return []history.Transaction{{Client: 1, Number: 1, Outcome: history.Committed, Ops: []history.Op{op}}}
	}
	for _, c := range []struct {
		name   string
		header history.Header
		op     history.Op
		format formats.Format
		opts   formats.Options
		want   string
	}{
		{"a savepoint", traced, history.Op{Kind: history.RollbackTo, Key: 1}, formats.Plume, formats.Options{}, "transaction 1.1, operation 0: it rolls back to a savepoint, and registers have none"},
		{"a delete", traced, history.Op{Kind: history.Delete, Key: 1, Rows: row}, formats.Plume, formats.Options{}, "transaction 1.1, operation 0: it deletes a row, and registers have no deletes"},
		{"a gap", traced, history.Op{Kind: history.UpdateWhere, Gap: true}, formats.JepsenEDN, formats.Options{}, "the database did not tell which rows it wrote"},
		{"the initial value", registers, history.Op{Kind: history.Update, Set: []history.Assign{{Value: history.IntValue(0)}}}, formats.DBCop, formats.Options{}, "it writes 0, which stands for the initial value"},
		{"a text", registers, history.Op{Kind: history.Read, Rows: []history.Row{{Values: []history.Value{history.TextValue("x")}}}}, formats.AWDIT, formats.Options{}, "a register holds integers, not 'x'"},
		{"no lists", traced, history.Op{Kind: history.Read}, formats.JepsenJSON, formats.Options{As: "list-append"}, "list-append has tables of lists"},
		{"no traces", untraced, history.Op{Kind: history.Read}, formats.JepsenJSON, formats.Options{}, "this history does not show which write a read saw"},
		{"a value nobody wrote", registers, history.Op{Kind: history.Read, Rows: []history.Row{{Values: []history.Value{history.IntValue(5)}}}}, formats.Cobra, formats.Options{}, "transaction 1.1 read a value that nobody wrote"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			h := &history.History{Header: c.header, Txns: txn(c.op), Closed: true}
			_, err := formats.Write(context.Background(), filepath.Join(dir, "out"), c.format, h, c.opts)
			if !errors.Is(err, formats.ErrContent) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an ErrContent …%s", err, c.want)
			}
			left, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range left {
				t.Errorf("%s was left", f.Name())
			}
		})
	}
}

// A file can be converted in place.
func TestWriteReplacesWhatItReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.edn")
	content, err := os.ReadFile(filepath.Join("testdata", "read", "rw-register.edn"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	src, _, err := formats.Open(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := formats.Write(context.Background(), path, formats.Plume, src, formats.Options{}); err != nil {
		t.Fatal(err)
	}
	if format, err := formats.Detect(path); err != nil || format != formats.Plume {
		t.Errorf("it is %s now (%v), want plume", format, err)
	}
}
