package checker

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// invariants checks what the workload promises about its own data, in the reads
// inside the run and in the final state, and ties each breach to the anomalies
// that explain it.
func (c *check) invariants(anomalies []Anomaly) []InvariantResult {
	results := []InvariantResult{}
	for _, inv := range c.ix.header.Invariants {
		k := &invariantCheck{check: c, inv: inv, result: InvariantResult{Name: inv.Name, Held: true}}
		switch inv.Kind {
		case history.ConstantSum:
			k.constantSum()
		case history.CountsWrites:
			k.countsWrites()
		case history.AtLeast, history.AtMost:
			k.bound()
		case history.StableRows:
			k.stableRows()
		case history.KeepsInserts:
			k.keepsInserts()
		case history.GroupAtLeast:
			k.groupAtLeast()
		case history.UniqueValues:
			k.uniqueValues()
		case history.RefusalSeen:
			k.refusalSeen()
		case history.LinearSum:
			k.linearSum()
		default:
			k.result.Unknown = true
			k.result.Text = fmt.Sprintf("this isocheck does not know invariants of the kind %q", inv.Kind)
		}
		k.explain(anomalies)
		k.result.Points = thin(k.result.Points)
		results = append(results, k.result)
	}
	return results
}

// invariantCheck is the check of one invariant.
type invariantCheck struct {
	*check
	inv    history.Invariant
	result InvariantResult
	groups []int64 // see firstGroups
}

// total is what one read of a whole table summed to.
type total struct {
	txn      int32
	from, at int64 // when the read was sent, and answered
	sum      int64
}

// totals returns the sums of the invariant's column over every read of the whole
// table by a transaction that took effect and had not written the table before.
func (k *invariantCheck) totals() []total {
	var totals []total
	for i := range k.ix.scans {
		s := &k.ix.scans[i]
		if s.partial || s.writes || !k.whole(s, k.inv.Table) || k.wroteBefore(s, k.inv.Table) {
			continue
		}
		if sum, ok := k.sum(s, k.inv.Column); ok {
			from, at := k.ix.opTimes(s.txn, s.op)
			totals = append(totals, total{txn: s.txn, from: from, at: at, sum: sum})
		}
	}
	slices.SortFunc(totals, func(a, b total) int { return cmp.Compare(a.at, b.at) })
	return totals
}

// whole reports whether a scan is of all rows of a table, by a transaction that took effect.
func (k *invariantCheck) whole(s *scan, table int) bool {
	p := &k.ix.predicates[s.predicate]
	return int(p.table) == table && len(p.where) == 0 && k.chains.live[s.txn]
}

// wroteBefore reports whether a scan's transaction had itself written the table before the scan.
func (k *invariantCheck) wroteBefore(s *scan, table int) bool {
	return slices.ContainsFunc(k.ix.writesOf(s.txn), func(w write) bool {
		return w.op < s.op && (w.undone == 0 || w.undone > s.op) && int(k.ix.objects.table[w.object]) == table
	})
}

// rows returns the rows that a scan returned.
func (k *invariantCheck) rows(s *scan) []read {
	all := k.ix.readsOf(s.txn)
	from, _ := slices.BinarySearchFunc(all, s.op, func(r read, op int32) int { return cmp.Compare(r.op(), op) })
	to := from
	for to < len(all) && all[to].op() == s.op {
		to++
	}
	return all[from:to]
}

// sum adds up a column over the rows that a scan returned.
func (k *invariantCheck) sum(s *scan, column int) (int64, bool) {
	rows := k.rows(s)
	if column == history.RowCount {
		return int64(len(rows)), true
	}
	var sum int64
	for i := range rows {
		n, ok := k.number(k.values.read(&rows[i]), column)
		if !ok {
			return 0, false
		}
		sum += n
	}
	return sum, true
}

// number returns a column of a row, if it holds a number.
func (k *invariantCheck) number(row []cell, column int) (int64, bool) {
	if column >= len(row) || row[column].kind != history.Int {
		return 0, false
	}
	return row[column].value, true
}

// constantSum: the total never changes.
func (k *invariantCheck) constantSum() {
	totals := k.totals()
	for _, t := range totals {
		k.result.Checked++
		if t.sum != k.inv.Value {
			k.result.Broken++
		}
		k.result.Points = append(k.result.Points, InvariantPoint{At: t.at, Value: t.sum, Want: k.inv.Value})
	}
	k.result.Held = k.result.Broken == 0
	k.result.Expected, k.result.ExpectedMost = k.inv.Value, k.inv.Value
	k.result.Explained = -k.undone()
	k.result.Text = fmt.Sprintf("%s of the whole table gave %d", everyRead(k.result.Checked), k.inv.Value)
	k.result.Unknown = k.result.Checked == 0
	final, ok := k.final(totals)
	k.result.Actual = final.sum
	if !k.result.Held {
		k.result.Text = fmt.Sprintf("%d of %s of the whole table did not give %d", k.result.Broken, numbered(k.result.Checked, "read"), k.inv.Value)
	}
	switch {
	case !ok:
		k.result.Text += "; the final state was not read"
	case !k.result.Held:
		k.result.Text += fmt.Sprintf("; at the end it is %d, and changes that were overwritten unseen explain %+d of the difference %+d",
			k.result.Actual, k.result.Explained, k.result.Actual-k.inv.Value)
	}
}

// countsWrites: the total grows by the same for each transaction that wrote.
func (k *invariantCheck) countsWrites() {
	ends, initial, pending := k.increments()
	totals := k.totals()
	final, ok := k.final(totals)
	for _, t := range totals {
		before, _ := slices.BinarySearch(ends, t.from)
		k.result.Points = append(k.result.Points, InvariantPoint{At: t.at, Value: t.sum, Want: initial + int64(before)*k.inv.Value})
	}
	least := initial + int64(len(ends))*k.inv.Value
	most := least + int64(pending)*k.inv.Value
	k.result.Expected, k.result.ExpectedMost = min(least, most), max(least, most)
	switch {
	case !ok:
		k.result.Unknown, k.result.Text = true, "the final state was not read"
		return
	case k.ix.strangers > 0:
		k.result.Unknown, k.result.Text = true, "transactions that wrote the table are not in the history"
		return
	}
	k.result.Checked, k.result.Actual, k.result.Explained = 1, final.sum, -k.undone()
	k.result.Held = final.sum >= k.result.Expected && final.sum <= k.result.ExpectedMost
	k.result.Text = fmt.Sprintf("the final value is %d, as the acknowledged increments make it", final.sum)
	if !k.result.Held {
		k.result.Broken = 1
		k.result.Text = fmt.Sprintf("the acknowledged increments make %d, but the final value is %d: %+d, of which changes that were overwritten unseen explain %+d",
			k.result.Expected, final.sum, final.sum-k.result.Expected, k.result.Explained)
	}
}

// increments returns when each write of the table that took effect had been
// acknowledged, in order, what the rows summed to at the start, and how many writes may
// have taken effect.
func (k *invariantCheck) increments() (ends []int64, initial int64, pending int) {
	ix := k.ix
	for w := range ix.writes {
		write := &ix.writes[w]
		if int(ix.objects.table[write.object]) != k.inv.Table {
			continue
		}
		switch row := k.values.of(int32(w)); {
		case ix.isSetup(write.txn):
			if k.inv.Column < len(row) && row[k.inv.Column].kind == history.Int {
				initial += row[k.inv.Column].value
			}
		case write.undone > 0 || k.chains.undone[write.txn]:
		case k.chains.live[write.txn]:
			ends = append(ends, ix.end[write.txn])
		case ix.outcome[write.txn] == history.Indeterminate:
			pending++
		}
	}
	slices.Sort(ends)
	return ends, initial, pending
}

// final returns the read of the whole table that the harness made at the end.
func (k *invariantCheck) final(totals []total) (total, bool) {
	if len(totals) == 0 {
		return total{}, false
	}
	last := totals[len(totals)-1]
	return last, k.ix.isSetup(last.txn)
}

// undone returns how much of what committed transactions added to the table was
// overwritten by others that had not seen it.
func (k *invariantCheck) undone() int64 {
	var sum int64
	for object, n := range k.direct.undone {
		if int(k.ix.objects.table[object]) == k.inv.Table {
			sum += n
		}
	}
	return sum
}

// stableRows: a predicate evaluated twice in a transaction gives the same rows.
func (k *invariantCheck) stableRows() {
	k.result.Checked, k.result.Broken = k.direct.pairs[k.inv.Table], k.direct.unstable[k.inv.Table]
	k.result.Held = k.result.Broken == 0
	k.result.Text = fmt.Sprintf("all of %d pairs of reads by one predicate in one transaction gave the same rows", k.result.Checked)
	if !k.result.Held {
		k.result.Text = fmt.Sprintf("%d of %d pairs of reads by one predicate in one transaction gave different rows", k.result.Broken, k.result.Checked)
	}
}

// explain ties a breach to the anomalies that can cause it. It is a violation
// if only such were found as are violations themselves. Where none was found, it is
// a violation if what is expected rules all of them out.
func (k *invariantCheck) explain(anomalies []Anomaly) {
	if k.result.Held {
		return
	}
	causes := explains(k.inv.Kind)
	k.result.Violation = true
	for _, a := range anomalies {
		if a.Count == 0 || baseAnomaly(a.ID) != a.ID || !slices.Contains(causes, a.ID) {
			continue
		}
		k.result.ExplainedBy = append(k.result.ExplainedBy, a.ID)
		if a.Count > a.Violations {
			k.result.Violation = false
		}
	}
	if len(k.result.ExplainedBy) > 0 {
		k.result.Text += "; it is explained by " + k.causes(anomalies)
		return
	}
	k.result.Violation = !slices.ContainsFunc(causes, func(id AnomalyID) bool { return !k.rulesOut(id) })
	switch k.inv.Kind {
	case history.RefusalSeen:
		// A refusal names no version: no edge shows what the statement saw.
		k.result.ExplainedBy = []AnomalyID{NonRepeatableRead}
	case history.StableRows:
		k.result.ExplainedBy = []AnomalyID{Phantom} // each breach is one, even where no edge proves whose
	default:
		k.result.Text += "; which anomaly it was, the record does not prove"
	}
}

// causes names the anomalies that explain a breach, those that were found most often first.
func (k *invariantCheck) causes(anomalies []Anomaly) string {
	const most = 3
	var found []Anomaly
	for _, a := range anomalies {
		if slices.Contains(k.result.ExplainedBy, a.ID) {
			found = append(found, a)
		}
	}
	slices.SortStableFunc(found, func(a, b Anomaly) int { return cmp.Compare(b.Count, a.Count) })
	var names []string
	for _, a := range found[:min(most, len(found))] {
		names = append(names, a.Name)
	}
	text := strings.Join(names, ", ")
	if n := len(found) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// rulesOut reports whether what is expected rules an anomaly out whatever statements show it.
func (k *invariantCheck) rulesOut(id AnomalyID) bool {
	if slices.Contains(k.opts.Forbid, id) {
		return true
	}
	base, _ := k.opts.Expect.Split()
	return base != InnoDBRepeatableRead && slices.Contains(ruledOut(base), id) && !slices.Contains(k.opts.Allow, id)
}

// explains returns the anomalies that can break an invariant of this kind.
func explains(kind history.InvariantKind) []AnomalyID {
	unseen := []AnomalyID{LostCommit, DirtyWrite, DirtyRead, DirtyUpdate, IntermediateRead, CircularFlow, CursorLostUpdate, LostUpdate}
	stale := []AnomalyID{FracturedRead, NonRepeatableRead, Phantom, ReadSkew, LongFork}
	switch kind {
	case history.CountsWrites:
		return unseen
	case history.StableRows:
		return append(stale, unseen...)
	case history.RefusalSeen:
		return []AnomalyID{NonRepeatableRead}
	case history.KeepsInserts:
		return []AnomalyID{LostCommit, DirtyWrite, GarbageRead, FutureRead}
	}
	return append(append(unseen, stale...), WriteSkew, PredicateWriteSkew)
}

// thin keeps at most a few hundred points, evenly, and always the last.
func thin(points []InvariantPoint) []InvariantPoint {
	const most = 300
	if len(points) <= most {
		return points
	}
	kept := make([]InvariantPoint, 0, most)
	for i := range most {
		kept = append(kept, points[i*(len(points)-1)/(most-1)])
	}
	return kept
}
