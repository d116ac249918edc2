package history

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInvariantsOfOtherTables(t *testing.T) {
	tables := []Table{{Name: "a", Columns: []Column{{Name: "n", Type: Int}}}, {Name: "b", Columns: []Column{{Name: "n", Type: Int}, {Name: "g", Type: Int}}}}
	for _, test := range []struct {
		name, want string // want "" is valid
		inv        Invariant
	}{
		{"table", "it names table 2; there are 2 tables", Invariant{Kind: AtMost, Table: 2}},
		{"column", "it names column 1; table a has 1 columns", Invariant{Kind: UniqueValues, Column: 1}},
		{"no column needed", "", Invariant{Kind: KeepsInserts, Column: 7}},
		{"group", "it names column 1; table a has 1 columns", Invariant{Kind: GroupAtLeast, Group: 1}},
		{"good group", "", Invariant{Kind: GroupAtLeast, Table: 1, Group: 1}},
		{"no terms", "a sum without terms", Invariant{Kind: LinearSum}},
		{"term's table", "it names table 3", Invariant{Kind: LinearSum, Terms: []Term{{Table: 3, Times: 1}}}},
		{"term's column", "it names column -2", Invariant{Kind: LinearSum, Terms: []Term{{Column: -2, Times: 1}}}},
		{"good terms", "", Invariant{Kind: LinearSum, Terms: []Term{{Table: 1, Column: 1, Times: 1}, {Column: RowCount, Times: -1}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := Header{Format: FormatVersion, Tables: tables, Invariants: []Invariant{test.inv}}
			err := h.Validate()
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, wanted %q", err, test.want)
			}
		})
	}
}

func TestInvariantsAreKept(t *testing.T) {
	want := Invariant{Kind: LinearSum, Name: "all", Value: 7, Group: 2, Terms: []Term{{Table: 1, Column: RowCount, Times: -3}}}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Invariant
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s became (-want +got):\n%s", text, diff)
	}
}
