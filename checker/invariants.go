package checker

import (
	"fmt"
	"slices"

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
		case history.AtLeast:
			k.atLeast()
		case history.StableRows:
			k.stableRows()
		default:
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
	ix := k.ix
	for i, s := range ix.scans {
		p := &ix.predicates[s.predicate]
		if s.partial || s.writes || int(p.table) != k.inv.Table || len(p.where) > 0 || !k.chains.live[s.txn] {
			continue
		}
		writes := ix.writesOf(s.txn)
		if slices.ContainsFunc(writes, func(w write) bool { return w.op < s.op && int(ix.objects.table[w.object]) == k.inv.Table }) {
			continue
		}
		if sum, ok := k.sum(int32(i)); ok {
			from, at := ix.opTimes(s.txn, s.op)
			totals = append(totals, total{txn: s.txn, from: from, at: at, sum: sum})
		}
	}
	slices.SortFunc(totals, func(a, b total) int { return int(min(max(a.at-b.at, -1), 1)) })
	return totals
}

// sum adds up the invariant's column over the rows that a scan returned.
func (k *invariantCheck) sum(scan int32) (int64, bool) {
	s := &k.ix.scans[scan]
	var sum int64
	for _, r := range k.ix.readsOf(s.txn) {
		if r.op != s.op {
			continue
		}
		row := k.values.read(&r)
		if k.inv.Column >= len(row) || row[k.inv.Column].kind != history.Int {
			return 0, false
		}
		sum += row[k.inv.Column].value
	}
	return sum, true
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
	k.result.Text = fmt.Sprintf("every one of %d reads of the whole table gave %d", k.result.Checked, k.inv.Value)
	k.result.Unknown = k.result.Checked == 0
	final, ok := k.final(totals)
	k.result.Actual = final.sum
	if !k.result.Held {
		k.result.Text = fmt.Sprintf("%d of %d reads of the whole table did not give %d", k.result.Broken, k.result.Checked, k.inv.Value)
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

// atLeast: no version that took effect is lower.
func (k *invariantCheck) atLeast() {
	lowest := k.inv.Value
	for w := range k.ix.writes {
		write := &k.ix.writes[w]
		row := k.values.of(int32(w))
		if int(k.ix.objects.table[write.object]) != k.inv.Table || !k.chains.live[write.txn] || k.inv.Column >= len(row) || row[k.inv.Column].kind != history.Int {
			continue
		}
		k.result.Checked++
		if row[k.inv.Column].value < k.inv.Value {
			k.result.Broken++
			lowest = min(lowest, row[k.inv.Column].value)
		}
	}
	k.result.Held = k.result.Broken == 0
	k.result.Expected, k.result.Actual = k.inv.Value, lowest
	k.result.Text = fmt.Sprintf("none of %d versions is under %d", k.result.Checked, k.inv.Value)
	if !k.result.Held {
		k.result.Text = fmt.Sprintf("%d of %d versions are under %d, the lowest is %d", k.result.Broken, k.result.Checked, k.inv.Value, lowest)
	}
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
// if none of these was found, or only such as are violations themselves.
func (k *invariantCheck) explain(anomalies []Anomaly) {
	if k.result.Held {
		return
	}
	k.result.Violation = true
	for _, a := range anomalies {
		if a.Count == 0 || baseAnomaly(a.ID) != a.ID || !slices.Contains(explains(k.inv.Kind), a.ID) {
			continue
		}
		k.result.ExplainedBy = append(k.result.ExplainedBy, a.ID)
		if a.Count > a.Violations {
			k.result.Violation = false
		}
	}
}

// explains returns the anomalies that can break an invariant of this kind.
func explains(kind history.InvariantKind) []AnomalyID {
	unseen := []AnomalyID{DirtyWrite, DirtyRead, DirtyUpdate, IntermediateRead, CircularFlow, CursorLostUpdate, LostUpdate}
	stale := []AnomalyID{FracturedRead, NonRepeatableRead, Phantom, ReadSkew, LongFork}
	switch kind {
	case history.CountsWrites:
		return unseen
	case history.StableRows:
		return append(stale, unseen...)
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
