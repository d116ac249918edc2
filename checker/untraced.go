package checker

import (
	"cmp"
	"fmt"
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
			Operations: len(ix.ops), Objects: ix.objects.len(),
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
		doubts = append(doubts, fmt.Sprintf("only %s committed, and fewer than %d say little", numbered(f.Counts.Committed, "transaction"), enoughCommitted))
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
	case history.AtLeast:
		u.atLeast(inv, reads, &r)
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
		first := sort.Search(len(rows), func(i int) bool { return rows[i].op() >= s.op })
		last := sort.Search(len(rows), func(i int) bool { return rows[i].op() > s.op })
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
