package register

import (
	"cmp"
	"slices"
	"sort"

	"github.com/isocheck/isocheck/history"
)

// linkKind is what a link stands for.
type linkKind uint8

const (
	sessionLink linkKind = iota
	realTimeLink
	passLink   // leads through a node that stands for a set of real-time edges
	commitLink // from a transaction's start to its commit
	wrLink
	wwLink
	rwLink
	beforeLink // a constraint of a weak model
)

// link says what an edge between two nodes of a graph is.
type link struct {
	from, to int32 // transactions, or initial
	kind     linkKind
	object   int32 // of wr, ww, rw and before links
	// a is, of a before link, the read; of ww and rw links the version that was
	// overwritten, or read, and b the version that replaced it.
	a, b int32
}

// yield takes one edge between two nodes of a graph. To is initial for a
// constraint that nothing can fulfil.
type yield func(from, to int32, l link)

// realTime is the order of transactions that did not overlap, as a line of nodes:
// a transaction that ended points to its node on the line, each of these to the next, and the last one
// that ended before a transaction began points to that.
type realTime struct {
	ended []int32 // transactions by when they ended
	since []int32 // by transaction: the number of those that had ended before it began
}

func newRealTime(f *facts) *realTime {
	rt := &realTime{since: make([]int32, f.n)}
	end := func(v int32) int64 { return f.ix.end[f.txn[v]] }
	for v, t := range f.txn {
		if f.ix.outcome[t] == history.Committed {
			rt.ended = append(rt.ended, int32(v))
		}
	}
	byEnd := func(a, b int32) int { return cmp.Compare(end(a), end(b)) }
	if !slices.IsSortedFunc(rt.ended, byEnd) {
		slices.SortStableFunc(rt.ended, byEnd)
	}
	for v, t := range f.txn {
		start := f.ix.start[t]
		rt.since[v] = int32(sort.Search(len(rt.ended), func(i int) bool { return end(rt.ended[i]) >= start }))
	}
	return rt
}

// each yields the edges. Nodes of the line follow from node line on; a
// transaction v is left by node out(v) and entered by in(v).
func (rt *realTime) each(line int32, out, in func(int32) int32, y yield) {
	for i, v := range rt.ended {
		y(out(v), line+int32(i), link{from: v, to: v, kind: realTimeLink})
		if i+1 < len(rt.ended) {
			y(line+int32(i), line+int32(i)+1, link{kind: passLink})
		}
	}
	for v, n := range rt.since {
		if n > 0 {
			y(line+n-1, in(int32(v)), link{to: int32(v), kind: passLink})
		}
	}
}

// positions gives the nodes of the line positions behind the transactions before them.
func (rt *realTime) positions(position []int32, line int32, out func(int32) int32) {
	last := int32(-1)
	for i, v := range rt.ended {
		last = max(last, position[out(v)]+1)
		position[line+int32(i)] = last
	}
}
