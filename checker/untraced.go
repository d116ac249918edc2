package checker

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/isocheck/isocheck/history"
)

// untraced checks histories that do not show which write a read saw
// (history.Untraced), such as Jepsen's bank, counter and set. Of these only the
// invariants can be checked, by what whole-table reads returned; no model is judged, and
// the findings say so.
//
// As Jepsen's checkers do, it takes for granted that a read sees what had been
// acknowledged before the read was sent: a database that is serializable, but not
// in real-time order, need not give that.
type untraced struct {
	ix   *index
	opts Options
}

func (u *untraced) findings() *Findings {
	ix := u.ix
	f := &Findings{
		Header: ix.header, Closed: ix.closed, Statements: []string{},
		Counts: Counts{
			Operations: len(ix.opStart), Objects: ix.objects.len(),
			Aborted: ix.exercised.aborts, Indeterminate: ix.exercised.indeterminate,
		},
		Models: []ModelResult{}, Strongest: []Model{}, Weakest: []Model{}, Anomalies: []Anomaly{}, Invariants: []InvariantResult{},
		Expected: Expectation{Model: u.opts.Expect, Source: u.opts.Source, Forbid: u.opts.Forbid, Allow: u.opts.Allow},
	}
	f.Counts.Committed = ix.len() - f.Counts.Aborted - f.Counts.Indeterminate
	for _, inv := range ix.header.Invariants {
		r := u.check(inv)
		r.Violation = !r.Held && u.ruledOut(inv.Kind)
		r.Points = thin(r.Points)
		f.Invariants = append(f.Invariants, r)
	}
	f.Verdict, f.Reasons = u.verdict(f)
	return f
}

// ruledOut reports whether what is expected rules out everything that can break an
// invariant of this kind. Write skew breaks none here: these transactions write what they read.
func (u *untraced) ruledOut(kind history.InvariantKind) bool {
	ids := RuledOut(u.opts.Expect)
	return !slices.ContainsFunc(explains(kind), func(id AnomalyID) bool {
		if id == WriteSkew || id == PredicateWriteSkew {
			return false
		}
		return slices.Contains(u.opts.Allow, id) || !slices.Contains(ids, id) && !slices.Contains(u.opts.Forbid, id)
	})
}

func (u *untraced) verdict(f *Findings) (Verdict, []string) {
	const only = "which write a read saw is not in this history, so that only its invariants were checked, and no model"
	var broken, doubts []string
	for _, i := range f.Invariants {
		switch {
		case i.Violation:
			broken = append(broken, fmt.Sprintf("the invariant %q is broken: %s", i.Name, i.Text))
		case i.Checked == 0:
			doubts = append(doubts, fmt.Sprintf("the invariant %q was never checked: no read of the whole table was answered", i.Name))
		}
	}
	switch {
	case len(broken) > 0:
		return Violated, append(broken, only)
	case len(f.Invariants) == 0:
		doubts = append(doubts, "the history has no invariant")
	case f.Counts.Committed < enoughCommitted:
		doubts = append(doubts, fmt.Sprintf("only %d transactions committed, and fewer than %d say little", f.Counts.Committed, enoughCommitted))
	}
	if !f.Closed {
		doubts = append(doubts, "the history is cut off before its end")
	}
	if len(doubts) > 0 {
		return Inconclusive, append(doubts, only)
	}
	return Kept, []string{only}
}

func (u *untraced) check(inv history.Invariant) InvariantResult {
	r := InvariantResult{Name: inv.Name, Held: true}
	reads := u.reads(inv.Table)
	r.Checked = len(reads)
	switch inv.Kind {
	case history.ConstantSum:
		u.constantSum(inv, reads, &r)
	case history.CountsWrites:
		u.countsWrites(inv, reads, &r)
	case history.KeepsInserts:
		u.keepsInserts(inv, reads, &r)
	default:
		r.Checked = 0
		r.Text = fmt.Sprintf("invariants of the kind %q cannot be checked without versions", inv.Kind)
	}
	return r
}

// wholeRead is one read of a whole table.
type wholeRead struct {
	rows     []read
	from, at int64
}

// reads returns the answered reads of a whole table by committed transactions, in the
// order of their answers.
func (u *untraced) reads(table int) []wholeRead {
	ix := u.ix
	var all []wholeRead
	for i := range ix.scans {
		s := &ix.scans[i]
		p := &ix.predicates[s.predicate]
		if s.partial || s.writes || int(p.table) != table || len(p.where) > 0 || ix.outcome[s.txn] != history.Committed {
			continue
		}
		rows := ix.readsOf(s.txn)
		first := sort.Search(len(rows), func(i int) bool { return rows[i].op >= s.op })
		last := sort.Search(len(rows), func(i int) bool { return rows[i].op > s.op })
		w := wholeRead{rows: rows[first:last]}
		w.from, w.at = ix.opTimes(s.txn, s.op)
		all = append(all, w)
	}
	slices.SortStableFunc(all, func(a, b wholeRead) int { return cmp.Compare(a.at, b.at) })
	return all
}

// sum adds up a column of the rows; not ok means that some row had no number there.
func (u *untraced) sum(r *wholeRead, column int) (sum int64, ok bool) {
	for _, row := range r.rows {
		if row.cells < 0 || u.ix.cells[int(row.cells)+column].kind != history.Int {
			return 0, false
		}
		sum += u.ix.cells[int(row.cells)+column].value
	}
	return sum, true
}

func (u *untraced) constantSum(inv history.Invariant, reads []wholeRead, r *InvariantResult) {
	r.Expected, r.ExpectedMost = inv.Value, inv.Value
	for i := range reads {
		sum, ok := u.sum(&reads[i], inv.Column)
		if !ok || sum != inv.Value {
			r.Broken++
		}
		r.Actual = sum
		r.Points = append(r.Points, InvariantPoint{At: reads[i].at, Value: sum, Want: inv.Value})
	}
	r.Held = r.Broken == 0
	r.Text = fmt.Sprintf("every one of %d reads of the whole table gave %d", r.Checked, inv.Value)
	if !r.Held {
		r.Text = fmt.Sprintf("%d of %d reads of the whole table did not give %d; the last one gave %d", r.Broken, r.Checked, inv.Value, r.Actual)
	}
}

// steps are amounts that were added, by the time from which each counts.
type steps struct {
	at    []int64
	total []int64 // of all up to this one
}

func makeSteps(amounts map[int64]int64) steps {
	s := steps{}
	for at := range amounts {
		s.at = append(s.at, at)
	}
	slices.Sort(s.at)
	var total int64
	for _, at := range s.at {
		total += amounts[at]
		s.total = append(s.total, total)
	}
	return s
}

// before returns what had been added before a time.
func (s *steps) before(at int64) int64 {
	n, _ := slices.BinarySearch(s.at, at)
	if n == 0 {
		return 0
	}
	return s.total[n-1]
}

// countsWrites: each read lies between what had been added for certain before it was
// sent, and what may have been added when it was answered.
func (u *untraced) countsWrites(inv history.Invariant, reads []wholeRead, r *InvariantResult) {
	ix := u.ix
	surely, maybe := map[int64]int64{}, map[int64]int64{} // positive and negative amounts apart
	least, most := map[int64]int64{}, map[int64]int64{}
	for w := range ix.writes {
		write := &ix.writes[w]
		if int(ix.objects.table[write.object]) != inv.Table || ix.outcome[write.txn] == history.Aborted {
			continue
		}
		amount := u.amount(write, inv)
		low, high := surely, maybe
		if amount < 0 {
			low, high = most, least // what lowers the counter raises neither bound before it must
		}
		high[ix.start[write.txn]] += amount
		if ix.outcome[write.txn] == history.Committed {
			low[ix.end[write.txn]] += amount
		}
	}
	sure, may, fewest, more := makeSteps(surely), makeSteps(maybe), makeSteps(least), makeSteps(most)
	for i := range reads {
		sum, ok := u.sum(&reads[i], inv.Column)
		low := sure.before(reads[i].from) + fewest.before(reads[i].at+1)
		high := may.before(reads[i].at+1) + more.before(reads[i].from)
		if !ok || sum < low || sum > high {
			r.Broken++
		}
		r.Actual, r.Expected, r.ExpectedMost = sum, low, high
		r.Points = append(r.Points, InvariantPoint{At: reads[i].at, Value: sum, Want: low})
	}
	r.Held = r.Broken == 0
	r.Text = fmt.Sprintf("every one of %d reads lies between what had been added before it and what may have been; the last one gave %d", r.Checked, r.Actual)
	if !r.Held {
		r.Text = fmt.Sprintf("%d of %d reads lie outside what had been added before them and what may have been; the last one gave %d, where %d to %d are possible",
			r.Broken, r.Checked, r.Actual, r.Expected, r.ExpectedMost)
	}
}

// amount returns what a write adds to the invariant's column.
func (u *untraced) amount(w *write, inv history.Invariant) int64 {
	for _, a := range u.ix.assigns[w.assigns : w.assigns+int32(w.numAssigns)] {
		if int(a.column) == inv.Column && a.op == history.Add && a.value.kind == history.Int {
			return a.value.value
		}
	}
	return inv.Value
}

// keepsInserts: the last read has all rows that had been acknowledged before it was
// sent, and no read has a row that nobody inserted, or not yet.
func (u *untraced) keepsInserts(inv history.Invariant, reads []wholeRead, r *InvariantResult) {
	ix := u.ix
	n := ix.objects.len()
	sent, acknowledged := make([]int64, n), make([]int64, n) // by object: the first time, MaxInt64 if never
	for i := range n {
		sent[i], acknowledged[i] = math.MaxInt64, math.MaxInt64
	}
	for w := range ix.writes {
		write := &ix.writes[w]
		if ix.outcome[write.txn] == history.Aborted {
			continue
		}
		sent[write.object] = min(sent[write.object], ix.start[write.txn])
		if ix.outcome[write.txn] == history.Committed {
			acknowledged[write.object] = min(acknowledged[write.object], ix.end[write.txn])
		}
	}
	var acks []int64
	for object := range n {
		if int(ix.objects.table[object]) == inv.Table && acknowledged[object] != math.MaxInt64 {
			acks = append(acks, acknowledged[object])
		}
	}
	slices.Sort(acks)
	unexpected, stale, lost := 0, 0, 0
	for i := range reads {
		want, _ := slices.BinarySearch(acks, reads[i].from)
		found, odd := 0, 0
		seen := map[int32]bool{}
		for _, row := range reads[i].rows {
			switch {
			case sent[row.object] > reads[i].at:
				odd++
			case acknowledged[row.object] < reads[i].from && !seen[row.object]:
				found++
			}
			seen[row.object] = true
		}
		unexpected += odd
		lost = want - found
		if lost > 0 {
			stale++
		}
		if odd > 0 || lost > 0 && i == len(reads)-1 {
			r.Broken++
		}
		r.Points = append(r.Points, InvariantPoint{At: reads[i].at, Value: int64(found), Want: int64(want)})
		r.Actual, r.Expected = int64(found), int64(want)
	}
	r.ExpectedMost = r.Expected
	r.Held = r.Broken == 0
	r.Text = fmt.Sprintf("the last of %d reads has all %d rows whose insert had been acknowledged before it; %d earlier ones missed some for a while", r.Checked, r.Expected, stale)
	if !r.Held {
		r.Text = fmt.Sprintf("%d rows that had been acknowledged are missing in the last of %d reads, and %d rows were read that nobody had inserted", max(0, lost), r.Checked, unexpected)
	}
}
