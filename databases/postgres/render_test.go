package postgres

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

var rendered = []history.Table{{
	Name: "accounts",
	Columns: []history.Column{
		{Name: "owner", Type: history.Text}, {Name: "balance", Type: history.Int}, {Name: "order", Type: history.Text},
	},
	Indexes: []int{0}, Unique: []int{2}, NotNegative: []int{1},
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

func TestRender(t *testing.T) {
	var b strings.Builder
	b.WriteString(ddl(&rendered[0]) + "\n")
	for _, op := range ops() {
		sent, text, params, err := render(rendered, &op)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n%s\n%s\n", sent, text)
		if n := strings.Count(sent, "$"); n != len(params) {
			t.Errorf("%s: %d placeholders, %d values", sent, n, len(params))
		}
	}
	golden(t, "statements.sql", b.String())
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
		if _, _, _, err := render(rendered, &op); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		"accounts": "accounts", "on_call": "on_call", "a1": "a1", "1a": `"1a"`, "order": `"order"`, "Upper": `"Upper"`, `a"b`: `"a""b"`, "": `""`,
	} {
		if got := quote(name); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}
