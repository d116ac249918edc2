package history

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// halves records two files of one history, whose clients, statements and clocks differ.
func halves(t *testing.T) (a, b string, want *History) {
	dir := t.TempDir()
	a, b = filepath.Join(dir, "a.jsonl.zst"), filepath.Join(dir, "b.jsonl")
	one, two := small(0), small(0)
	one.Statements, two.Statements = []string{"common", "only one"}, []string{"only two", "common"}
	two.Header.Started = one.Header.Started.Add(500 * time.Nanosecond)
	want = &History{Header: one.Header, Statements: []string{"common", "only one", "only two"}, Closed: true}
	want.Header.Parts, want.Header.Clients = 2, 6
	two.Events[0].At = 10
	want.Events = []Event{one.Events[0], two.Events[0]}
	want.Events[1].At += 500
	for i := range 20 {
		txn := Transaction{Client: 1 + i%2, Number: i/2 + 1, Outcome: Committed, Start: int64(i) * 1000, Finish: int64(i)*1000 + 2, End: int64(i)*1000 + 3}
		txn.Ops = []Op{{Kind: Read, Start: txn.Start, End: txn.Start + 1, Statement: i / 2 % 2}}
		home := one
		all := txn.Clone()
		if i%2 == 1 {
			home = two
			all.Start, all.Finish, all.End = all.Start+500, all.Finish+500, all.End+500
			all.Ops[0].Start, all.Ops[0].End = all.Ops[0].Start+500, all.Ops[0].End+500
			all.Ops[0].Statement = []int{2, 0}[all.Ops[0].Statement]
		}
		home.Txns, want.Txns = append(home.Txns, txn), append(want.Txns, all)
	}
	record(t, a, one)
	record(t, b, two)
	return a, b, want
}

func TestFilesAreOneHistory(t *testing.T) {
	a, b, want := halves(t)
	got, err := ReadAll(Files(a, b))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFilesThatAreNotOneHistory(t *testing.T) {
	a, b, _ := halves(t)
	other := func(name string, change func(*History)) string {
		h := small(0)
		change(h)
		path := filepath.Join(t.TempDir(), name)
		record(t, path, h)
		return path
	}
	for _, test := range []struct{ name, want, file string }{
		{"same file", "transaction 1.1 is in " + a + " as well", a},
		{"database", `the database is "postgres" there and "mysql" here`, other("x.jsonl", func(h *History) { h.Header.Database = "mysql" })},
		{"workload", `the workload is "bank" there and "counter" here`, other("x.jsonl", func(h *History) { h.Header.Workload = "counter" })},
		{"strategy", `the strategy is "plain" there and "atomic" here`, other("x.jsonl", func(h *History) { h.Header.Strategy = "atomic" })},
		{"level", `the level is "repeatable-read" there and "serializable" here`, other("x.jsonl", func(h *History) { h.Header.Level = Serializable })},
		{"tables", "the tables are not the same", other("x.jsonl", func(h *History) { h.Header.Tables[0].Name = "t" })},
		{"invariants", "the invariants are not the same", other("x.jsonl", func(h *History) { h.Header.Invariants[0].Value = 3 })},
		{"not there", "no such file", filepath.Join(t.TempDir(), "none.jsonl")},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadAll(Files(a, b, test.file))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.file) {
				t.Errorf("error %v does not say %q and %s", err, test.want, test.file)
			}
		})
	}
}

func TestOneOfTheFilesIsCutOff(t *testing.T) {
	a, b, _ := halves(t)
	cut := plainFile(t, "cut.jsonl", string(appendMust(t, otherLines{Header: new(testHeader())})), `{"txn":{"client":7,"number":1,"outcome":"committed","end":1}}`)
	h, err := ReadAll(Files(a, b, cut))
	if err != nil {
		t.Fatal(err)
	}
	if h.Closed || len(h.Txns) != 21 || h.Header.Parts != 3 {
		t.Errorf("closed %v, %d transactions, %d parts", h.Closed, len(h.Txns), h.Header.Parts)
	}
	bad := plainFile(t, "bad.jsonl", string(appendMust(t, otherLines{Header: new(testHeader())})), `{"closing":{}}`, "oops")
	_, err = ReadAll(Files(a, bad))
	var place *FormatError
	if !errors.As(err, &place) || place.File != bad {
		t.Errorf("error %v", err)
	}
}

func appendMust(t *testing.T, l otherLines) []byte {
	t.Helper()
	line, err := appendOther(nil, l)
	if err != nil {
		t.Fatal(err)
	}
	return line
}
