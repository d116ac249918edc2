package checker

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// groupAtLeast: the sum over each group of rows is never under its least, in
// plain reads of the whole table or of one group.
func (k *invariantCheck) groupAtLeast() {
	example := ""
	for i := range k.ix.scans {
		s := &k.ix.scans[i]
		if s.partial || s.writes || s.locked || int(k.ix.predicates[s.predicate].table) != k.inv.Table || !k.chains.live[s.txn] || k.wroteBefore(s, k.inv.Table) {
			continue
		}
		sums, ok := k.groupSums(s)
		if !ok {
			continue
		}
		_, at := k.ix.opTimes(s.txn, s.op)
		least, short := k.leastOf(sums)
		k.result.Checked += len(sums)
		k.result.Broken += short
		if short > 0 && example == "" {
			example = fmt.Sprintf("the first after %.1f ms, with %d", float64(at)/1e6, least)
		}
		k.result.Points = append(k.result.Points, InvariantPoint{At: at, Value: least, Want: k.inv.Value})
	}
	k.result.Expected, k.result.ExpectedMost = k.inv.Value, k.inv.Value
	group := fmt.Sprintf("%s of a %s at", k.column(k.inv.Table, k.inv.Column), k.column(k.inv.Table, k.inv.Group))
	k.judge("reads", fmt.Sprintf("%s %d or more", group, k.inv.Value), fmt.Sprintf("%s less than %d", group, k.inv.Value), example)
}

// leastOf returns the least of the sums, and how many are under what they must be.
func (k *invariantCheck) leastOf(sums map[int64]int64) (least int64, short int) {
	first := true
	for _, sum := range sums {
		if first || sum < least {
			least, first = sum, false
		}
		if sum < k.inv.Value {
			short++
		}
	}
	return least, short
}

// groupSums returns, by group, the sums over the rows that a scan returned; not ok where
// it is neither a scan of the whole table nor of one group.
func (k *invariantCheck) groupSums(s *scan) (map[int64]int64, bool) {
	sums := map[int64]int64{}
	if k.whole(s, k.inv.Table) {
		for _, g := range k.firstGroups() {
			sums[g] = 0 // a group of which no row was returned
		}
	} else {
		g, ok := k.groupOf(k.ix.predicates[s.predicate].where)
		if !ok {
			return nil, false
		}
		sums[g] = 0
	}
	for _, r := range k.rows(s) {
		row := k.values.read(&r)
		g, ok := k.number(row, k.inv.Group)
		n, also := k.number(row, k.inv.Column)
		if !ok || !also {
			return nil, false
		}
		sums[g] += n
	}
	return sums, true
}

// groupOf returns the group whose rows a predicate chooses, but for such as add nothing to the sum.
func (k *invariantCheck) groupOf(where history.Predicate) (group int64, ok bool) {
	for _, c := range where {
		switch n := c.Value.Int; {
		case c.Value.Kind != history.Int:
			return 0, false
		case c.Column == k.inv.Group && c.Cmp == history.Equal && !ok:
			group, ok = n, true
		case c.Column != k.inv.Column:
			return 0, false
		case c.Cmp == history.Greater && n <= 0, c.Cmp == history.GreaterEqual && n <= 1, c.Cmp == history.NotEqual && n == 0:
		default:
			return 0, false
		}
	}
	return group, ok
}

// firstGroups returns the groups that have rows from the start.
func (k *invariantCheck) firstGroups() []int64 {
	if k.groups != nil {
		return k.groups
	}
	k.groups = []int64{}
	known := map[int64]bool{}
	for w := range k.ix.writes {
		write := &k.ix.writes[w]
		if int(k.ix.objects.table[write.object]) != k.inv.Table || !k.ix.isSetup(write.txn) {
			continue
		}
		if g, ok := k.number(k.values.of(int32(w)), k.inv.Group); ok && !known[g] {
			known[g] = true
			k.groups = append(k.groups, g)
		}
	}
	return k.groups
}

// refusal is an InsertIgnore, or an Upsert, that wrote nothing because of the row with its key.
type refusal struct{ txn, op, object int32 }

// addRefusal notes a refusal, if an invariant is about the table's.
func (ix *index) addRefusal(txn, i int32, op *history.Op) {
	if op.Kind != history.InsertIgnore && op.Kind != history.Upsert || len(ix.header.Tables[op.Table].Unique) > 0 {
		return
	}
	for _, inv := range ix.header.Invariants {
		if inv.Kind == history.RefusalSeen && inv.Table == op.Table {
			ix.refusals = append(ix.refusals, refusal{txn: txn, op: i, object: ix.objects.intern(int32(op.Table), op.Key)})
			return
		}
	}
}

// refusalSeen: who was refused finds the row that was the reason.
func (k *invariantCheck) refusalSeen() {
	example := ""
	for _, f := range k.ix.refusals {
		if int(k.ix.objects.table[f.object]) != k.inv.Table || !k.chains.live[f.txn] {
			continue
		}
		r := k.nextRead(f)
		if r == nil {
			continue
		}
		k.result.Checked++
		if n, ok := k.number(k.values.read(r), k.inv.Column); r.version == absent || ok && n == 0 {
			k.result.Broken++
			if example == "" {
				example = k.rowName(f.object)
			}
		}
	}
	k.result.Held = k.result.Broken == 0
	k.result.Text = fmt.Sprintf("all of %d that were refused found who holds the row", k.result.Checked)
	switch {
	case k.result.Checked == 0:
		k.result.Text = "nobody was refused and then looked who holds the row"
	case !k.result.Held:
		k.result.Text = fmt.Sprintf("%d of %d that were refused did not find who holds the row, the first of %s: the statement that is refused sees the newest row, a plain read after it an older one (non-repeatable read)",
			k.result.Broken, k.result.Checked, example)
	}
}

// nextRead returns the first plain read of the row that was refused after it was, nil if there is none.
func (k *invariantCheck) nextRead(f refusal) *read {
	reads := k.ix.readsOf(f.txn)
	for i := range reads {
		if r := &reads[i]; r.op() > f.op && r.object == f.object && !r.locked {
			return r
		}
	}
	return nil
}

// linearSum: the sums over several tables add up to the same in every
// transaction that reads them all, and at the end.
func (k *invariantCheck) linearSum() {
	var last int64
	for t := range int32(k.ix.len()) {
		sum, at, ok := k.linear(t)
		if !ok {
			continue
		}
		k.result.Checked++
		if sum != k.inv.Value {
			k.result.Broken++
		}
		if k.result.Points = append(k.result.Points, InvariantPoint{At: at, Value: sum, Want: k.inv.Value}); at >= last {
			last, k.result.Actual = at, sum
		}
	}
	slices.SortFunc(k.result.Points, func(a, b InvariantPoint) int { return cmp.Compare(a.At, b.At) })
	k.result.Held, k.result.Unknown = k.result.Broken == 0, k.result.Checked == 0
	k.result.Expected, k.result.ExpectedMost = k.inv.Value, k.inv.Value
	k.result.Text = fmt.Sprintf("%s that read %s found the sum %d", allOf(k.result.Checked, "transaction"), k.termTables(), k.inv.Value)
	if !k.result.Held {
		k.result.Text = fmt.Sprintf("%d of %s that read %s did not find the sum %d; the last found %d", k.result.Broken, numbered(k.result.Checked, "transaction"), k.termTables(), k.inv.Value, k.result.Actual)
	}
}

// linear returns the sum of the terms in a transaction that read all their tables whole,
// and when it had.
func (k *invariantCheck) linear(t int32) (sum, at int64, ok bool) {
	if !k.chains.live[t] {
		return 0, 0, false
	}
	for _, term := range k.inv.Terms {
		s := k.plainWhole(t, term.Table)
		if s == nil {
			return 0, 0, false
		}
		n, known := k.sum(s, term.Column)
		if !known {
			return 0, 0, false
		}
		_, end := k.ix.opTimes(t, s.op)
		sum, at = sum+term.Times*n, max(at, end)
	}
	return sum, at, true
}

// plainWhole returns a transaction's first plain read of a whole table, nil if it made none before it wrote the table.
func (k *invariantCheck) plainWhole(t int32, table int) *scan {
	scans := k.ix.scansOf(t)
	for i := range scans {
		if s := &scans[i]; !s.partial && !s.writes && !s.locked && k.whole(s, table) {
			if k.wroteBefore(s, table) {
				return nil
			}
			return s
		}
	}
	return nil
}

// termTables names the tables of a linear sum.
func (k *invariantCheck) termTables() string {
	var names []string
	for _, term := range k.inv.Terms {
		if name := k.ix.header.Tables[term.Table].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}
