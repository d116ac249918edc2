package checker

import (
	"math"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// Of a predicate that demands a value of a column, such as grp = 7, only the versions that have it can match. A
// history may have a thousand such predicates and a million versions. So the versions are
// gone through once for all predicates, not once for each.

// equation is the condition that a column of a table has a value.
type equation struct {
	table, column int32
	value         cell
}

// equation returns the first condition of a predicate that is one. A predicate that only one row can match needs none.
func (p *predicate) equation() (equation, bool) {
	if p.object >= 0 {
		return equation{}, false
	}
	for _, c := range p.where {
		if c.Cmp == history.Equal {
			return equation{table: p.table, column: int32(c.Column), value: cellOf(c.Value)}, true
		}
	}
	return equation{}, false
}

// equations are the solutions of the equations that the predicates of a history have.
type equations struct {
	// solutions are the versions that have the value, object by object, each in its version order.
	solutions map[equation][]int32
	// Those of object o that it is about are ordered[from[o]:from[o+1]], in the version order.
	ordered, from []int32
	least         leastSent
}

// solve finds the solutions. Versions of objects whose version order is not known are left out.
func (c *chains) solve(v *values) *equations {
	e := &equations{solutions: map[equation][]int32{}, from: []int32{0}}
	columns := make([][]int32, len(c.ix.header.Tables)) // by table: those that equations are about
	for i := range c.ix.predicates {
		if q, ok := c.ix.predicates[i].equation(); ok {
			if e.solutions[q] = nil; !slices.Contains(columns[q.table], q.column) {
				columns[q.table] = append(columns[q.table], q.column)
			}
		}
	}
	for object, first := range c.first {
		table := c.ix.objects.table[object]
		for w := first; w >= 0 && len(columns[table]) > 0; w = c.next[w] {
			e.ordered = append(e.ordered, w)
			row := v.of(w)
			for _, column := range columns[table] {
				if int(column) < len(row) {
					e.solvedBy(equation{table: table, column: column, value: row[column]}, w)
				}
			}
		}
		e.from = append(e.from, int32(len(e.ordered)))
	}
	e.least = newLeastSent(c, e.ordered)
	return e
}

func (e *equations) solvedBy(q equation, w int32) {
	if solutions, asked := e.solutions[q]; asked {
		e.solutions[q] = append(solutions, w)
	}
}

// births appends the births of a predicate that has the equation.
func (e *equations) births(c *chains, q equation, p *predicate, v *values, births []birth) []birth {
	departed, before := int64(math.MaxInt64), int32(0) // before: up to where the versions were looked at
	object := int32(-1)
	solutions := e.solutions[q]
	for i := len(solutions) - 1; i >= 0; i-- { // backwards, to know what is still to come
		w := solutions[i]
		if v.matches(w, p) != yes {
			continue
		}
		if of := c.ix.writes[w].object; of != object {
			object, departed, before = of, math.MaxInt64, e.from[of+1]
		}
		at := e.from[object] + c.pos[w]
		departed = min(departed, e.least.between(at+1, before))
		before = at
		if c.bears(w, p, v) {
			births = append(births, birth{write: w, began: c.ix.start[c.ix.writes[w].txn], departed: departed})
		}
	}
	return births
}

// leastSent tells when the earliest of some successive writes was sent. It is a tree of least
// times, the leaves of which stand for a few writes each.
type leastSent struct {
	chains *chains
	writes []int32
	tree   []int64 // node n has the nodes 2n and 2n+1 under it; the second half are the leaves
}

const leafWrites = 8

func newLeastSent(c *chains, writes []int32) leastSent {
	leaves := len(writes) / leafWrites
	l := leastSent{chains: c, writes: writes, tree: make([]int64, 2*leaves)}
	for leaf := range leaves {
		l.tree[leaves+leaf] = l.one(leaf*leafWrites, (leaf+1)*leafWrites)
	}
	for n := leaves - 1; n > 0; n-- {
		l.tree[n] = min(l.tree[2*n], l.tree[2*n+1])
	}
	return l
}

// one goes through the writes from one up to, and without, another.
func (l *leastSent) one(from, to int) int64 {
	least := int64(math.MaxInt64)
	for _, w := range l.writes[from:to] {
		least = min(least, l.chains.sent(w))
	}
	return least
}

// between returns the least time from one write up to, and without, another; MaxInt64 where there is none.
func (l *leastSent) between(from, to int32) int64 {
	low, high := (int(from)+leafWrites-1)/leafWrites, int(to)/leafWrites
	if low >= high {
		return l.one(int(from), max(int(from), int(to)))
	}
	least := min(l.one(int(from), low*leafWrites), l.one(high*leafWrites, int(to)))
	leaves := len(l.tree) / 2
	for low, high = low+leaves, high+leaves; low < high; low, high = low/2, high/2 {
		if low%2 == 1 {
			least = min(least, l.tree[low])
			low++
		}
		if high%2 == 1 {
			high--
			least = min(least, l.tree[high])
		}
	}
	return least
}
