package checker

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// bound: no version that took effect is lower, or higher, than it may be.
func (k *invariantCheck) bound() {
	side, furthest := "under", "lowest"
	breaks := func(n, than int64) bool { return n < than }
	if k.inv.Kind == history.AtMost {
		side, furthest = "over", "highest"
		breaks = func(n, than int64) bool { return n > than }
	}
	worst := k.inv.Value
	for w := range k.ix.writes {
		if int(k.ix.objects.table[k.ix.writes[w].object]) != k.inv.Table || !k.chains.takes(int32(w)) {
			continue
		}
		n, ok := k.number(k.values.of(int32(w)), k.inv.Column)
		if !ok {
			continue
		}
		k.result.Checked++
		if breaks(n, k.inv.Value) {
			k.result.Broken++
		}
		if breaks(n, worst) {
			worst = n
		}
	}
	k.result.Held = k.result.Broken == 0
	k.result.Expected, k.result.ExpectedMost, k.result.Actual = k.inv.Value, k.inv.Value, worst
	k.result.Text = fmt.Sprintf("none of %d versions is %s %d", k.result.Checked, side, k.inv.Value)
	if !k.result.Held {
		k.result.Text = fmt.Sprintf("%d of %d versions are %s %d, the %s is %d", k.result.Broken, k.result.Checked, side, k.inv.Value, furthest, worst)
	}
}

// keepsInserts: the read of the whole table that the harness made at the end has every row
// whose insert was acknowledged, and which nobody deleted.
func (k *invariantCheck) keepsInserts() {
	last := k.finalScan(k.inv.Table)
	switch {
	case last == nil:
		k.result.Unknown, k.result.Text = true, "the final state was not read"
		return
	case k.ix.strangers > 0:
		k.result.Unknown, k.result.Text = true, "transactions that wrote the table are not in the history"
		return
	}
	found := map[int32]bool{}
	for _, r := range k.rows(last) {
		found[r.object] = true
	}
	inserted, deleted := k.inserted()
	for _, object := range inserted {
		if deleted[object] {
			continue
		}
		k.result.Checked++
		if !found[object] {
			k.result.Broken++
		}
	}
	k.result.Held = k.result.Broken == 0
	k.result.Expected, k.result.ExpectedMost = int64(k.result.Checked), int64(k.result.Checked)
	k.result.Actual = int64(k.result.Checked - k.result.Broken)
	k.result.Text = fmt.Sprintf("%s whose insert was acknowledged %s there at the end", allOf(k.result.Checked, "row"), agree(k.result.Checked, "is", "are"))
	if !k.result.Held {
		k.result.Text = fmt.Sprintf("%d of %s whose insert was acknowledged, and which nobody deleted, %s not there at the end", k.result.Broken, numbered(k.result.Checked, "row"), agree(k.result.Broken, "is", "are"))
	}
}

// finalScan returns the last read of a whole table by the harness itself, nil if it made none.
func (k *invariantCheck) finalScan(table int) *scan {
	for i := len(k.ix.scans) - 1; i >= 0; i-- {
		if s := &k.ix.scans[i]; k.ix.isSetup(s.txn) && !s.partial && !s.writes && k.whole(s, table) {
			return s
		}
	}
	return nil
}

// inserted returns the table's rows whose insert was acknowledged, and which of them somebody may have deleted.
func (k *invariantCheck) inserted() (rows []int32, deleted map[int32]bool) {
	deleted = map[int32]bool{}
	for w := range k.ix.writes {
		write := &k.ix.writes[w]
		switch {
		case int(k.ix.objects.table[write.object]) != k.inv.Table || write.undone > 0:
		case write.deleted && k.ix.outcome[write.txn] != history.Aborted:
			deleted[write.object] = true
		case write.insert && k.ix.outcome[write.txn] == history.Committed:
			rows = append(rows, write.object)
		}
	}
	for _, h := range k.ix.hidden {
		if h.deletes && int(h.table) == k.inv.Table && k.ix.outcome[h.txn] != history.Aborted {
			for _, object := range rows {
				deleted[object] = deleted[object] || h.object < 0 || h.object == object
			}
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows), deleted
}

// uniqueValues: no read returns two rows with the same value of a column, and no
// two rows that were inserted with the same value keep it for good.
func (k *invariantCheck) uniqueValues() {
	example := ""
	double := func(n int64, object, other int32) {
		if example == "" {
			example = fmt.Sprintf("%d is in %s and %d", n, k.rowName(object), k.ix.objects.key[other])
		}
	}
	k.uniqueRows(double)
	seen := map[int64]int32{} // by value: the row that has it
	for i := range k.ix.scans {
		s := &k.ix.scans[i]
		if s.locked || int(k.ix.predicates[s.predicate].table) != k.inv.Table || !k.chains.live[s.txn] || k.wroteBefore(s, k.inv.Table) {
			continue
		}
		clear(seen)
		doubles := int64(0)
		for _, r := range k.rows(s) {
			n, ok := k.number(k.values.read(&r), k.inv.Column)
			if !ok {
				continue
			}
			if other, twice := seen[n]; twice {
				doubles++
				double(n, r.object, other)
			}
			seen[n] = r.object
		}
		_, at := k.ix.opTimes(s.txn, s.op)
		k.noteDoubles(at, doubles)
	}
	column := k.column(k.inv.Table, k.inv.Column)
	k.judge("reads and rows", "no two rows with the same "+column, "two rows with the same "+column, example)
}

// uniqueRows looks at the rows that keep the value with which they were inserted.
func (k *invariantCheck) uniqueRows(double func(n int64, object, other int32)) {
	var inserts []int32
	changed := map[int32]bool{}
	for w := range k.ix.writes {
		write := &k.ix.writes[w]
		switch {
		case int(k.ix.objects.table[write.object]) != k.inv.Table || k.ix.outcome[write.txn] == history.Aborted || write.undone > 0:
		case write.insert && k.chains.takes(int32(w)):
			inserts = append(inserts, int32(w))
		default:
			changed[write.object] = true
		}
	}
	for _, h := range k.ix.hidden { // of which it is not known what they changed
		switch {
		case int(h.table) != k.inv.Table || k.ix.outcome[h.txn] == history.Aborted:
		case h.object < 0:
			return
		default:
			changed[h.object] = true
		}
	}
	slices.SortFunc(inserts, func(a, b int32) int {
		return cmp.Compare(k.ix.end[k.ix.writes[a].txn], k.ix.end[k.ix.writes[b].txn])
	})
	has := map[int64]int32{}
	for _, w := range inserts {
		write := &k.ix.writes[w]
		n, ok := k.number(k.values.of(w), k.inv.Column)
		if !ok || changed[write.object] {
			continue
		}
		doubles := int64(0)
		if other, twice := has[n]; twice && other != write.object {
			doubles = 1
			double(n, write.object, other)
		}
		has[n] = write.object
		k.noteDoubles(k.ix.end[write.txn], doubles)
	}
}

// noteDoubles notes how many doubles were found at a time.
func (k *invariantCheck) noteDoubles(at, doubles int64) {
	k.result.Checked++
	if doubles > 0 {
		k.result.Broken++
	}
	k.result.Points = append(k.result.Points, InvariantPoint{At: at, Value: doubles})
}

// judge says what became of an invariant that is checked in many things, such as reads.
func (k *invariantCheck) judge(things, kept, broken, example string) {
	k.result.Held, k.result.Unknown = k.result.Broken == 0, k.result.Checked == 0
	k.result.Text = fmt.Sprintf("all of %d %s found %s", k.result.Checked, things, kept)
	if !k.result.Held {
		k.result.Text = fmt.Sprintf("%d of %d %s found %s: %s", k.result.Broken, k.result.Checked, things, broken, example)
	}
	slices.SortFunc(k.result.Points, func(a, b InvariantPoint) int { return cmp.Compare(a.At, b.At) })
	if n := len(k.result.Points); n > 0 {
		k.result.Actual = k.result.Points[n-1].Value
	}
}

// column names a column of a table, and rowName a row.
func (k *invariantCheck) column(table, column int) string {
	return k.ix.header.Tables[table].Columns[column].Name
}

func (k *invariantCheck) rowName(object int32) string {
	return fmt.Sprintf("%s %d", k.ix.header.Tables[k.ix.objects.table[object]].Name, k.ix.objects.key[object])
}
