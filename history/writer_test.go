package history

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestWriterErrors(t *testing.T) {
	create := func(t *testing.T) *Writer {
		w, err := Create(filepath.Join(t.TempDir(), "h.jsonl.zst"), testHeader(), textsFrom(testStatements))
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	txn := func(change func(*Transaction)) *Transaction {
		t := typical(1, 1)
		change(&t)
		return &t
	}
	for _, test := range []struct {
		name, want string
		txn        *Transaction
	}{
		{"table", "transaction 1.1, operation 3: it names table 9", txn(func(t *Transaction) { t.Ops[3].Table = 9 })},
		{"kind", "it has no kind (kind(0))", txn(func(t *Transaction) { t.Ops[0].Kind = 0 })},
		{"outcome", "it has no outcome (outcome(7))", txn(func(t *Transaction) { t.Outcome = 7 })},
		{"statement", "an operation refers to statement 3, and there are 3 texts", txn(func(t *Transaction) { t.Ops[0].Statement = 3 })},
		{"client", "client 8192 is not from 0 to 8191", txn(func(t *Transaction) { t.Client = MaxClient + 1 })},
		{"rows", "is too big for the file: 1048580 rows", txn(func(t *Transaction) { t.Ops[0].Rows = make([]Row, maxRows+1) })},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := create(t)
			good, r := typical(2, 1), w.Recorder()
			r.Record(&good)
			r.Record(test.txn)
			err := w.Close()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v does not say %q", err, test.want)
			}
			if !errors.Is(w.Err(), err) || !errors.Is(w.Close(), err) {
				t.Error("Err and a second Close say something else")
			}
			r.Record(&good) // nothing happens
			h, err := Load(w.file.Name())
			kept := 1
			if test.name == "statement" {
				kept = 0 // it is found out too late to keep what came before
			}
			if err != nil || h.Closed || len(h.Txns) != kept {
				t.Errorf("the file has %v, %v", h, err)
			}
		})
	}
}

func TestCreateErrors(t *testing.T) {
	if _, err := Create(filepath.Join(t.TempDir(), "no", "h.jsonl"), testHeader(), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no such folder: %v", err)
	}
	bad := testHeader()
	bad.Invariants[0].Table = 5
	path := filepath.Join(t.TempDir(), "h.jsonl")
	if _, err := Create(path, bad, nil); err == nil || !strings.Contains(err.Error(), "it names table 5") {
		t.Errorf("a header that no reader takes: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file is there: %v", err)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	if err := os.Symlink("/dev/full", path); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, testHeader(), nil); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		t.Errorf("what was there is not there any more: %v", err)
	}
}

// Only what was made for a history that cannot be written goes again.
func TestDiscard(t *testing.T) {
	folder := t.TempDir()
	there := filepath.Join(folder, "there")
	if err := os.WriteFile(there, []byte("older"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{there: true, filepath.Join(folder, "new"): false} {
		f, made, err := makeFile(path)
		if err != nil || made == want {
			t.Fatalf("%s: made %v, %v", path, made, err)
		}
		if err := discard(f, made); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s afterwards: %v, and it should be there: %v", path, err, want)
		}
	}
}

// TestWriteErrorIsSaidAtOnce takes the file away under a writer.
func TestWriteErrorIsSaidAtOnce(t *testing.T) {
	w, err := Create(filepath.Join(t.TempDir(), "h.jsonl.zst"), testHeader(), textsFrom(testStatements))
	if err != nil {
		t.Fatal(err)
	}
	w.file.Close()
	r := w.Recorder()
	for n, deadline := 1, time.Now().Add(30*time.Second); w.Err() == nil; n++ {
		txn := typical(1, n)
		r.Record(&txn)
		if time.Now().After(deadline) {
			t.Fatal("no error")
		}
	}
	if err := w.Close(); !errors.Is(err, os.ErrClosed) || !strings.Contains(err.Error(), "h.jsonl.zst") {
		t.Errorf("error %v", err)
	}
}

// killedEnv makes the test binary record to the file that it names until it is killed.
const killedEnv = "HISTORY_TEST_RECORD_TO"

// TestKilled kills a process that records, and reads what it left.
func TestKilled(t *testing.T) {
	if path := os.Getenv(killedEnv); path != "" {
		recordForever(path)
	}
	for _, name := range []string{"h.jsonl", "h.jsonl.zst"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of it is waiting
			path := filepath.Join(t.TempDir(), name)
			cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
			cmd.Env = append(os.Environ(), killedEnv+"="+path)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			recorded := 0 // a second and more before the end
			for lines := bufio.NewScanner(out); recorded < 1000 && lines.Scan(); {
				recorded, _ = strconv.Atoi(lines.Text())
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // it was killed
			h, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			if h.Closed || recorded == 0 || len(h.Txns) < recorded {
				t.Errorf("closed %v; %d transactions came back, %d were recorded more than a second before", h.Closed, len(h.Txns), recorded)
			}
		})
	}
}

// recordForever prints, twice a second, how many transactions were recorded four
// seconds ago: long enough for the writer to have come round on a busy machine.
func recordForever(path string) {
	w, err := Create(path, testHeader(), textsFrom(testStatements))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	r := w.Recorder()
	var counts []int
	next := time.Now()
	for n := 1; ; n++ {
		t := typical(1, n)
		r.Record(&t)
		time.Sleep(time.Millisecond)
		if time.Now().After(next) {
			next = next.Add(time.Second / 2)
			counts = append(counts, n)
			fmt.Println(counts[max(0, len(counts)-8)])
		}
	}
}
