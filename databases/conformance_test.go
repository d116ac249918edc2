package databases_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// The items table has every kind of column, with names that need quotes somewhere.
var itemsTables = []history.Table{
	{Name: "other", Columns: []history.Column{{Name: "n", Type: history.Int}}},
	{
		Name:    "items",
		Columns: []history.Column{{Name: "grp", Type: history.Int}, {Name: "rank", Type: history.Int}, {Name: "order", Type: history.Text}},
		Indexes: []int{0}, NotNegative: []int{1},
	},
}

const (
	items = 1
	grp   = 0
	rank  = 1
	order = 2
)

// step is one operation and what it must answer, in a transaction after the
// rows {1: 7, 10, ""}, {2: 7, 20, "a"}, {3: 8, 30, NULL} were inserted by 0.1.0, 0.1.1 and 0.1.2.
type step struct {
	name string
	do   func(tx *databases.Tx)
	want []history.Row // of the last operation
}

func version(number, op int) history.Version { return history.MakeTxnID(0, number).Version(op) }

// The versions of the rows at the start, and that of the operation under test,
// the first of the client's second transaction.
var (
	v1, v2, v3 = version(1, 0), version(1, 1), version(1, 2)
	own        = version(2, 0)
	row1       = history.Row{Key: 1, Version: v1, Values: []history.Value{num(7), num(10), str("")}}
	row2       = history.Row{Key: 2, Version: v2, Values: []history.Value{num(7), num(20), str("a")}}
	row3       = history.Row{Key: 3, Version: v3, Values: []history.Value{num(8), num(30), {}}}
)

func wrote(key int64, previous history.Version) history.Row {
	return history.Row{Key: key, Version: own, Previous: previous}
}

func insertItems(tx *databases.Tx) {
	tx.Insert(items, 1, num(7), num(10), str(""))
	tx.Insert(items, 2, num(7), num(20), str("a"))
	tx.Insert(items, 3, num(8), num(30), history.Value{})
}

func readWhere(where history.Predicate) func(*databases.Tx) {
	return func(tx *databases.Tx) { tx.ReadWhere(items, where) }
}

func upsert(key int64, where history.Predicate, update ...history.Assign) func(*databases.Tx) {
	return func(tx *databases.Tx) {
		tx.Upsert(items, key, []history.Value{num(7), num(0), str("x")}, where, update...)
	}
}

var steps = []step{
	{"read", func(tx *databases.Tx) { tx.Read(items, 2) }, []history.Row{row2}},
	{"read null", func(tx *databases.Tx) { tx.Read(items, 3) }, []history.Row{row3}},
	{"read nothing", func(tx *databases.Tx) { tx.Read(items, 9) }, nil},
	{"read all", readWhere(nil), []history.Row{row1, row2, row3}},
	{"where equal", readWhere(where(grp, history.Equal, num(7))), []history.Row{row1, row2}},
	{"where not equal", readWhere(where(grp, history.NotEqual, num(7))), []history.Row{row3}},
	{"where less", readWhere(where(rank, history.Less, num(20))), []history.Row{row1}},
	{"where less or equal", readWhere(where(rank, history.LessEqual, num(20))), []history.Row{row1, row2}},
	{"where greater", readWhere(where(rank, history.Greater, num(20))), []history.Row{row3}},
	{"where greater or equal", readWhere(where(rank, history.GreaterEqual, num(20))), []history.Row{row2, row3}},
	{"where text", readWhere(where(order, history.Equal, str("a"))), []history.Row{row2}},
	{"where text of other case", readWhere(where(order, history.Equal, str("A"))), nil},
	{"where text with a space", readWhere(where(order, history.Equal, str("a "))), nil},
	{"where text in byte order", readWhere(where(order, history.Greater, str("Z"))), []history.Row{row2}},
	{"where null", readWhere(where(order, history.Equal, history.Value{})), nil},
	{"where nothing matches", readWhere(where(grp, history.Equal, num(99))), nil},
	{"where two conditions", readWhere(append(where(grp, history.Equal, num(7)), where(rank, history.Greater, num(10))...)), []history.Row{row2}},
	{"insert", func(tx *databases.Tx) { tx.Insert(items, 4, num(7), num(0), str("it's")) }, []history.Row{wrote(4, 0)}},
	{"update", func(tx *databases.Tx) { tx.Update(items, 2, set(rank, num(5)), set(order, str("b"))) }, []history.Row{wrote(2, v2)}},
	{"update to null", func(tx *databases.Tx) { tx.Update(items, 2, set(order, history.Value{})) }, []history.Row{wrote(2, v2)}},
	{"update by adding", func(tx *databases.Tx) { tx.Update(items, 1, add(rank, -3)) }, []history.Row{wrote(1, v1)}},
	{"update to the same", func(tx *databases.Tx) { tx.Update(items, 1, set(rank, num(10))) }, []history.Row{wrote(1, v1)}},
	{"update nothing", func(tx *databases.Tx) { tx.Update(items, 9, set(rank, num(5))) }, nil},
	{"update where", func(tx *databases.Tx) { tx.UpdateWhere(items, where(grp, history.Equal, num(7)), add(rank, 1)) }, []history.Row{wrote(1, v1), wrote(2, v2)}},
	{"update where, moving rows", func(tx *databases.Tx) { tx.UpdateWhere(items, where(grp, history.Equal, num(7)), set(grp, num(9))) }, []history.Row{wrote(1, v1), wrote(2, v2)}},
	{"update all", func(tx *databases.Tx) { tx.UpdateWhere(items, nil, add(rank, 1)) }, []history.Row{wrote(1, v1), wrote(2, v2), wrote(3, v3)}},
	{"update where nothing matches", func(tx *databases.Tx) { tx.UpdateWhere(items, where(grp, history.Equal, num(99)), add(rank, 1)) }, nil},
	{"update if", func(tx *databases.Tx) { tx.UpdateIf(items, 2, where(rank, history.Greater, num(10)), add(rank, -1)) }, []history.Row{wrote(2, v2)}},
	{"update if, not matching", func(tx *databases.Tx) { tx.UpdateIf(items, 1, where(rank, history.Greater, num(10)), add(rank, -1)) }, nil},
	{"update if, nothing there", func(tx *databases.Tx) { tx.UpdateIf(items, 9, where(rank, history.Greater, num(10)), add(rank, -1)) }, nil},
	{"delete if", func(tx *databases.Tx) { tx.DeleteIf(items, 2, where(order, history.Equal, str("a"))) }, []history.Row{wrote(2, v2)}},
	{"delete if, not matching", func(tx *databases.Tx) { tx.DeleteIf(items, 2, where(order, history.Equal, str("b"))) }, nil},
	{"delete if, nothing there", func(tx *databases.Tx) { tx.DeleteIf(items, 9, where(order, history.Equal, str("b"))) }, nil},
	{"insert or ignore", func(tx *databases.Tx) { tx.InsertIgnore(items, 4, num(7), num(0), str("")) }, []history.Row{wrote(4, 0)}},
	{"insert or ignore, refused", func(tx *databases.Tx) { tx.InsertIgnore(items, 2, num(7), num(0), str("")) }, nil},
	{"upsert, inserting", upsert(4, nil, add(rank, 1)), []history.Row{wrote(4, 0)}},
	{"upsert, updating", upsert(2, nil, add(rank, 1), set(grp, num(8))), []history.Row{wrote(2, v2)}},
	{"upsert where, inserting", upsert(4, where(rank, history.Less, num(0)), add(rank, 1)), []history.Row{wrote(4, 0)}},
	{"upsert where, matching", upsert(2, where(rank, history.Less, num(21)), add(rank, 1), set(order, str("new"))), []history.Row{wrote(2, v2)}},
	{"upsert where, not matching", upsert(2, where(rank, history.Less, num(20)), add(rank, 1), set(order, str("new"))), nil},
	{"upsert where null", upsert(3, where(order, history.Equal, str("a")), add(rank, 1)), nil},
	{"delete", func(tx *databases.Tx) { tx.Delete(items, 3) }, []history.Row{wrote(3, v3)}},
	{"delete nothing", func(tx *databases.Tx) { tx.Delete(items, 9) }, nil},
	{"delete where", func(tx *databases.Tx) { tx.DeleteWhere(items, where(grp, history.Equal, num(7))) }, []history.Row{wrote(1, v1), wrote(2, v2)}},
	{"delete all", func(tx *databases.Tx) { tx.DeleteWhere(items, nil) }, []history.Row{wrote(1, v1), wrote(2, v2), wrote(3, v3)}},
	{"delete where nothing matches", func(tx *databases.Tx) { tx.DeleteWhere(items, where(grp, history.Equal, num(99))) }, nil},
}

// sameRows compares rows without regard to their order, or that of nothing and no rows.
func sameRows(got, want []history.Row) string {
	byKey := cmpopts.SortSlices(func(a, b history.Row) bool { return a.Key < b.Key })
	return gocmp.Diff(want, got, byKey, cmpopts.EquateEmpty())
}

// Every operation, in a transaction of its own that reads the table and rolls back.
func TestOperations(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		s.client(t, history.ReadCommitted).do(insertItems)
		for _, level := range history.Levels() {
			c := s.client(t, level)
			for _, step := range steps {
				t.Run(string(level)+"/"+step.name, func(t *testing.T) {
					_, err := c.Run(t.Context(), "test", databases.TxOptions{}, func(tx *databases.Tx) {
						step.do(tx)
						tx.ReadWhere(items, nil)
						tx.Abort()
					})
					must(t, err)
					txn := c.recorded[len(c.recorded)-1]
					rename(&txn)
					op := txn.Ops[0]
					if diff := sameRows(op.Rows, step.want); diff != "" || op.Gap {
						t.Errorf("rows (-want +got):\n%sgap: %v", diff, op.Gap)
					}
					checkRecord(t, s, &op)
					checkTable(t, op, txn.Ops[1].Rows)
				})
			}
		}
	})
}

// rename gives what the transaction's first operation wrote the version that the steps expect.
func rename(txn *history.Transaction) {
	for _, op := range txn.Ops {
		for i := range op.Rows {
			if op.Rows[i].Version == txn.ID().Version(0) {
				op.Rows[i].Version = own
			}
		}
	}
}

// checkRecord holds what every operation has besides its rows.
func checkRecord(t *testing.T, s *server, op *history.Op) {
	t.Helper()
	if op.Start == 0 || op.End < op.Start {
		t.Errorf("times %d to %d", op.Start, op.End)
	}
	text := s.sql.Texts(op.Statement)[0]
	for i := range op.Set {
		if !strings.Contains(text, "{set."+string(rune('0'+i))+"}") {
			t.Errorf("%q does not show the value of assignment %d", text, i)
		}
	}
	for i := range op.Update {
		if !strings.Contains(text, "{update."+string(rune('0'+i))+"}") {
			t.Errorf("%q does not show the value of update %d", text, i)
		}
	}
	for i := range op.Where {
		if !strings.Contains(text, "{where."+string(rune('0'+i))+"}") {
			t.Errorf("%q does not show the value of condition %d", text, i)
		}
	}
	if op.Kind.Writes() && op.Kind != history.Delete && op.Kind != history.DeleteWhere && !strings.Contains(text, "{version}") {
		t.Errorf("%q does not show the version", text)
	}
	if strings.ContainsAny(text, "$?") {
		t.Errorf("%q still has placeholders", text)
	}
}

// checkTable looks at the table afterwards: each row that was written carries the
// version, and the one it replaced; each that was deleted is gone; the others are as before.
func checkTable(t *testing.T, op history.Op, got []history.Row) {
	t.Helper()
	var want []history.Row
	for _, r := range []history.Row{row1, row2, row3} {
		written := slices.ContainsFunc(op.Rows, func(w history.Row) bool { return w.Key == r.Key })
		if !op.Kind.Writes() || !written {
			want = append(want, r)
		}
	}
	if op.Kind.Writes() && op.Kind != history.Delete && op.Kind != history.DeleteWhere {
		want = append(want, op.Rows...)
	}
	slices.SortFunc(want, func(a, b history.Row) int { return cmp.Compare(a.Key, b.Key) })
	if diff := gocmp.Diff(want, got, cmpopts.IgnoreFields(history.Row{}, "Values"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the table afterwards (-want +got):\n%s", diff)
	}
}

func TestUpdatesAssign(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		c.do(insertItems)
		read := c.do(func(tx *databases.Tx) {
			tx.Update(items, 1, add(rank, 5), set(order, str("x'y\\z")), set(grp, history.Value{}))
			tx.UpdateWhere(items, where(grp, history.Greater, num(7)), set(order, str("")), add(rank, -30))
			tx.ReadWhere(items, nil)
		}).Ops[2].Rows
		want := [][]history.Value{
			{{}, num(15), str("x'y\\z")},
			{num(7), num(20), str("a")},
			{num(8), num(0), str("")},
		}
		for i, r := range read {
			if diff := gocmp.Diff(want[i], r.Values); diff != "" {
				t.Errorf("row %d (-want +got):\n%s", r.Key, diff)
			}
		}
	})
}

// A transaction's second write of a row replaces its first.
func TestWritesOfOneTransactionChain(t *testing.T) {
	onEach(t, itemsTables, func(t *testing.T, s *server) {
		c := s.client(t, history.RepeatableRead)
		c.do(insertItems)
		ops := c.do(func(tx *databases.Tx) {
			tx.Update(items, 1, add(rank, 1))
			tx.UpdateWhere(items, where(grp, history.Equal, num(7)), add(rank, 1))
			tx.UpdateWhere(items, where(grp, history.Equal, num(7)), add(rank, 1))
			tx.Read(items, 1)
			tx.DeleteWhere(items, where(grp, history.Equal, num(7)))
			tx.Insert(items, 1, num(1), num(1), str("again"))
			tx.Delete(items, 1)
		}).Ops
		v := func(op int) history.Version { return version(2, op) }
		want := [][]history.Row{
			{{Key: 1, Version: v(0), Previous: v1}},
			{{Key: 1, Version: v(1), Previous: v(0)}, {Key: 2, Version: v(1), Previous: v2}},
			{{Key: 1, Version: v(2), Previous: v(1)}, {Key: 2, Version: v(2), Previous: v(1)}},
			{{Key: 1, Version: v(2), Previous: v(1), Values: []history.Value{num(7), num(13), str("")}}},
			{{Key: 1, Version: v(4), Previous: v(2)}, {Key: 2, Version: v(4), Previous: v(2)}},
			{{Key: 1, Version: v(5)}},
			{{Key: 1, Version: v(6), Previous: v(5)}},
		}
		for i := range want {
			if diff := sameRows(ops[i].Rows, want[i]); diff != "" {
				t.Errorf("operation %d (-want +got):\n%s", i, diff)
			}
		}
	})
}

func TestAppend(t *testing.T) {
	tables := []history.Table{{Name: "lists", Columns: []history.Column{{Name: "list", Type: history.Text}}}}
	onEach(t, tables, func(t *testing.T, s *server) {
		c := s.client(t, history.ReadCommitted)
		first := c.do(func(tx *databases.Tx) { tx.Append(0, 5, 11) }).Ops[0].Rows
		again := c.do(func(tx *databases.Tx) { tx.Append(0, 5, 12); tx.Append(0, 5, 13); tx.Append(0, 6, 1) }).Ops
		read := c.do(func(tx *databases.Tx) { tx.Read(0, 5) }).Ops[0].Rows
		for i, got := range [][]history.Row{first, again[0].Rows, again[1].Rows, again[2].Rows, read} {
			want := [][]history.Row{
				{{Key: 5, Version: version(1, 0)}},
				{{Key: 5, Version: version(2, 0), Previous: version(1, 0)}},
				{{Key: 5, Version: version(2, 1), Previous: version(2, 0)}},
				{{Key: 6, Version: version(2, 2)}},
				{{Key: 5, Version: version(2, 1), Previous: version(2, 0), Values: []history.Value{str("11,12,13")}}},
			}[i]
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("answer %d (-want +got):\n%s", i, diff)
			}
		}
		c.do(func(tx *databases.Tx) { tx.Insert(0, 7, str("")); tx.Append(0, 7, 1) })
		if list := c.do(func(tx *databases.Tx) { tx.Read(0, 7) }).Ops[0].Rows[0].Values[0]; list != str("1") {
			t.Errorf("appended to an empty list: %v", list)
		}
	})
}
