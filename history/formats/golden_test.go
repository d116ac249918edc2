package formats_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares what came out with a golden file.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// readable returns a file as text, or a folder's files, binary ones in hexadecimal.
func readable(t *testing.T, path string) []byte {
	t.Helper()
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		t.Fatal(err)
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*")); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) > 1 {
			out.WriteString(filepath.Base(file) + "\n")
		}
		if bytes.IndexByte(content, 0) >= 0 {
			content = []byte(hex.Dump(content))
		}
		out.Write(content)
	}
	return out.Bytes()
}

// A small file of each format is read as what the golden file beside it says.
func TestReadGolden(t *testing.T) {
	want := map[string]formats.Format{
		"list-append.edn": formats.JepsenEDN, "rw-register.edn": formats.JepsenEDN, "counter.edn": formats.JepsenEDN, "set.edn": formats.JepsenEDN,
		"rw-register.json": formats.JepsenJSON, "lines.json": formats.JepsenJSON, "bank.json": formats.JepsenJSON,
		"isovista.txt": formats.Plume, "long-fork.txt": formats.AWDIT, "dbcop.json": formats.DBCop, "dbcop.hist": formats.DBCopText,
	}
	for name, format := range want {
		t.Run(name, func(t *testing.T) {
			readGolden(t, filepath.Join("testdata", "read", name), filepath.Join("testdata", "read", name+".jsonl"), format)
		})
	}
	t.Run("bincode", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "history.bincode")
		if err := os.WriteFile(path, bincode(), 0o600); err != nil {
			t.Fatal(err)
		}
		readGolden(t, path, filepath.Join("testdata", "read", "bincode.jsonl"), formats.DBCopBincode)
		readGolden(t, filepath.Dir(path), filepath.Join("testdata", "read", "bincode.jsonl"), formats.DBCopBincode)
	})
	t.Run("cobra", func(t *testing.T) {
		dir := t.TempDir()
		for name, log := range cobraLogs() {
			if err := os.WriteFile(filepath.Join(dir, name), log, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		readGolden(t, dir, filepath.Join("testdata", "read", "cobra.jsonl"), formats.Cobra)
	})
}

func readGolden(t *testing.T, path, want string, format formats.Format) {
	t.Helper()
	src, found, err := formats.Open(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if found != format {
		t.Fatalf("it was taken for %s, want %s", found, format)
	}
	out := filepath.Join(t.TempDir(), "out.jsonl")
	if _, err := formats.Write(context.Background(), out, formats.Isocheck, src, formats.Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, want, readable(t, out))
}

// bincode is a history of two sessions, in dbcop's first version, with a transaction
// that failed, and an event that failed.
func bincode() []byte {
	var b []byte
	number := func(ns ...uint64) {
		for _, n := range ns {
			b = binary.LittleEndian.AppendUint64(b, n)
		}
	}
	event := func(write byte, variable, value uint64, success byte) {
		b = append(b, write)
		number(variable, value)
		b = append(b, success)
	}
	number(7, 2, 2, 2, 2)
	for _, text := range []string{"generated", "2020", ""} {
		number(uint64(len(text)))
		b = append(b, text...)
	}
	number(2)
	number(2, 1)
	event(1, 5, 1, 1)
	b = append(b, 1)
	number(2)
	event(0, 5, 0, 1)
	event(1, 6, 2, 1)
	b = append(b, 0)
	number(1, 2)
	event(0, 5, 1, 1)
	event(0, 6, 0, 0)
	b = append(b, 1)
	return b
}

// cobraLogs are the logs of three sessions: one that reads the initial value, one that reads
// from it and asks for garbage collection, and one that is cut off.
func cobraLogs() map[string][]byte {
	record := func(letter byte, fields ...int64) []byte {
		b := []byte{letter}
		for _, f := range fields {
			b = binary.BigEndian.AppendUint64(b, uint64(f))
		}
		return b
	}
	log := func(records ...[]byte) []byte { return bytes.Join(records, nil) }
	return map[string][]byte{
		"T1.log":  log(record('S', 1), record('R', 0xbebeebee, 0xbebeebee, -5, 0), record('W', 17, -5, 99), record('C', 1)),
		"T2.log":  log(record('S', 2), record('R', 1, 17, -5, 99), record('R', 0xbebeebee, 0x23332333, 1, 1), record('C', 2)),
		"T10.log": log(record('S', 3), record('W', 18, 4, 99)),
		"notes":   []byte("not a log"),
	}
}

// A small history of traced rows, and one of lists, are written as the golden files say.
func TestWriteGolden(t *testing.T) {
	for _, name := range []string{"traced", "lists"} {
		for _, format := range formats.All() {
			t.Run(name+" "+string(format), func(t *testing.T) {
				src := history.Files(filepath.Join("testdata", "write", name+".jsonl"))
				out := filepath.Join(t.TempDir(), "out.jsonl")
				notes, err := formats.Write(context.Background(), out, format, src, formats.Options{})
				got := "error: "
				if err != nil {
					got += strings.ReplaceAll(err.Error(), out, "OUT") + "\n"
				} else {
					got = string(readable(t, out))
				}
				for _, note := range notes {
					got += "note: " + note + "\n"
				}
				golden(t, filepath.Join("testdata", "write", name+"."+string(format)), []byte(got))
			})
		}
	}
}
