package checker

import (
	"fmt"
	"math"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// constantSum: every read of the whole table sums to the same.
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
	r.Text = fmt.Sprintf("%s of the whole table gave %d", everyRead(r.Checked), inv.Value)
	if !r.Held {
		r.Text = fmt.Sprintf("%d of %s of the whole table did not give %d; the last one gave %d", r.Broken, numbered(r.Checked, "read"), inv.Value, r.Actual)
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
		if int(ix.objects.table[write.object]) != inv.Table || ix.undone(int32(w)) {
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
	r.Text = fmt.Sprintf("%s lies between what had been added before it and what may have been; the last one gave %d", everyRead(r.Checked), r.Actual)
	if !r.Held {
		r.Text = fmt.Sprintf("%d of %s %s outside what had been added before and what may have been; the last one gave %d, where %d to %d are possible",
			r.Broken, numbered(r.Checked, "read"), agree(r.Broken, "lies", "lie"), r.Actual, r.Expected, r.ExpectedMost)
	}
}

// amount returns what a write adds to the invariant's column.
func (u *untraced) amount(w *write, inv history.Invariant) int64 {
	for _, a := range u.ix.assigns[w.assigns : w.assigns+int32(w.numAssigns)] {
		if int(a.column) == inv.Column && a.op == history.Add && a.kind == history.Int {
			return a.value
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
		if ix.undone(int32(w)) {
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
			case seen[row.object]:
			case sent[row.object] > reads[i].at:
				odd++
			case acknowledged[row.object] < reads[i].from:
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
	r.Text = fmt.Sprintf("the last of %s has %s whose insert had been acknowledged before it; %d earlier %s missed some for a while", numbered(r.Checked, "read"), allOf(int(r.Expected), "row"), stale, agree(stale, "one", "ones"))
	if !r.Held {
		r.Text = fmt.Sprintf("%s that had been acknowledged %s missing in the last of %s, and %s %s read that nobody had inserted",
			numbered(max(0, lost), "row"), agree(lost, "is", "are"), numbered(r.Checked, "read"), numbered(unexpected, "row"), agree(unexpected, "was", "were"))
	}
}
