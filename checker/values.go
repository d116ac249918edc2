package checker

import "github.com/isocheck/isocheck/history"

// values are the columns of every version, as far as they follow from what the
// writes assigned along the version order. A delete leaves NULLs.
//
// They serve three ends: a version matches a predicate or it does not, a read
// that returned something else is a garbage read, and what a lost update lost can be counted.
type values struct {
	ix *index
	// from is where a write's columns start in cells, -1 for writes of
	// transactions that had no effect and no row to build on.
	from  []int32
	cells []cell

	pending []int32 // scratch
}

func computeValues(ix *index, c *chains) *values {
	v := &values{ix: ix, from: fill(len(ix.writes), -1)}
	for w := range ix.writes {
		if c.root[w] == int32(w) {
			for n := int32(w); n >= 0; n = c.next[n] {
				v.ensure(n, c)
			}
		}
	}
	// Writes that had no effect are computed too: somebody may have seen them.
	for w := range ix.writes {
		v.ensure(int32(w), c)
	}
	return v
}

// ensure computes a write after those of the same object that it was made upon.
func (v *values) ensure(w int32, c *chains) {
	if v.from[w] >= 0 {
		return
	}
	v.pending = append(v.pending[:0], w)
	for len(v.pending) < history.MaxOps { // a broken file may name a circle of versions
		base := c.base(v.pending[len(v.pending)-1])
		if base < 0 || base == w || v.from[base] >= 0 {
			break
		}
		v.pending = append(v.pending, base)
	}
	for i := len(v.pending) - 1; i >= 0; i-- {
		if n := v.pending[i]; v.from[n] < 0 {
			v.compute(n, c.base(n))
		}
	}
}

// compute gives write w its columns, which it assigned upon those of write base, if any.
func (v *values) compute(w, base int32) {
	ix := v.ix
	write := &ix.writes[w]
	columns := len(ix.header.Tables[ix.objects.table[write.object]].Columns)
	old := v.of(base)
	v.from[w] = int32(len(v.cells))
	for i := range columns {
		switch {
		case write.deleted || write.insert:
			v.cells = append(v.cells, cell{})
		case old != nil:
			v.cells = append(v.cells, old[i])
		default:
			v.cells = append(v.cells, cell{kind: unknown})
		}
	}
	row := v.of(w)
	if write.deleted {
		return
	}
	for i := range ix.assigns[write.assigns : write.assigns+int32(write.numAssigns)] {
		a := &ix.assigns[write.assigns+int32(i)]
		if int(a.column) < columns {
			row[a.column] = a.apply(row[a.column])
		}
	}
}

// of returns the columns of a write's version, nil if they were never computed.
func (v *values) of(w int32) []cell {
	if w < 0 || v.from[w] < 0 {
		return nil
	}
	columns := len(v.ix.header.Tables[v.ix.objects.table[v.ix.writes[w].object]].Columns)
	return v.cells[v.from[w] : v.from[w]+int32(columns)]
}

// read returns what a read returned, nil where it returned no columns.
func (v *values) read(r *read) []cell {
	if r.cells < 0 {
		return nil
	}
	columns := len(v.ix.header.Tables[v.ix.objects.table[r.object]].Columns)
	return v.ix.cells[r.cells : r.cells+int32(columns)]
}

// matches decides whether a write's version matches a predicate. A dead row matches nothing.
func (v *values) matches(w int32, p *predicate) truth {
	if v.ix.writes[w].deleted {
		return no
	}
	row := v.of(w)
	if row == nil {
		return maybe
	}
	return matches(p.where, row)
}
