package mysql

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isocheck/isocheck/history"
)

var update = flag.Bool("update", false, "write the golden files anew")

var shownTables = []history.Table{{
	Name: "accounts",
	Columns: []history.Column{
		{Name: "owner", Type: history.Text}, {Name: "balance", Type: history.Int}, {Name: "order", Type: history.Text},
	},
	Indexes: []int{0}, NotNegative: []int{1},
}}

// ops are one operation of each kind, and of each lock.
func ops() []history.Op {
	where := history.Predicate{{Column: 0, Cmp: history.Equal}, {Column: 1, Cmp: history.GreaterEqual}}
	set := []history.Assign{{Column: 1, Op: history.Add}, {Column: 2, Op: history.Concat}, {Column: 0}}
	all := []history.Op{
		{Kind: history.Insert, Set: []history.Assign{{Column: 0}, {Column: 1}, {Column: 2}}},
		{Kind: history.Update, Set: set},
		{Kind: history.UpdateWhere, Set: set, Where: where},
		{Kind: history.UpdateWhere, Set: set},
		{Kind: history.Delete},
		{Kind: history.DeleteWhere, Where: where},
		{Kind: history.DeleteWhere},
		{Kind: history.Append, Set: []history.Assign{{Column: 2, Op: history.Concat}}},
		{Kind: history.Update, Set: set, Where: where},
		{Kind: history.Delete, Where: where},
		{Kind: history.InsertIgnore, Set: []history.Assign{{Column: 0}, {Column: 1}, {Column: 2}}},
		{Kind: history.Upsert, Set: []history.Assign{{Column: 0}, {Column: 1}, {Column: 2}}, Update: set},
		{Kind: history.Upsert, Set: []history.Assign{{Column: 0}, {Column: 1}, {Column: 2}}, Update: set, Where: where},
		{Kind: history.Advisory},
	}
	for lock := history.NoLock; lock <= history.SkipLocked; lock++ {
		all = append(all, history.Op{Kind: history.Read, Lock: lock}, history.Op{Kind: history.ReadWhere, Lock: lock, Where: where, Limit: int(lock) % 2 * 3})
	}
	return all
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, diff)
	}
}

func TestRenderRefuses(t *testing.T) {
	for name, op := range map[string]history.Op{
		"table":      {Kind: history.Read, Table: 1},
		"column":     {Kind: history.Update, Set: []history.Assign{{Column: 3}}},
		"condition":  {Kind: history.ReadWhere, Where: history.Predicate{{Column: -1}}},
		"comparison": {Kind: history.ReadWhere, Where: history.Predicate{{Cmp: 9}}},
		"kind":       {Kind: 99},
		"no columns": {Kind: history.Update},
	} {
		if _, err := render("mysql", shownTables, &op); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestRender(t *testing.T) {
	for _, product := range []string{"mysql", "mariadb"} {
		b := strings.Join(ddl(product, &shownTables[0]), ";\n") + "\n"
		for _, op := range ops() {
			r, err := render(product, shownTables, &op)
			if err != nil {
				t.Fatal(err)
			}
			b += fmt.Sprintf("\n%s\n%s\n", r.sent, r.text)
			if n := strings.Count(r.sent, "?"); n != len(r.params) {
				t.Errorf("%s: %d placeholders, %d values", r.sent, n, len(r.params))
			}
		}
		golden(t, product+".sql", b)
	}
}

// An insert-or-update could hit the row that has the same unique value, not the key's.
func TestAppendNeedsNoUniqueColumns(t *testing.T) {
	tables := []history.Table{shownTables[0]}
	tables[0].Unique = []int{2}
	for _, op := range []history.Op{
		{Kind: history.Append, Set: []history.Assign{{Column: 2, Op: history.Concat}}},
		{Kind: history.Upsert, Set: []history.Assign{{Column: 2}}, Update: []history.Assign{{Column: 2}}},
	} {
		if _, err := render("mysql", tables, &op); err == nil {
			t.Errorf("%s: no error", op.Kind)
		}
	}
}

func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"accounts": "accounts", "on_call": "on_call", "1a": "`1a`", "order": "`order`", "rank": "`rank`", "Upper": "`Upper`", "a`b": "`a``b`", "": "``",
	} {
		if got := quote(name); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}

func TestParseCapture(t *testing.T) {
	row := func(key int64, previous history.Version) history.Row {
		return history.Row{Key: key, Version: 9, Previous: previous}
	}
	for _, c := range []struct {
		name, text string
		want       []history.Row
		ok         bool
	}{
		{"two rows", "9 1 4 2 5", []history.Row{row(1, 4), row(2, 5)}, true},
		{"a row twice", "9 1 4 2 5 1 6", []history.Row{row(1, 6), row(2, 5)}, true},
		{"a negative key", "9 -1 4", []history.Row{row(-1, 4)}, true},
		{"no rows", "9", nil, true},
		{"of another write", "8 1 4", nil, false},
		{"nothing yet", "0", nil, false},
		{"empty", "", nil, false},
		{"cut off", "9 1 4 2", nil, false},
		{"no numbers", "9 1 x", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := parseCapture(c.text, 9)
			if ok != c.ok || (ok && cmp.Diff(c.want, got) != "") {
				t.Errorf("got %v, %v", got, ok)
			}
		})
	}
}

func FuzzParseCapture(f *testing.F) {
	f.Add("9 1 4 2 5")
	f.Fuzz(func(t *testing.T, text string) {
		rows, ok := parseCapture(text, 9)
		if ok && 2*len(rows)+1 > len(strings.Fields(text)) {
			t.Errorf("%d rows of %q", len(rows), text)
		}
	})
}
